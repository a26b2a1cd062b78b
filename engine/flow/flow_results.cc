// Taking back what came of the tasks.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "flow/failing.h"
#include "flow/flow_state.h"

namespace papy {
namespace {

/// Work that a task should have for each second that it costs besides.
constexpr int kWorthItsOverhead = 4;

constexpr const char* kWrongCount = "a slot gave another number of items than it said";

}  // namespace

Flight* Flow::State::flight(TaskId id) {
  const std::size_t index = id & ((1u << kFlightBits) - 1);
  return id != 0 && index < flights.size() && flights[index].id == id ? &flights[index] : nullptr;
}

/// Takes a task out of the air. Its node is ready again: a stride, a replica or room may be free.
/// The task stays where it is until forget().
void Flow::State::land(Flight* flight) {
  const Task& task = flight->task;
  Node& node = nodes[task.group];
  --node.inflight;
  --node.tasks;
  --pools[node.pool].inflight;
  --flying;
  discharge(flight->bytes);
  flight->id = 0;
  if (node.serial() && task.kind == Task::Kind::evaluate) node.replicas[task.replica].busy = false;
  mark_ready(node);
  if (flying == 0 && bytes >= memory) {
    for (PoolState& pool : pools) unblock(pool);
  }
}

/// Its place may be used again.
void Flow::State::forget(Flight* flight) {
  const auto index = static_cast<std::uint32_t>(flight->task.id & ((1u << kFlightBits) - 1));
  std::vector<std::vector<Slice>> inputs = std::move(flight->task.inputs);
  for (std::vector<Slice>& slices : inputs) slices.clear();
  flight->task = Task();
  flight->task.inputs = std::move(inputs);
  free_flights.push_back(index);
}

/// Counts what was done in a task, and takes its results. What failed where nobody looks any more,
/// behind an END, neither stops the run nor counts against max_failures.
void Flow::State::conclude(Node& node, const Task& task, TaskResult& result) {
  const std::vector<PiperId>& pipers = groups[node.id].pipers;
  const bool matters = task.kind == Task::Kind::flush || !unneeded(node, task);
  for (std::size_t i = 0; i < result.stages.size(); ++i) {
    StageCount& sum = counts[pipers[i]];
    const StageCount& more = result.stages[i];
    sum.in += more.in;
    sum.out += more.out;
    sum.failed += more.failed;
    sum.passed += more.passed;
    sum.skipped += more.skipped;
    sum.retried += more.retried;
    sum.busy += more.busy;
    if (matters) failures += more.failed;
  }
  if (matters && result.stop && !stop_reason) stop_reason = result.stop;
  if (task.kind == Task::Kind::flush) return settle_flush(node, task, result);
  settle(node, task, result);
}

/// Nobody wants the results of this task (any more).
bool Flow::State::unneeded(const Node& node, const Task& task) const {
  return node.ended() || (node.in_order && node.total && task.first >= *node.total);
}

/// These tasklets come to nothing.
void Flow::State::give_up(Node& node, std::uint64_t tasklets) {
  node.claimed -= tasklets;
  node.settled += tasklets;
}

void Flow::State::give_up_queue(Node& node, Replica& replica) {
  for (const Task& task : replica.queue) {
    discharge(input_bytes(task));
    give_up(node, task.n);
  }
  replica.queue.clear();
  replica.queued = 0;
}

/// Work that was handed out and has no result goes to the front; of several the lowest, since
/// others wait for it.
void Flow::State::put_back(Node& node, Task task) {
  if (task.kind == Task::Kind::flush) {
    node.lost_flush = std::move(task);
    return mark_ready(node);
  }
  if (unneeded(node, task)) {
    node.claimed -= task.n;
    return recount(node);
  }
  charge(input_bytes(task));
  if (node.serial()) {
    Replica& replica = node.replicas[task.replica];
    replica.queued += task.n;
    replica.queue.push_front(std::move(task));
  } else {
    const auto at = std::upper_bound(node.again.begin(), node.again.end(), task.first,
                                     [](std::uint64_t a, const Task& b) { return a < b.first; });
    node.again.insert(at, std::move(task));
  }
  mark_ready(node);
}

/// Another attempt, at once or after its backoff.
void Flow::State::evaluate_again(Node& node, Task task) {
  const Duration wait = backoff_before(node.first->retries, ++task.attempt);
  hold(node, std::move(task), wait);
}

/// Work that goes back after a while.
void Flow::State::hold(Node& node, Task task, Duration wait) {
  if (wait.count() == 0 || unneeded(node, task)) return put_back(node, std::move(task));
  ++node.tasks;
  if (node.serial()) node.replicas[task.replica].busy = true;
  charge(input_bytes(task));
  later.emplace(now + wait, std::move(task));
}

/// The backoff of a task is over, or need not be waited for.
void Flow::State::resume(Node& node, Task task) {
  --node.tasks;
  if (node.serial()) node.replicas[task.replica].busy = false;
  discharge(input_bytes(task));
  put_back(node, std::move(task));
  mark_ready(node);
}

/// Drops what waits to be handed out and is of no use any more.
void Flow::State::drop_unneeded(Node& node) {
  const auto dropped = [&](const Task& task) {
    if (!unneeded(node, task)) return false;
    node.claimed -= task.n;
    discharge(input_bytes(task));
    return true;
  };
  std::erase_if(node.again, dropped);
  for (Replica& replica : node.replicas) {
    std::erase_if(replica.queue, dropped);
    replica.queued = 0;
    for (const Task& task : replica.queue) replica.queued += task.n;
  }
  for (auto at = later.begin(); at != later.end();) {
    if (at->second.group != node.id || !unneeded(node, at->second)) {
      ++at;
      continue;
    }
    Task task = std::move(at->second);
    at = later.erase(at);
    resume(node, std::move(task));
  }
}

void Flow::State::settle(Node& node, const Task& task, TaskResult& result) {
  PAPY_CHECK(result.done <= task.n, "a slot settled more tasklets than it had");
  const Produce produce = node.last->produce;
  const auto items_of = [&](std::uint32_t t) { return produce.any ? result.counts[t] : produce.n; };
  if (result.ended) {
    has_enough(node, task, result.done);
  } else if (result.done < task.n) {
    put_back(node, part_of(task, *node.first, result.done, task.n));
  }
  const bool one_by_one = task.step > 1;
  std::uint32_t item = 0;
  for (std::uint32_t t = 0, retry = 0; t < result.done;) {
    if (retry < result.retry.size() && result.retry[retry] == t) {
      settle_retry(node, task, result, retry++, item);
      item += items_of(t++);
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
    const bool is_last = end == result.done;
    const std::uint32_t begin = std::exchange(item, item + items);
    PAPY_CHECK(!is_last || item == result.items.size(), kWrongCount);
    piece.items = {is_last ? std::move(result.items) : result.items, begin, item};
    node.claimed -= end - t;
    t = end;
    accept(node, std::move(piece));
  }
  PAPY_CHECK(!result.items || item == result.items.size(), kWrongCount);
  end_if_done(node);
}

/// One of result.retry, whose items begin at `item`: another attempt, or a failure when there is no
/// time for it.
void Flow::State::settle_retry(Node& node, const Task& task, const TaskResult& result,
                               std::size_t retry, std::uint32_t item) {
  const std::uint32_t t = result.retry[retry];
  Task part = part_of(task, *node.first, t, t + 1);
  if (node.first->deadline && !part.since)
    part.since = result.retry_elapsed.empty() ? now : now - result.retry_elapsed[retry];
  if (has_time(node, part)) return evaluate_again(node, std::move(part));
  StageCount& count = counts[groups[node.id].pipers.front()];
  --count.in;
  --count.retried;
  Failure failure;
  if (item < result.items.size() && result.items.item(item).kind == ItemKind::failure)
    failure = decode_failure(result.items.item(item).bytes);
  failure.attempts = part.attempt;
  miss_deadline(node, part, &failure);
  fail_tasklet(node, part, std::move(failure), 0, false);
}

/// The piper said END in this task, of which `done` tasklets are settled. Where results leave in
/// order the stream ends before the next tasklet of this replica. Else later ones may be out
/// already: what was handed out is still evaluated, and nothing more is.
void Flow::State::has_enough(Node& node, const Task& task, std::uint32_t done) {
  if (!node.in_order) {
    give_up(node, task.n - done);
    if (node.serial()) give_up_queue(node, node.replicas[task.replica]);
    if (!node.ended() && !node.total) set_total(node, node.taken);
    return;
  }
  node.claimed -= task.n - done;
  const std::uint64_t enough = task.first + std::uint64_t{done} * task.step;
  if (node.ended() || (node.enough && *node.enough <= enough) ||
      (node.total && *node.total <= enough))
    return;
  PAPY_CHECK(enough >= node.settled, "a stream ends before what was published");
  node.enough = enough;
  if (node.taken < enough) return;
  node.total = enough;
  discharge(node.outbox.bytes());
  node.outbox.cut(enough);
  charge(node.outbox.bytes());
  drop_unneeded(node);
  set_total(node, enough);
}

void Flow::State::settle_flush(Node& node, const Task& task, TaskResult& result) {
  const std::uint32_t items = result.items.size();
  accept(node, Piece{task.first, 1, {result.items, 0, items}, {items}});
}

void Flow::State::adapt(Node& node, const Flight& flight, const TaskResult& result,
                        Duration elapsed) {
  const Task& task = flight.task;
  if (task.kind != Task::Kind::evaluate || result.done == 0 || task.attempt > 1) return;
  const double n = result.done;
  const auto smooth = [](double old, double fresh) {
    return old == 0 ? fresh : 0.7 * old + 0.3 * fresh;
  };
  const double in = static_cast<double>(flight.bytes) / task.n;
  double out = 0;
  if (result.items)
    out = static_cast<double>(bytes_of(Slice{result.items, 0, result.items.size()})) / n;
  const Duration work = elapsed - std::min(elapsed, result.overhead);
  node.ns = smooth(node.ns, static_cast<double>(work.count()) / n);
  node.bytes = smooth(node.bytes, std::max(in, out));
  node.out_bytes = smooth(node.out_bytes, out);
  if (node.last->produce.any)
    node.items = std::max(1.0, smooth(node.items, result.items.size() / n));
  const Duration target =
      std::max(batching(pools[node.pool]).target, kWorthItsOverhead * result.overhead);
  const double by_time = static_cast<double>(target.count()) / std::max(node.ns, 0.1);
  const double by_size =
      static_cast<double>(batching(pools[node.pool]).bytes) / std::max(node.bytes, 1.0);
  const double size = std::min({by_time, by_size, 8.0 * static_cast<double>(node.batch), 1e6});
  const std::uint64_t before = node.batch;
  node.batch = static_cast<std::uint64_t>(std::max(1.0, size));

  PoolState& pool = pools[node.pool];
  if (node.batch > pool.batch) {
    pool.batch = node.batch;
    unblock(pool);
  } else if (before > pool.batch / 2 && node.batch <= pool.batch / 2) {
    pool.batch = 1;
    for (const GroupId id : pool.nodes) pool.batch = std::max(pool.batch, nodes[id].batch);
  }
}

}  // namespace papy
