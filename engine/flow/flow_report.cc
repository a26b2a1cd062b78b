// Getting unstuck, checking and telling.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "flow/flow_state.h"

namespace papy {
namespace {

std::string size_text(std::uint64_t bytes) {
  if (bytes >= 1u << 30) return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1u << 30));
  if (bytes >= 1u << 20) return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1u << 20));
  return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
}

/// All tasks that the state of a flow holds, wherever they are, and whose they are.
template <typename State, typename Do>
void each_task(const State& state, Do&& act) {
  for (const Flight& flight : state.flights) {
    if (flight.id != 0) act(state.nodes[flight.task.group], flight.task);
  }
  for (const auto& [when, task] : state.later) act(state.nodes[task.group], task);
  for (const auto& node : state.nodes) {
    for (const Task& task : node.again) act(node, task);
    for (const Replica& replica : node.replicas) {
      for (const Task& task : replica.queue) act(node, task);
    }
    if (node.lost_flush) act(node, *node.lost_flush);
  }
}

/// What is wrong with what a task says of its past, or nothing.
const char* wrong_with(const Task& task, const PlanPool& pool) {
  const bool is_one = task.n == 1 || task.kind == Task::Kind::flush;
  if (task.alone && !is_one) return "in quarantine with its neighbours";
  if (task.attempt > 1 && !is_one) return "tried again with its neighbours";
  if (task.crashes > 0 && !task.alone) return "charged with a crash that it was not alone in";
  if (task.crashes >= pool.max_crashes) return "handed out after its last crash";
  return nullptr;
}

}  // namespace

Flow::Unstuck Flow::unstick() {
  State& s = *state_;
  using Way = Unstuck::Way;
  for (PoolId p = 0; p < s.pools.size(); ++p) {
    if (has_work(p)) return {Way::moving, {}};
  }
  // Looking for work may have ended streams, and so made something else possible.
  bool moving = finished();
  for (const PoolState& pool : s.pools) moving |= !pool.ready.empty();
  for (InputId i = 0; i < s.inputs.size(); ++i) moving |= wants_input(i) > 0;
  for (OutputId o = 0; o < s.outputs.size(); ++o) moving |= has_output(o);
  if (moving) return {Way::moving, {}};
  // The smallest buffer that is in the way: of a pool with work but no room, or of an input that is
  // full. When memory is used up, only what does not add to it may go on.
  const bool out_of_memory = s.bytes >= s.memory;
  PoolState* pool = nullptr;
  for (const Node& node : s.nodes) {
    PoolState& candidate = s.pools[node.pool];
    if (!candidate.blocked.contains(node.local) || (out_of_memory && s.grows(node))) continue;
    if (pool == nullptr || s.pool_buffer(candidate) < s.pool_buffer(*pool)) pool = &candidate;
  }
  Input* input = nullptr;
  for (Input& candidate : s.inputs) {
    if (candidate.asked || candidate.out.ended || candidate.unwanted || s.draining || out_of_memory)
      continue;
    if (input == nullptr || s.input_buffer(candidate) < s.input_buffer(*input)) input = &candidate;
  }
  if (pool != nullptr && (input == nullptr || s.pool_buffer(*pool) <= s.input_buffer(*input))) {
    pool->widen *= 2;
    s.unblock(*pool);
    if (!pool->plan->buffer) return {Way::moving, {}};
    return {Way::widened,
            fmt::format("pool '{}' needs more room to go on: its buffer of {} is now {}",
                        pool->plan->name, *pool->plan->buffer * pool->widen / 2,
                        *pool->plan->buffer * pool->widen)};
  }
  if (input != nullptr) {
    input->widen *= 2;
    return {Way::moving, {}};
  }
  if (!out_of_memory) return {Way::bug, "nothing can move and nothing is pending"};
  for (const Node& node : s.nodes) {
    if (node.ended() || node.in.size() < 2) continue;
    EdgeId full = node.in[0], empty = node.in[0];
    for (const EdgeId edge : node.in) {
      if (s.edges[edge].bytes() > s.edges[full].bytes()) full = edge;
      if (s.edges[edge].ready() < s.edges[empty].ready()) empty = edge;
    }
    if (s.edges[empty].ready() > 0 || s.edges[full].items() == 0) continue;
    return {
        Way::out_of_memory,
        fmt::format("piper '{}' waits for '{}' while {} items of '{}' ({}) fill run.memory ({})",
                    node.first->name, s.plan.stream_name(s.edge_from[empty]), s.edges[full].items(),
                    s.plan.stream_name(s.edge_from[full]), size_text(s.edges[full].bytes()),
                    size_text(s.memory))};
  }
  return {Way::out_of_memory,
          fmt::format("{} in buffers fill run.memory ({}) and nothing can go on",
                      size_text(s.bytes), size_text(s.memory))};
}

