#include "flow/flow.h"

#include <algorithm>

#include "base/check.h"
#include "flow/flow_state.h"

namespace papy {

Flow::State::State(const Plan& the_plan, const Settings& the_settings)
    : plan(the_plan),
      settings(the_settings),
      memory(the_plan.memory.value_or(the_settings.memory)),
      groups(fuse(the_plan, the_settings.fusion)),
      inputs(the_plan.inputs.size()),
      nodes(groups.size()),
      outputs(the_plan.outputs.size()),
      pools(the_plan.pools.size()),
      group_of(the_plan.pipers.size()),
      counts(the_plan.pipers.size()),
      outputs_left(the_plan.outputs.size()) {
  const auto connect = [this](StreamId from, Consumer to, Edge::Order order) {
    const auto edge = static_cast<EdgeId>(edges.size());
    edges.emplace_back(order);
    edge_from.push_back(from);
    edge_to.push_back(to);
    producer(from).edges.push_back(edge);
    return edge;
  };
  const auto in_order = [this](const PlanPiper& piper) {
    return plan.pools[piper.pool].ordered || piper.produce.any ||
           (piper.serial && piper.spawn == 1);
  };
  const auto comes_unordered = [&](StreamId from) {
    return from >= inputs.size() && !in_order(plan.pipers[from - inputs.size()]);
  };
  for (std::size_t p = 0; p < pools.size(); ++p) {
    const PlanPool& pool = plan.pools[p];
    pools[p].plan = &pool;
    // A process pool counts its processes itself: they have tasks that they did not begin.
    if (pool.stride && pool.type == PoolType::thread) pools[p].at_once = *pool.stride;
  }
  for (Input& input : inputs) input.batching = settings.threads;
  for (GroupId g = 0; g < groups.size(); ++g) {
    Node& node = nodes[g];
    node.id = g;
    node.first = &plan.pipers[groups[g].pipers.front()];
    node.last = &plan.pipers[groups[g].pipers.back()];
    node.stream = plan.stream_of_piper(groups[g].pipers.back());
    node.pool = node.first->pool;
    node.local = static_cast<std::uint32_t>(pools[node.pool].nodes.size());
    pools[node.pool].nodes.push_back(g);
    if (node.first->serial) node.replicas.resize(node.first->spawn);
    for (const PiperId p : groups[g].pipers) group_of[p] = g;
  }
  for (PoolState& pool : pools) {
    pool.ready = ReadySet(pool.nodes.size());
    pool.blocked = pool.ready;
  }
  for (Node& node : nodes) {
    const PlanPiper& piper = *node.first;
    node.in_order = in_order(*node.last);
    const bool item_by_item = piper.from.size() == 1 && piper.consume == 1 && !piper.serial;
    node.sorted = node.in_order || !item_by_item || !comes_unordered(piper.from[0]);
    for (const StreamId from : piper.from) {
      const bool unsorted = comes_unordered(from) && !node.sorted;
      node.in.push_back(connect(from, {Consumer::Kind::node, node.id},
                                unsorted ? Edge::Order::unsorted : Edge::Order::sorted));
      if (from >= inputs.size()) continue;
      Input& input = inputs[from];
      input.least = std::max<std::uint64_t>(input.least, piper.consume);
      if (pools[node.pool].plan->type == PoolType::process) input.batching = settings.processes;
    }
  }
  for (OutputId o = 0; o < outputs.size(); ++o) {
    const StreamId from = plan.outputs[o].from;
    outputs[o].edge = connect(from, {Consumer::Kind::output, o},
                              comes_unordered(from) ? Edge::Order::unsorted : Edge::Order::sorted);
  }
  for (Node& node : nodes) {
    for (const StreamId from : node.first->from) {
      if (from < inputs.size() || producer(from).edges.size() > 1) continue;
      if (nodes[group_of[from - inputs.size()]].pool == node.pool)
        node.freed += node.first->consume;
    }
  }
}

Flow::Flow(const Plan& plan, const Settings& settings)
    : state_(std::make_unique<State>(plan, settings)) {}

Flow::~Flow() = default;

// Events.

void Flow::on_input(InputId id, const Batch& items, bool ended, Duration elapsed) {
  State& s = *state_;
  Input& input = s.inputs[id];
  PAPY_CHECK(input.asked, "items came from an input that was not asked");
  input.asked = false;
  input.busy += elapsed;
  const std::uint32_t n = items.size();
  if (n > 0) {
    const double each = static_cast<double>(elapsed.count()) / n;
    input.ns = input.ns == 0 ? each : 0.7 * input.ns + 0.3 * each;
    const double size = static_cast<double>(bytes_of(Slice{items, 0, n})) / n;
    const double good =
        std::min(static_cast<double>(input.batching.target.count()) / std::max(input.ns, 0.1),
                 static_cast<double>(std::min(input.batching.bytes, s.memory / 16)) / size);
    if (n >= input.batch) input.batch *= 4;
    input.batch =
        std::max<std::uint64_t>(1, std::min(input.batch, static_cast<std::uint64_t>(good)));
    if (const std::uint8_t* kinds = items.kinds()) {
      const auto failed =
          std::count(kinds, kinds + n, static_cast<std::uint8_t>(ItemKind::failure));
      s.failures += static_cast<std::uint64_t>(failed);
      input.failures += static_cast<std::uint64_t>(failed);
    }
    s.publish(id, {items, 0, n});
  }
  if (ended || input.unwanted || s.draining) s.end_stream(id);
}

void Flow::on_done(TaskId id, const TaskResult& result, Duration elapsed) {
  on_done(id, TaskResult(result), elapsed);
}

void Flow::on_done(TaskId id, TaskResult&& result, Duration elapsed) {
  State& s = *state_;
  Flight* flight = s.flight(id);
  if (flight == nullptr) {
    ++s.duplicates;
    return;
  }
  const Task& task = flight->task;
  Node& node = s.nodes[task.group];
  s.land(flight);
  s.adapt(node, *flight, result, elapsed);
  s.conclude(node, task, result);
  s.recount(node);
  s.forget(flight);
}

void Flow::on_output(OutputId id, const OutputCount& count) {
  State& s = *state_;
  Output& output = s.outputs[id];
  PAPY_CHECK(output.busy, "an output came back that was not out");
  output.busy = false;
  --s.outputs_busy;
  output.count.written += count.written;
  output.count.failed += count.failed;
  output.count.gaps += count.gaps;
  output.count.busy += count.busy;
  s.touch(output.edge);
}

void Flow::on_time(Time now) {
  State& s = *state_;
  s.now = std::max(s.now, now);
  while (!s.later.empty() && s.later.begin()->first <= s.now) {
    Task task = std::move(s.later.extract(s.later.begin()).mapped());
    Node& node = s.nodes[task.group];
    s.resume(node, std::move(task));
    s.recount(node);
  }
}

void Flow::stop(Stop how) {
  State& s = *state_;
  if (how == Stop::halt) s.halted = true;
  if (s.draining) return;
  s.draining = true;
  for (InputId i = 0; i < s.inputs.size(); ++i) {
    if (!s.inputs[i].asked) s.end_stream(i);
  }
}

// Decisions.

const Task* Flow::next(PoolId id) {
  State& s = *state_;
  if (s.halted || s.stop_reason) return nullptr;
  Node* node = s.find_work(s.pools[id]);
  if (node == nullptr) return nullptr;
  return s.hand_out(*node);
}

bool Flow::has_work(PoolId id) {
  State& s = *state_;
  return !s.halted && !s.stop_reason && s.find_work(s.pools[id]) != nullptr;
}

bool Flow::has_news(PoolId id) const {
  const State& s = *state_;
  return !s.halted && !s.stop_reason && !s.pools[id].ready.empty();
}

/// Items that are worth having ready for the consumers, judged by the batches that the fastest of
/// them takes: what is read far ahead of a slow one only makes the run hard to stop.
std::uint64_t Flow::State::appetite(const Producer& out) const {
  std::uint64_t most = 32;
  for (const EdgeId edge : out.edges) {
    if (edge_to[edge].kind == Consumer::Kind::output) return UINT64_MAX / 1024;
    const Node& node = nodes[edge_to[edge].index];
    if (!edges[edge].closed())
      most = std::max(most, 64 * node.batch * node.first->consume * pools[node.pool].plan->slots);
  }
  return most;
}

std::uint64_t Flow::State::input_buffer(const Input& input) const {
  const std::uint64_t useful = std::min(8 * input.batch, appetite(input.out));
  return std::max({std::uint64_t{64}, useful, 2 * input.least}) * input.widen;
}

std::uint64_t Flow::wants_input(InputId id) const {
  const State& s = *state_;
  const Input& input = s.inputs[id];
  if (input.asked || input.out.ended || input.unwanted || s.draining || s.halted || s.stop_reason)
    return 0;
  const std::uint64_t pending = input.out.pending_items;
  const std::uint64_t buffer = s.input_buffer(input);
  const std::uint64_t batch = std::min(input.batch, std::max<std::uint64_t>(buffer / 2, 1));
  if (s.bytes >= s.memory) return 0;
  if (pending == 0) return batch;
  if (pending + batch > buffer) return 0;
  if (input.out.pending_bytes > 32 * input.batching.bytes * input.widen) return 0;
  return batch;
}

void Flow::begin_input(InputId input) { state_->inputs[input].asked = true; }

bool Flow::input_asked(InputId input) const { return state_->inputs[input].asked; }

bool Flow::output_busy(OutputId output) const { return state_->outputs[output].busy; }

bool Flow::output_ended(OutputId output) const { return state_->outputs[output].done; }

std::uint64_t Flow::output_bytes(OutputId output) const {
  return state_->edges[state_->outputs[output].edge].bytes();
}

Duration Flow::output_age(OutputId output) const {
  return state_->now - state_->edges[state_->outputs[output].edge].oldest();
}

std::optional<Duration> Flow::expected_time(const Task& task) const {
  const double ns = state_->nodes[task.group].ns;
  if (ns == 0) return std::nullopt;
  return Duration(static_cast<std::int64_t>(ns * task.n));
}

bool Flow::input_unwanted(InputId id) const {
  const State& s = *state_;
  return s.inputs[id].unwanted || s.draining || s.halted || s.stop_reason.has_value();
}

bool Flow::has_output(OutputId id) const {
  const State& s = *state_;
  const Output& output = s.outputs[id];
  return !s.halted && !s.stop_reason && !output.busy && s.edges[output.edge].ready() > 0;
}

std::vector<Flow::Part> Flow::take_output(OutputId id) {
  State& s = *state_;
  std::vector<Part> parts;
  if (!has_output(id)) return parts;
  Output& output = s.outputs[id];
  const std::uint64_t most = 16 * s.settings.threads.bytes;
  std::uint64_t bytes = 0;
  output.busy = true;
  ++s.outputs_busy;
  Edge& edge = s.edges[output.edge];
  do {
    Place first = edge.next();
    std::vector<Slice> slices;
    edge.take(edge.ready(), &slices);
    for (Slice& slice : slices) {
      bytes += bytes_of(slice);
      const std::uint32_t size = slice.size();
      parts.push_back({first, std::move(slice)});
      first += size;
    }
  } while (bytes < most && edge.ready() > 0);
  s.recount(s.edge_from[output.edge]);
  return parts;
}

std::optional<Time> Flow::next_deadline() const {
  const State& s = *state_;
  if (s.later.empty() || s.halted || s.stop_reason) return std::nullopt;
  return s.later.begin()->first;
}

bool Flow::finished() const {
  const State& s = *state_;
  if (s.flying > 0 || s.outputs_busy > 0) return false;
  return s.outputs_left == 0 || s.halted || s.stop_reason.has_value();
}

// What there is to tell.

const std::vector<Group>& Flow::groups() const { return state_->groups; }
const std::vector<StageCount>& Flow::counts() const { return state_->counts; }
const OutputCount& Flow::output_count(OutputId output) const {
  return state_->outputs[output].count;
}
const std::optional<std::string>& Flow::stop_reason() const { return state_->stop_reason; }
bool Flow::halted() const { return state_->halted; }
bool Flow::stopped() const { return state_->draining || state_->halted; }
std::uint64_t Flow::input_failures(InputId input) const { return state_->inputs[input].failures; }
std::uint64_t Flow::input_items(InputId input) const { return state_->inputs[input].out.length; }
Duration Flow::input_busy(InputId input) const { return state_->inputs[input].busy; }
bool Flow::input_ended(InputId input) const { return state_->inputs[input].out.ended; }
std::uint64_t Flow::bytes() const { return state_->bytes; }
std::uint64_t Flow::peak_bytes() const { return state_->peak_bytes; }
std::uint64_t Flow::duplicates() const { return state_->duplicates; }
std::uint64_t Flow::failures() const { return state_->failures; }
std::uint64_t Flow::under_way() const { return state_->flying; }

}  // namespace papy
