// Handing out tasks and taking their results.

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "flow/flow_state.h"

namespace papy {
namespace {

constexpr int kIndexBits =
    20;  // of a TaskId: which flight; the rest is a number that never comes again

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

std::uint64_t input_bytes(const Task& task) {
  std::uint64_t bytes = 0;
  for (const auto& slices : task.inputs) {
    for (const Slice& slice : slices) bytes += bytes_of(slice);
  }
  return bytes;
}

}  // namespace

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

std::uint64_t Flow::State::full_tasklets(const Node& node) const {
  std::uint64_t ready = edges[node.in[0]].ready();
  for (const EdgeId edge : node.in) ready = std::min(ready, edges[edge].ready());
  ready /= node.first->consume;
  if (node.total) ready = std::min(ready, *node.total - std::min(*node.total, node.taken));
  return ready;
}

/// Places of the last, incomplete tasklet, when all of them are there and no full one can come any
/// more; else 0.
std::uint32_t Flow::State::rest_places(const Node& node) const {
  const std::uint64_t consume = node.first->consume;
  if (consume == 1 || node.total || node.first->rest == Rest::drop) return 0;
  std::uint64_t ready = edges[node.in[0]].ready();
  std::optional<Place> shortest;
  for (const EdgeId edge : node.in) {
    ready = std::min(ready, edges[edge].ready());
    const auto length = edges[edge].length();
    if (length && (!shortest || *length < *shortest)) shortest = length;
  }
  const Place begin = node.taken * consume;
  if (!shortest || *shortest <= begin || *shortest >= begin + consume) return 0;
  const std::uint64_t rest = *shortest - begin;
  return ready >= rest ? static_cast<std::uint32_t>(rest) : 0;
}

std::uint64_t Flow::State::pool_buffer(const PoolState& pool) const {
  if (pool.plan->buffer) return *pool.plan->buffer * pool.widen;
  std::uint64_t batch = 1;
  for (const GroupId id : pool.nodes) batch = std::max(batch, nodes[id].batch);
  return std::max<std::uint64_t>(32, 8 * batch * pool.plan->slots) * pool.widen;
}

/// Tasklets for which the pool has room. An empty pool has room for one, however large.
std::uint64_t Flow::State::room(const Node& node) const {
  const PoolState& pool = pools[node.pool];
  const std::uint64_t each = std::max<std::uint64_t>(1, node.expected(1));
  const std::uint64_t buffer = pool_buffer(pool);
  const bool full =
      pool.held_bytes >
      std::max<std::uint64_t>(16 * settings.batch_bytes * pool.plan->slots, memory / 16) *
          pool.widen;
  if (pool.held == 0) return std::max<std::uint64_t>(1, buffer / each);
  return full || pool.held >= buffer ? 0 : (buffer - pool.held) / each;
}

/// How many of the `ready` tasklets make a good batch.
std::uint64_t Flow::State::wish(const Node& node, std::uint64_t ready) const {
  constexpr double kWorthAWakeUp = 100'000;  // ns of work that are worth waking another slot for
  const PlanPool& pool = *pools[node.pool].plan;
  std::uint64_t n = std::min(ready, pool.batch ? std::min(*pool.batch, node.batch) : node.batch);
  if (pool.stride) {
    const std::uint64_t left = *pool.stride > node.inflight ? *pool.stride - node.inflight : 0;
    n = std::min({n, left, (*pool.stride + pool.slots - 1) / pool.slots});
  }
  if (pool.slots > 1 && node.ns * static_cast<double>(ready) > kWorthAWakeUp) {
    n = std::min(n, std::max<std::uint64_t>(1, (ready + pool.slots - 1) / pool.slots));
  }
  return n;
}

Task Flow::State::range(Node& node, std::uint64_t tasklets, std::uint32_t rest) {
  const std::uint32_t consume = node.first->consume;
  Task task;
  task.first = node.sorted ? node.taken : edges[node.in[0]].next();
  task.n = static_cast<std::uint32_t>(tasklets + (rest > 0 ? 1 : 0));
  task.last_places = rest > 0 ? rest : consume;
  task.inputs.resize(node.in.size());
  const std::uint64_t places = tasklets * consume + rest;
  for (std::size_t i = 0; i < node.in.size(); ++i) take(node.in[i], places, &task.inputs[i]);
  node.taken += task.n;
  if (rest > 0) node.total = node.taken;
  return task;
}

std::optional<Task> Flow::State::take_range(Node& node, Blocked* why) {
  const std::uint64_t ready = full_tasklets(node);
  const std::uint32_t rest = ready == 0 ? rest_places(node) : 0;
  if (ready == 0 && rest == 0) {
    *why = Blocked::empty;
    find_total(node);
    return std::nullopt;
  }
  const std::uint64_t want = wish(node, ready + (rest > 0 ? 1 : 0));
  if (want == 0) {
    *why = Blocked::busy;
    return std::nullopt;
  }
  const std::uint64_t n = std::min(want, room(node));
  if (n == 0) {
    *why = Blocked::room;
    return std::nullopt;
  }
  Task task = rest > 0 ? range(node, 0, rest) : range(node, n, 0);
  find_total(node);
  if (node.total && node.taken >= *node.total) close_inputs(node);
  return task;
}

/// Deals what is ready out to the replicas, in turn. True when something was.
bool Flow::State::distribute(Node& node) {
  const std::uint64_t limit = std::max<std::uint64_t>(node.batch, 4);
  const std::uint64_t spawn = node.replicas.size();
  bool any = false;
  while (true) {
    Replica& replica = node.replicas[node.taken % spawn];
    if (replica.queued >= limit || room(node) == 0) break;
    const std::uint32_t rest = full_tasklets(node) == 0 ? rest_places(node) : 0;
    if (full_tasklets(node) == 0 && rest == 0) break;
    Task task = range(node, rest > 0 ? 0 : 1, rest);
    task.replica = static_cast<std::uint32_t>(task.first % spawn);
    task.step = static_cast<std::uint32_t>(spawn);
    node.claimed += node.expected(1);
    replica.queue.push_back(std::move(task));
    ++replica.queued;
    charge(static_cast<std::int64_t>(input_bytes(replica.queue.back())));
    recount(node);
    any = true;
  }
  find_total(node);
  if (node.total && node.taken >= *node.total) close_inputs(node);
  return any;
}

/// Work for a replica that is free: a SERIAL piper's tasklets, one batch at a time and in order.
std::optional<Task> Flow::State::take_replica(Node& node, Blocked* why) {
  *why = Blocked::empty;
  bool busy = false;
  if (node.replicas.size() > 1) distribute(node);
  for (std::uint32_t r = 0; r < node.replicas.size(); ++r) {
    Replica& replica = node.replicas[r];
    if (replica.busy) {
      busy = true;
      continue;
    }
    if (replica.queue.empty()) continue;
    if (wish(node, 1) == 0) {
      busy = true;
      break;
    }
    Task task = std::move(replica.queue.front());
    replica.queue.pop_front();
    replica.queued -= task.n;
    node.claimed -= node.expected(task.n);
    charge(-static_cast<std::int64_t>(input_bytes(task)));
    const std::uint64_t most = wish(node, task.n + replica.queued);
    while (task.attempt == 1 && task.n < most && !replica.queue.empty() &&
           replica.queue.front().attempt == 1) {
      Task& more = replica.queue.front();
      replica.queued -= more.n;
      node.claimed -= node.expected(more.n);
      charge(-static_cast<std::int64_t>(input_bytes(more)));
      task.n += more.n;
      task.last_places = more.last_places;
      for (std::size_t i = 0; i < task.inputs.size(); ++i) {
        task.inputs[i].insert(task.inputs[i].end(), more.inputs[i].begin(), more.inputs[i].end());
      }
      replica.queue.pop_front();
    }
    replica.busy = true;
    return task;
  }
  if (node.replicas.size() == 1 && !node.replicas[0].busy) {
    auto task = take_range(node, why);
    if (task) node.replicas[0].busy = true;
    return task;
  }
  if (busy) {
    *why = Blocked::busy;
  } else if (node.replicas.size() > 1 && room(node) == 0 && full_tasklets(node) > 0) {
    *why = Blocked::room;
  }
  return std::nullopt;
}

/// All tasklets are settled, and a replica has not been asked yet what it still has to say.
bool Flow::State::flush_is_due(const Node& node) const {
  const std::size_t flushes =
      node.last->has_flush ? std::max<std::size_t>(1, node.replicas.size()) : 0;
  return node.total && node.settled >= *node.total && node.flushed < flushes && node.tasks == 0;
}

/// The end of the next replica.
Task Flow::State::take_flush(Node& node) {
  Task task;
  task.kind = Task::Kind::flush;
  task.first = *node.total + node.flushed;
  task.replica = node.flushed++;
  return task;
}

/// Whether try_next() would give a task, or why not.
Flow::State::Blocked Flow::State::look(Node& node) {
  if (!node.ended()) find_total(node);
  if (node.ended()) return Blocked::empty;
  if (flush_is_due(node)) return Blocked::none;
  if (!node.again.empty()) {
    const auto stride = pools[node.pool].plan->stride;
    const bool fits =
        !stride || node.inflight == 0 || node.inflight + node.again.front().n <= *stride;
    return fits ? Blocked::none : Blocked::busy;
  }
  std::uint64_t ready = full_tasklets(node);
  if (ready == 0 && rest_places(node) > 0) ready = 1;
  const bool queued =
      std::any_of(node.replicas.begin(), node.replicas.end(),
                  [](const Replica& replica) { return !replica.busy && !replica.queue.empty(); });
  if (ready == 0 && !queued) return Blocked::empty;
  const bool free =
      !node.serial() || std::any_of(node.replicas.begin(), node.replicas.end(),
                                    [](const Replica& replica) { return !replica.busy; });
  if (!free || wish(node, std::max<std::uint64_t>(ready, 1)) == 0) return Blocked::busy;
  return queued || room(node) > 0 ? Blocked::none : Blocked::room;
}

std::optional<Task> Flow::State::try_next(Node& node, Blocked* why) {
  *why = look(node);
  if (*why != Blocked::none) return std::nullopt;
  if (flush_is_due(node)) return take_flush(node);
  if (!node.again.empty()) {
    Task task = std::move(node.again.front());
    node.again.pop_front();
    return task;
  }
  return node.serial() ? take_replica(node, why) : take_range(node, why);
}

const Task* Flow::State::hand_out(Node& node, Task task) {
  std::uint32_t index = 0;
  if (free_flights.empty()) {
    index = static_cast<std::uint32_t>(flights.size());
    PAPY_CHECK(index < (1u << kIndexBits), "too many tasks are under way");
    flights.emplace_back();
  } else {
    index = free_flights.back();
    free_flights.pop_back();
  }
  Flight& flight = flights[index];
  flight.id = next_number++ << kIndexBits | index;
  flight.task = std::move(task);
  flight.task.id = flight.id;
  flight.task.pool = node.pool;
  flight.task.group = node.id;
  flight.claimed = node.expected(flight.task.n);
  flight.bytes = input_bytes(flight.task);
  charge(static_cast<std::int64_t>(flight.bytes));
  node.inflight += flight.task.n;
  node.claimed += flight.claimed;
  ++node.tasks;
  ++pools[node.pool].inflight;
  ++flying;
  recount(node);
  return &flight.task;
}

Flight* Flow::State::flight(TaskId id) {
  const std::size_t index = id & ((1u << kIndexBits) - 1);
  return id != 0 && index < flights.size() && flights[index].id == id ? &flights[index] : nullptr;
}

/// Takes a task out of the air. Its node is ready again: a stride, a replica or room may be free.
Task Flow::State::land(Flight* flight) {
  Task task = std::move(flight->task);
  Node& node = nodes[task.group];
  node.inflight -= task.n;
  node.claimed -= flight->claimed;
  --node.tasks;
  --pools[node.pool].inflight;
  --flying;
  charge(-static_cast<std::int64_t>(flight->bytes));
  free_flights.push_back(static_cast<std::uint32_t>(flight->id & ((1u << kIndexBits) - 1)));
  flight->id = 0;
  if (node.serial() && task.kind == Task::Kind::evaluate) node.replicas[task.replica].busy = false;
  mark_ready(node);
  return task;
}

/// Tasklets that were handed out and not evaluated go to the front.
void Flow::State::put_back(Node& node, Task task) {
  if (node.ended() || (node.total && task.first >= *node.total)) return;
  if (node.serial()) {
    Replica& replica = node.replicas[task.replica];
    replica.queued += task.n;
    node.claimed += node.expected(task.n);
    charge(static_cast<std::int64_t>(input_bytes(task)));
    replica.queue.push_front(std::move(task));
  } else {
    node.again.push_back(std::move(task));
  }
  mark_ready(node);
}

/// Another attempt, at once or after its backoff (which doubles from attempt to attempt).
void Flow::State::evaluate_again(Node& node, Task task) {
  if (node.ended() || (node.total && task.first >= *node.total)) return;
  const Duration first = node.first->retries.backoff;
  ++task.attempt;
  if (first.count() == 0) return put_back(node, std::move(task));
  const int doublings = static_cast<int>(std::min<std::uint32_t>(task.attempt - 2, 20));
  const Duration wait = std::min<Duration>(first * (1ll << doublings), std::chrono::minutes(1));
  ++node.tasks;
  if (node.serial()) node.replicas[task.replica].busy = true;
  later.emplace(now + std::max(wait, std::min<Duration>(first, std::chrono::hours(24))),
                std::move(task));
}

void Flow::State::settle(Node& node, const Task& task, TaskResult& result) {
  PAPY_CHECK(result.done <= task.n, "a slot settled more tasklets than it had");
  const Produce produce = node.last->produce;
  const auto items_of = [&](std::uint32_t t) { return produce.any ? result.counts[t] : produce.n; };
  if (result.done < task.n && !result.ended)
    put_back(node, part_of(task, *node.first, result.done, task.n));
  for (auto at = result.retry.rbegin(); at != result.retry.rend(); ++at) {
    evaluate_again(node, part_of(task, *node.first, *at, *at + 1));
  }
  const bool one_by_one = task.step > 1;
  std::uint32_t item = 0;
  for (std::uint32_t t = 0, retry = 0; t < result.done;) {
    if (retry < result.retry.size() && result.retry[retry] == t) {
      item += items_of(t++);
      ++retry;
      continue;
    }
    const std::uint32_t stop = retry < result.retry.size() ? result.retry[retry] : result.done;
    const std::uint32_t end = one_by_one ? t + 1 : stop;
    Piece piece{task.first + std::uint64_t{t} * task.step, end - t, {}, {}};
    std::uint32_t items = 0;
    if (produce.any) {
      piece.counts.assign(result.counts.begin() + t, result.counts.begin() + end);
      for (const std::uint32_t count : piece.counts) items += count;
    } else {
      items = (end - t) * produce.n;
    }
    piece.items = {result.items, item, item + items};
    item += items;
    t = end;
    accept(node, std::move(piece));
  }
  PAPY_CHECK(item == result.items.size(), "a slot gave another number of items than it said");
  if (result.ended) {
    has_enough(node, result.done == 0
                         ? task.first
                         : task.first + std::uint64_t{result.done - 1} * task.step + 1);
  }
}

/// The piper said END: its stream ends before tasklet `total`.
void Flow::State::has_enough(Node& node, std::uint64_t total) {
  const bool in_order = pools[node.pool].plan->ordered || node.last->produce.any;
  if (!in_order) total = node.taken;  // what was handed out may be out already
  total = std::max(total, node.settled);
  if (node.ended() || (node.total && *node.total <= total)) return;
  node.total = total;
  charge(-static_cast<std::int64_t>(node.outbox.bytes()));
  node.outbox.cut(total);
  charge(static_cast<std::int64_t>(node.outbox.bytes()));
  if (in_order) {
    std::erase_if(node.again, [&](const Task& task) { return task.first >= total; });
    for (Replica& replica : node.replicas) {
      std::erase_if(replica.queue, [&](const Task& task) {
        if (task.first < total) return false;
        replica.queued -= task.n;
        node.claimed -= node.expected(task.n);
        charge(-static_cast<std::int64_t>(input_bytes(task)));
        return true;
      });
    }
  }
  recount(node);
  close_inputs(node);
  end_if_done(node);
}

void Flow::State::settle_flush(Node& node, const Task& task, TaskResult& result) {
  const std::uint32_t items = result.items.size();
  accept(node, Piece{task.first, 1, {result.items, 0, items}, {items}});
}

void Flow::State::adapt(Node& node, const Task& task, const TaskResult& result, Duration elapsed) {
  if (task.kind != Task::Kind::evaluate || result.done == 0 || task.attempt > 1) return;
  const double n = result.done;
  const auto smooth = [](double old, double fresh) {
    return old == 0 ? fresh : 0.7 * old + 0.3 * fresh;
  };
  std::uint64_t out = 0;
  if (result.items) out = bytes_of(Slice{result.items, 0, result.items.size()});
  node.ns = smooth(node.ns, static_cast<double>(elapsed.count()) / n);
  node.bytes = smooth(node.bytes, static_cast<double>(std::max(input_bytes(task), out)) / n);
  // Claims were made with the old figure: change it only while none is out.
  if (node.last->produce.any && node.claimed == 0)
    node.items = std::max(1.0, smooth(node.items, result.items.size() / n));
  const double by_time = static_cast<double>(settings.target.count()) / std::max(node.ns, 0.1);
  const double by_size = static_cast<double>(settings.batch_bytes) / std::max(node.bytes, 1.0);
  const double size = std::min({by_time, by_size, 8.0 * static_cast<double>(node.batch), 1e6});
  node.batch = static_cast<std::uint64_t>(std::max(1.0, size));
}

}  // namespace papy