std::vector<Flow::EdgeCount> Flow::edge_counts() const {
  const State& s = *state_;
  std::vector<EdgeCount> counts;
  for (EdgeId e = 0; e < s.edges.size(); ++e) {
    const Edge& edge = s.edges[e];
    EdgeCount count;
    count.from = s.plan.stream_name(s.edge_from[e]);
    count.to = s.edge_to[e].kind == Consumer::Kind::node ? s.nodes[s.edge_to[e].index].first->name
                                                         : s.plan.outputs[s.edge_to[e].index].name;
    count.length = edge.length();
    count.dropped = edge.dropped();
    count.consumed = edge.taken() - edge.dropped();
    count.unmatched = edge.unmatched();
    count.not_done = edge.items();
    counts.push_back(std::move(count));
  }
  return counts;
}

std::string Flow::check_invariants() const {
  const State& s = *state_;
  for (EdgeId e = 0; e < s.edges.size(); ++e) {
    if (const char* wrong = s.edges[e].check()) {
      const EdgeCount count = edge_counts()[e];
      return fmt::format("edge {} -> {}: {}", count.from, count.to, wrong);
    }
  }
  std::uint64_t bytes = 0, flying = 0;
  std::vector<std::uint64_t> inflight(s.nodes.size(), 0), claimed(s.nodes.size(), 0),
      tasks(s.nodes.size(), 0);
  for (const Flight& flight : s.flights) {
    if (flight.id == 0) continue;
    ++flying;
    bytes += flight.bytes;
    ++inflight[flight.task.group];
    claimed[flight.task.group] += flight.task.n;
    ++tasks[flight.task.group];
  }
  for (const auto& [when, task] : s.later) {
    ++tasks[task.group];
    claimed[task.group] += task.n;
    bytes += input_bytes(task);
  }
  if (flying != s.flying) return "tasks under way are miscounted";
  std::string wrong;
  each_task(s, [&](const Node& node, const Task& task) {
    if (const char* what = wrong_with(task, *s.pools[node.pool].plan))
      wrong = fmt::format("piper '{}': tasklet {} is {}", node.first->name, task.first, what);
  });
  if (!wrong.empty()) return wrong;
  std::vector<std::uint64_t> held(s.pools.size(), 0);
  for (const Node& node : s.nodes) {
    const std::string& name = node.last->name;
    for (const Task& task : node.again) {
      bytes += input_bytes(task);
      claimed[node.id] += task.n;
    }
    for (const Replica& replica : node.replicas) {
      std::uint64_t queued = 0;
      for (const Task& task : replica.queue) {
        queued += task.n;
        bytes += input_bytes(task);
        claimed[node.id] += task.n;
      }
      if (queued != replica.queued)
        return fmt::format("piper '{}': queued tasklets are miscounted", name);
    }
    if (inflight[node.id] != node.inflight)
      return fmt::format("piper '{}': tasks under way are miscounted", name);
    if (claimed[node.id] != node.claimed)
      return fmt::format("piper '{}': claims are miscounted", name);
    if (tasks[node.id] != node.tasks) return fmt::format("piper '{}': tasks are miscounted", name);
    if (node.total && node.settled > *node.total)
      return fmt::format("piper '{}': more tasklets than there are", name);
    if (node.inflight > s.pools[node.pool].at_once)
      return fmt::format("piper '{}': beyond its stride", name);
    if (node.held != node.expected(node.claimed) + node.outbox.items() + node.out.pending_items) {
      return fmt::format("piper '{}': what it holds is miscounted", name);
    }
    using Obstacle = State::Obstacle;
    const Obstacle obstacle = s.obstacle(node);
    const bool ready = s.pools[node.pool].ready.contains(node.local);
    if (!ready && obstacle == Obstacle::none)
      return fmt::format("piper '{}' could go on, but nobody knows", name);
    if (!ready && obstacle == Obstacle::room && !s.pools[node.pool].blocked.contains(node.local))
      return fmt::format("piper '{}' waits for room, but nobody knows", name);
    held[node.pool] += node.held;
    bytes += node.outbox.bytes() + node.out.pending_bytes;
  }
  for (const Input& input : s.inputs) bytes += input.out.pending_bytes;
  if (bytes != s.bytes) return fmt::format("{} bytes are held, {} were counted", bytes, s.bytes);
  for (PoolId p = 0; p < s.pools.size(); ++p) {
    const PoolState& pool = s.pools[p];
    if (held[p] != pool.held)
      return fmt::format("pool '{}': what it holds is miscounted", pool.plan->name);
    // A pool has room for one tasklet, however large. Nobody knows before how much `any` gives, and
    // for how many places that never came there are gaps when an unordered stream ends.
    std::uint64_t largest = 0;
    bool unknown = false;
    for (const GroupId id : pool.nodes) {
      const Node& node = s.nodes[id];
      largest = std::max<std::uint64_t>(largest, node.last->produce.n);
      unknown |= node.last->produce.any || (node.out.ended && !node.in_order);
    }
    if (pool.plan->buffer && !unknown && pool.held > s.pool_buffer(pool) + largest) {
      return fmt::format("pool '{}' holds {} items, its buffer is {}", pool.plan->name, pool.held,
                         s.pool_buffer(pool));
    }
  }
  return {};
}

