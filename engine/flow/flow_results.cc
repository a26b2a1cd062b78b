// Taking back what came of the tasks.

#include <algorithm>

#include "base/check.h"
#include "flow/flow_state.h"

namespace papy {

Flight* Flow::State::flight(TaskId id) {
  const std::size_t index = id & ((1u << kFlightBits) - 1);
  return id != 0 && index < flights.size() && flights[index].id == id ? &flights[index] : nullptr;
}

/// Takes a task out of the air. Its node is ready again: a stride, a replica or room may be free.
Task Flow::State::land(Flight* flight) {
  Task task = std::move(flight->task);
  Node& node = nodes[task.group];
  node.inflight -= task.n;
  --node.tasks;
  --pools[node.pool].inflight;
  --flying;
  discharge(flight->bytes);
  free_flights.push_back(static_cast<std::uint32_t>(flight->id & ((1u << kFlightBits) - 1)));
  flight->id = 0;
  if (node.serial() && task.kind == Task::Kind::evaluate) node.replicas[task.replica].busy = false;
  mark_ready(node);
  if (flying == 0 && bytes >= memory) {
    for (PoolState& pool : pools) unblock(pool);
  }
  return task;
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

/// Tasklets that were handed out and have no result go to the front.
void Flow::State::put_back(Node& node, Task task) {
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
    node.again.push_back(std::move(task));
  }
  mark_ready(node);
}

/// Another attempt, at once or after its backoff (which doubles from attempt to attempt).
void Flow::State::evaluate_again(Node& node, Task task) {
  const Duration first = node.first->retries.backoff;
  ++task.attempt;
  if (first.count() == 0 || unneeded(node, task)) return put_back(node, std::move(task));
  const Duration longest = std::max<Duration>(first, std::chrono::minutes(1));
  Duration wait = first;
  for (std::uint32_t i = 2; i < task.attempt && wait < longest; ++i) wait *= 2;
  wait = std::min(wait, longest);
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
  for (auto at = result.retry.rbegin(); at != result.retry.rend(); ++at)
    evaluate_again(node, part_of(task, *node.first, *at, *at + 1));
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
    node.claimed -= end - t;
    t = end;
    accept(node, std::move(piece));
  }
  PAPY_CHECK(item == result.items.size(), "a slot gave another number of items than it said");
  end_if_done(node);
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

void Flow::State::adapt(Node& node, const Task& task, const TaskResult& result, Duration elapsed) {
  if (task.kind != Task::Kind::evaluate || result.done == 0 || task.attempt > 1) return;
  const double n = result.done;
  const auto smooth = [](double old, double fresh) {
    return old == 0 ? fresh : 0.7 * old + 0.3 * fresh;
  };
  const double in = static_cast<double>(input_bytes(task)) / task.n;
  double out = 0;
  if (result.items)
    out = static_cast<double>(bytes_of(Slice{result.items, 0, result.items.size()})) / n;
  node.ns = smooth(node.ns, static_cast<double>(elapsed.count()) / n);
  node.bytes = smooth(node.bytes, std::max(in, out));
  node.out_bytes = smooth(node.out_bytes, out);
  if (node.last->produce.any)
    node.items = std::max(1.0, smooth(node.items, result.items.size() / n));
  const double by_time = static_cast<double>(settings.target.count()) / std::max(node.ns, 0.1);
  const double by_size = static_cast<double>(settings.batch_bytes) / std::max(node.bytes, 1.0);
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
