// Making tasks of what is ready, and handing them out.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "flow/flow_state.h"

namespace papy {
namespace {

/// A task that nothing is known of but its tasklets.
bool may_join(const Task& task) {
  return task.attempt == 1 && !task.alone && !task.singly && !task.since;
}

/// The slices that hold places [from, to) of what `slices` hold.
std::vector<Slice> places_of(const std::vector<Slice>& slices, std::uint64_t from,
                             std::uint64_t to) {
  std::vector<Slice> part;
  std::uint64_t begin = 0;
  for (const Slice& slice : slices) {
    const std::uint64_t end = begin + slice.size();
    const std::uint64_t a = std::max(begin, from), b = std::min(end, to);
    if (a < b) {
      part.push_back({slice.batch, slice.from + static_cast<std::uint32_t>(a - begin),
                      slice.from + static_cast<std::uint32_t>(b - begin)});
    }
    begin = end;
  }
  return part;
}

}  // namespace

std::uint64_t input_bytes(const Task& task) {
  std::uint64_t bytes = 0;
  for (const auto& slices : task.inputs) {
    for (const Slice& slice : slices) bytes += bytes_of(slice);
  }
  return bytes;
}

Task part_of(const Task& task, const PlanPiper& piper, std::uint32_t from, std::uint32_t to) {
  Task part = task;
  part.id = 0;
  part.first = task.first + std::uint64_t{from} * task.step;
  part.n = to - from;
  part.last_places = to == task.n ? task.last_places : piper.consume;
  const std::uint64_t begin = std::uint64_t{from} * piper.consume;
  const std::uint64_t end = std::uint64_t{to - 1} * piper.consume + part.last_places;
  for (std::size_t i = 0; i < task.inputs.size(); ++i)
    part.inputs[i] = places_of(task.inputs[i], begin, end);
  return part;
}

/// Tasklets with a full inbox that may be made now.
std::uint64_t Flow::State::full_tasklets(const Node& node, const Supply& supply) const {
  if (node.total) return 0;
  const std::uint64_t consume = node.first->consume;
  const std::uint64_t ready = consume == 1 ? supply.ready : supply.ready / consume;
  if (!node.enough) return ready;
  return std::min(ready, *node.enough - std::min(*node.enough, node.taken));
}

/// Places of the last, incomplete tasklet, when all of them are there and no full one can come any
/// more; else 0.
std::uint32_t Flow::State::rest_places(const Node& node, const Supply& supply) const {
  const std::uint64_t consume = node.first->consume;
  if (consume == 1 || node.total || node.first->rest == Rest::drop || !supply.shortest) return 0;
  const Place begin = node.taken * consume;
  if (*supply.shortest <= begin || *supply.shortest >= begin + consume) return 0;
  const std::uint64_t rest = *supply.shortest - begin;
  return supply.ready >= rest ? static_cast<std::uint32_t>(rest) : 0;
}

/// Tasklets that may be made now, but for the room: full ones, or the one of the rest.
std::uint64_t Flow::State::makeable(const Node& node, const Supply& supply) const {
  const std::uint64_t full = full_tasklets(node, supply);
  return full == 0 && rest_places(node, supply) > 0 ? 1 : full;
}

std::uint64_t Flow::State::pool_buffer(const PoolState& pool) const {
  if (pool.plan->buffer) return *pool.plan->buffer * pool.widen;
  return std::max<std::uint64_t>(32, 8 * pool.batch * pool.plan->slots) * pool.widen;
}

/// Whether the run holds more after a tasklet than before. What others still have to take from a
/// stream stays when this one takes it.
bool Flow::State::grows(const Node& node) const {
  double freed = 0;
  for (const EdgeId edge : node.in) {
    const std::vector<EdgeId>& all = producer(edge_from[edge]).edges;
    const std::uint64_t items = edges[edge].items();
    const bool slowest = std::all_of(all.begin(), all.end(), [&](EdgeId other) {
      return other == edge || edges[other].items() < items;
    });
    if (slowest && items > 0) {
      freed += static_cast<double>(edges[edge].bytes()) / static_cast<double>(items) *
               node.first->consume;
    }
  }
  return node.out_bytes > freed;
}

/// Tasklets for which there is room. An empty pool has room for one, however large; a tasklet that
/// takes as many items out of the pool as it gives needs none. A run that holds `memory` goes on
/// with what does not make it hold more, and a little beyond with one task at a time.
std::uint64_t Flow::State::room(const Node& node) const {
  const PoolState& pool = pools[node.pool];
  std::uint64_t most = UINT64_MAX;
  if (bytes >= memory && grows(node)) {
    if (flying > 0 || bytes >= memory_and_a_little()) return 0;
    most = 1;
  }
  const bool full =
      pool.held_bytes >
      std::max<std::uint64_t>(16 * batching(pool).bytes * pool.plan->slots, memory / 16) *
          pool.widen;
  const std::uint64_t each = std::max<std::uint64_t>(1, node.expected(1));
  if (each <= node.freed) return full ? 1 : most;
  const std::uint64_t buffer = pool_buffer(pool);
  if (pool.held == 0)
    return std::min(most, std::max<std::uint64_t>(1, each == 1 ? buffer : buffer / each));
  if (full || pool.held >= buffer) return 0;
  const std::uint64_t adds = each - node.freed;
  return std::min(most, adds == 1 ? buffer - pool.held : (buffer - pool.held) / adds);
}

/// How many of the `ready` tasklets make a good batch.
std::uint64_t Flow::State::wish(const Node& node, std::uint64_t ready) const {
  constexpr double kWorthAWakeUp = 100'000;  // ns of work that are worth waking another slot for
  const PlanPool& pool = *pools[node.pool].plan;
  const std::uint64_t most =
      std::min(pool.batch.value_or(UINT64_MAX), pool.recycle.value_or(UINT64_MAX));
  std::uint64_t n = std::min({ready, node.batch, most});
  const std::uint64_t slots = std::min<std::uint64_t>(pool.slots, pool.stride.value_or(UINT64_MAX));
  if (slots > 1 && node.ns * static_cast<double>(ready) > kWorthAWakeUp)
    n = std::min(n, std::max<std::uint64_t>(1, (ready + slots - 1) / slots));
  return n;
}

/// All tasklets are settled, and a replica has not been asked yet what it still has to say.
bool Flow::State::flush_due(const Node& node) const {
  const std::size_t flushes = node.last->has_flush ? node.replicas.size() : 0;
  return node.total && node.settled >= *node.total && node.tasks == 0 &&
         (node.flushed < flushes || node.lost_flush);
}

/// The next tasklet of several replicas may be dealt out, but for the room.
bool Flow::State::may_queue(const Node& node, const Supply& supply) const {
  const Replica& replica = node.replicas[node.taken % node.replicas.size()];
  return replica.queued < std::max<std::uint64_t>(node.batch, 4) && makeable(node, supply) > 0;
}

Flow::State::Obstacle Flow::State::obstacle(const Node& node) const {
  return obstacle(node, supply(node));
}

Flow::State::Obstacle Flow::State::obstacle(const Node& node, const Supply& supply) const {
  if (node.ended()) return Obstacle::empty;
  if (left_over(node, supply)) return Obstacle::none;
  if (node.inflight >= pools[node.pool].at_once) return Obstacle::busy;
  if (flush_due(node) || !node.again.empty()) return Obstacle::none;
  for (const Replica& replica : node.replicas) {
    if (!replica.busy && !replica.queue.empty()) return Obstacle::none;
  }
  if (node.replicas.size() == 1 && node.replicas[0].busy) return Obstacle::busy;
  if (node.replicas.size() > 1 ? !may_queue(node, supply) : makeable(node, supply) == 0)
    return Obstacle::empty;
  return room(node) > 0 ? Obstacle::none : Obstacle::room;
}

/// The most downstream node of the pool that has work; forgets those that do not until something
/// happens to them.
Flow::Node* Flow::State::find_work(PoolState& pool) {
  while (!pool.ready.empty()) {
    const std::size_t local = pool.ready.highest();
    Node& node = nodes[pool.nodes[local]];
    find_total(node, supply(node));
    if (node.replicas.size() > 1) distribute(node);
    const Obstacle why = obstacle(node);
    if (why == Obstacle::none) return &node;
    // What ended meanwhile may have made nodes further down ready: they come first.
    pool.ready.erase(local);
    if (why == Obstacle::room) pool.blocked.insert(local);
  }
  return nullptr;
}

/// A task of this many tasklets, or of the rest.
void Flow::State::make(Node& node, const Supply& supply, std::uint64_t tasklets, Task* task) {
  const std::uint32_t consume = node.first->consume;
  const std::uint32_t rest = full_tasklets(node, supply) == 0 ? rest_places(node, supply) : 0;
  task->first = node.sorted ? node.taken : edges[node.in[0]].next();
  task->n = static_cast<std::uint32_t>(tasklets);
  task->last_places = rest > 0 ? rest : consume;
  task->inputs.resize(node.in.size());
  const std::uint64_t places = (tasklets - 1) * consume + task->last_places;
  node.taken += tasklets;
  node.claimed += tasklets;
  Time came = edges[node.in[0]].oldest();
  for (const EdgeId edge : node.in) came = std::max(came, edges[edge].oldest());
  counts[groups[node.id].pipers.front()].waited +=
      (now - came) * static_cast<std::int64_t>(tasklets);
  for (std::size_t i = 0; i < node.in.size(); ++i) take(node.in[i], places, &task->inputs[i]);
  if (rest > 0) set_total(node, node.taken);
  find_total(node, this->supply(node));
  recount(node);
}

/// Tasklets that came back without a result.
void Flow::State::take_again(Node& node, Task* task) {
  *task = std::move(node.again.front());
  node.again.pop_front();
  discharge(input_bytes(*task));
}

void Flow::State::take_range(Node& node, Task* task) {
  const Supply supply = this->supply(node);
  make(node, supply, std::min(wish(node, makeable(node, supply)), room(node)), task);
}

/// Deals what is ready out to the replicas, in turn.
void Flow::State::distribute(Node& node) {
  for (Supply supply = this->supply(node);
       !node.ended() && may_queue(node, supply) && room(node) > 0; supply = this->supply(node)) {
    Replica& replica = node.replicas[node.taken % node.replicas.size()];
    Task task;
    make(node, supply, 1, &task);
    task.replica = static_cast<std::uint32_t>(task.first % node.replicas.size());
    task.step = static_cast<std::uint32_t>(node.replicas.size());
    charge(input_bytes(task));
    replica.queue.push_back(std::move(task));
    ++replica.queued;
  }
}

/// Work for a replica that is free: a SERIAL piper's tasklets, one batch at a time and in order.
void Flow::State::take_replica(Node& node, Task* task) {
  for (Replica& replica : node.replicas) {
    if (replica.busy || replica.queue.empty()) continue;
    replica.busy = true;
    *task = join_queued(node, replica);
    return;
  }
  PAPY_CHECK(node.replicas.size() == 1, "no replica is free");
  node.replicas[0].busy = true;
  take_range(node, task);
}

/// The first of the replica's queue, with as many of those behind it as make a good batch.
Task Flow::State::join_queued(Node& node, Replica& replica) {
  Task task = std::move(replica.queue.front());
  replica.queue.pop_front();
  replica.queued -= task.n;
  discharge(input_bytes(task));
  const std::uint64_t most = wish(node, task.n + replica.queued);
  if (task.n > most) {
    put_back(node, part_of(task, *node.first, static_cast<std::uint32_t>(most), task.n));
    return part_of(task, *node.first, 0, static_cast<std::uint32_t>(most));
  }
  while (!replica.queue.empty()) {
    const Task& more = replica.queue.front();
    const bool is_next = more.first == task.first + std::uint64_t{task.n} * task.step;
    if (!is_next || !may_join(task) || !may_join(more) || task.n + more.n > most) break;
    task.n += more.n;
    task.last_places = more.last_places;
    for (std::size_t i = 0; i < task.inputs.size(); ++i)
      task.inputs[i].insert(task.inputs[i].end(), more.inputs[i].begin(), more.inputs[i].end());
    replica.queued -= more.n;
    discharge(input_bytes(more));
    replica.queue.pop_front();
  }
  return task;
}

/// The end of the next replica.
void Flow::State::take_flush(Node& node, Task* task) {
  if (node.lost_flush) {
    *task = *std::exchange(node.lost_flush, std::nullopt);
    return;
  }
  task->kind = Task::Kind::flush;
  task->first = *node.total + node.flushed;
  task->replica = node.flushed++;
}

/// Requires: obstacle(node) == none, and a task as new.
void Flow::State::try_next(Node& node, Task* task) {
  if (flush_due(node)) return take_flush(node, task);
  if (!node.again.empty()) return take_again(node, task);
  if (node.serial()) return take_replica(node, task);
  take_range(node, task);
}

/// Requires: obstacle(node) == none.
const Task* Flow::State::hand_out(Node& node) {
  if (free_flights.empty()) {
    const auto index = static_cast<std::uint32_t>(flights.size());
    PAPY_CHECK(index < (1u << kFlightBits), "too many tasks are under way");
    flights.emplace_back();
    free_flights.push_back(index);
  }
  const std::uint32_t index = free_flights.back();
  free_flights.pop_back();
  Flight& flight = flights[index];
  try_next(node, &flight.task);
  flight.id = next_number++ << kFlightBits | index;
  flight.task.id = flight.id;
  flight.task.pool = node.pool;
  flight.task.group = node.id;
  flight.bytes = input_bytes(flight.task);
  charge(flight.bytes);
  ++node.inflight;
  ++node.tasks;
  ++pools[node.pool].inflight;
  ++flying;
  return &flight.task;
}

}  // namespace papy