std::vector<Failure> Flow::stranded_failures() const {
  const State& s = *state_;
  std::vector<Failure> failures;
  std::set<std::tuple<std::string, std::string, Place, std::string>> known;
  const auto look = [&](const Slice& slice) {
    // A task that gave nothing has no batch.
    const std::uint8_t* const kinds = slice.batch ? slice.batch.kinds() : nullptr;
    if (kinds == nullptr) return;
    for (std::uint32_t i = slice.from; i < slice.to; ++i) {
      if (kinds[i] != static_cast<std::uint8_t>(ItemKind::failure)) continue;
      Failure failure = decode_failure(slice.batch.item(i).bytes);
      if (known.emplace(failure.piper, failure.function, failure.place, failure.kind).second)
        failures.push_back(std::move(failure));
    }
  };
  for (const Edge& edge : s.edges) edge.each(look);
  for (const Node& node : s.nodes) node.outbox.each(look);
  each_task(s, [&](const Node&, const Task& task) {
    for (const auto& slices : task.inputs) std::for_each(slices.begin(), slices.end(), look);
  });
  return failures;
}

std::string Flow::dump() const {
  const State& s = *state_;
  std::uint64_t alone = 0;
  each_task(s, [&](const Node&, const Task& task) { alone += task.alone; });
  std::string text =
      fmt::format("bytes {} of {}, tasks under way {}, waiting for a retry {}, in quarantine {}\n",
                  s.bytes, s.memory, s.flying, s.later.size(), alone);
  for (InputId i = 0; i < s.inputs.size(); ++i) {
    const Input& input = s.inputs[i];
    text += fmt::format("input {}: {} items, {} pending{}{}{}\n", s.plan.inputs[i].name,
                        input.out.length, input.out.pending_items, input.asked ? ", asked" : "",
                        input.out.ended ? ", ended" : "", input.unwanted ? ", unwanted" : "");
  }
  for (const Node& node : s.nodes) {
    text += fmt::format(
        "piper {}: taken {} settled {} of {}, under way {}, again {}, held {} (outbox {}, pending "
        "{}){}\n",
        node.last->name, node.taken, node.settled,
        node.total ? std::to_string(*node.total) : std::string("?"), node.inflight,
        node.again.size(), node.held, node.outbox.items(), node.out.pending_items,
        node.ended()      ? ", ended"
        : node.lost_flush ? ", a flush was lost"
                          : "");
  }
  for (const PoolState& pool : s.pools) {
    text += fmt::format("pool {}: holds {} of {}, {} tasks\n", pool.plan->name, pool.held,
                        s.pool_buffer(pool), pool.inflight);
  }
  for (const EdgeCount& edge : edge_counts()) {
    text +=
        fmt::format("edge {} -> {}: consumed {} dropped {} unmatched {} here {} of {}\n", edge.from,
                    edge.to, edge.consumed, edge.dropped, edge.unmatched, edge.not_done,
                    edge.length ? std::to_string(*edge.length) : std::string("?"));
  }
  return text;
}

}  // namespace papy
