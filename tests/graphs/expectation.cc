#include "expectation.h"

#include <algorithm>

#include "need.h"
#include "run/json_line.h"

namespace papy::graphs {
namespace {

using nlohmann::json;

json letter(const Failure& failure) { return json::parse(to_json(failure)); }

json output(const Graph& graph, const Evaluation& evaluation, const PlanOutput& output) {
  const Stream& stream = evaluation.streams[output.from];
  json letters = json::array();
  std::uint64_t written = 0, gaps = 0;
  for (std::size_t place = 0; place < stream.size(); ++place) {
    written += stream[place].kind == ItemKind::value ? 1 : 0;
    gaps += stream[place].kind == ItemKind::gap ? 1 : 0;
    if (stream[place].kind == ItemKind::failure)
      letters.push_back({place, letter(*stream[place].failure)});
  }
  return {{"ordered", comes_in_order(graph.plan, output.from)},
          {"length", stream.size()},
          {"written", written},
          {"gaps", gaps},
          {"letters", letters}};
}

json piper(const PiperCount& count) {
  return {{"in", count.in},         {"out", count.out},         {"failed", count.failed},
          {"passed", count.passed}, {"skipped", count.skipped}, {"retried", count.retried}};
}

/// Failures that are made, not those that travel: at least, and at most.
struct Made {
  std::uint64_t least = 0, most = 0;

  void add(std::uint64_t failures, bool is_sure) {
    least += is_sure ? failures : 0;
    most += failures;
  }
};

/// Whether the limits of the run stop it.
class Limits {
 public:
  Limits(const Graph& graph, const Evaluation& evaluation, const std::vector<Need>& needs)
      : graph_(graph), evaluation_(evaluation), needs_(needs) {}

  json stop() {
    look_at_inputs();
    look_at_pipers();
    const auto& most = graph_.plan.max_failures.count;
    if (most && made_.most > *most) note(made_.least > *most, "max_failures");
    if (graph_.plan.memory) note(false, "run.memory");
    return {{"stop", must_ ? "must" : reasons_.empty() ? "never" : "may"}, {"reasons", reasons_}};
  }

 private:
  void note(bool must, const char* reason) {
    must_ |= must;
    reasons_.push_back(reason);
  }

  void look_at_inputs() {
    for (InputId i = 0; i < graph_.plan.inputs.size(); ++i) {
      const Stream& stream = evaluation_.streams[i];
      const auto failures = static_cast<std::uint64_t>(
          std::count_if(stream.begin(), stream.end(),
                        [](const Item& item) { return item.kind == ItemKind::failure; }));
      look_at(failures, stream.size(), needs_[i] != Need::some);
    }
  }

  void look_at_pipers() {
    for (PiperId p = 0; p < graph_.plan.pipers.size(); ++p) {
      const PiperCount& count = evaluation_.pipers[p];
      const bool is_sure = is_exact(graph_, evaluation_, needs_, p);
      look_at(count.failed, count.in - count.passed, is_sure);
      const bool stops = graph_.plan.pipers[p].on_error == OnError::stop;
      if (stops && count.failed > 0) note(is_sure, "on_error: stop");
      // It may fail there before it is known that nobody looks.
      if (!goes_beyond_an_end(graph_, evaluation_, p)) continue;
      if (stops) note(false, "on_error: stop");
      if (graph_.plan.max_failures.count || graph_.plan.max_failures.share)
        note(false, "max_failures");
    }
  }

  void look_at(std::uint64_t failures, std::uint64_t of, bool is_sure) {
    made_.add(failures, is_sure);
    const auto& share = graph_.plan.max_failures.share;
    if (!share || failures == 0) return;
    // On the way the share may be larger than it is at the end.
    const bool too_many = static_cast<double>(failures) > *share * static_cast<double>(of);
    note(is_sure && too_many, "max_failures");
  }

  const Graph& graph_;
  const Evaluation& evaluation_;
  const std::vector<Need>& needs_;
  Made made_;
  bool must_ = false;
  std::vector<std::string> reasons_;
};

json edge(const Graph& graph, const Evaluation& evaluation, const std::vector<Need>& needs,
          StreamId from, PiperId to) {
  json out = {{"from", graph.plan.stream_name(from)},
              {"to", graph.plan.pipers[to].name},
              {"consumed", evaluation.pipers[to].places}};
  if (needs[graph.plan.stream_of_piper(to)] == Need::its_end)
    out["dropped"] = evaluation.pipers[to].dropped;
  if (needs[from] == Need::its_end) out["length"] = evaluation.streams[from].size();
  return out;
}

/// What there is to see in the graph itself.
void look(const Graph& graph, const std::vector<Need>& needs, Coverage* covered) {
  const Plan& plan = graph.plan;
  const auto saw = [&](const char* what, bool is_so) { (*covered)[what] += is_so ? 1 : 0; };
  std::vector<int> takers(plan.streams(), 0), members(plan.pools.size(), 0);
  for (const PlanPiper& piper : plan.pipers) {
    for (const StreamId from : piper.from) ++takers[from];
    ++members[piper.pool];
    std::vector<StreamId> from = piper.from;
    std::sort(from.begin(), from.end());
    saw("a join", from.size() > 1);
    saw("a stream that comes twice into a join",
        std::adjacent_find(from.begin(), from.end()) != from.end());
    saw("consume: n", piper.consume > 1);
    saw("spawn", piper.spawn > 1);
    saw("track", piper.track);
    saw("a piper without a pool", plan.pools[piper.pool].name.empty());
    saw("a SERIAL piper on an unordered pool", piper.serial && !plan.pools[piper.pool].ordered);
  }
  for (const PlanOutput& output : plan.outputs) {
    ++takers[output.from];
    saw("an output of an input", output.from < plan.inputs.size());
    saw("an output in any order", !comes_in_order(plan, output.from));
  }
  for (StreamId s = 0; s < plan.streams(); ++s) {
    saw("a fork", takers[s] > 1);
    saw("a stream that nobody needs to its end", needs[s] == Need::some);
  }
  for (const PlanPool& pool : plan.pools) {
    if (pool.name.empty()) continue;
    saw("a pool of threads", pool.type == PoolType::thread);
    saw("a pool of processes", pool.type == PoolType::process);
    saw("a pool with a stride", pool.stride.has_value());
    saw("a pool with a buffer", pool.buffer.has_value());
    saw("a pool with a buffer of 1 to 4", pool.buffer && *pool.buffer <= 4);
    saw("a pool with a batch", pool.batch.has_value());
    saw("an unordered pool", !pool.ordered);
    saw("a pool of several slots", pool.slots > 1);
  }
  saw("a pool shared by pipers",
      std::any_of(members.begin(), members.end(), [](int n) { return n > 1; }));
  for (const std::string& file : graph.files)
    saw(file.empty() ? "an input that is a function" : "an input that is a file", true);
  saw("items that are integers", graph.padding == 0);
  saw("items that are texts", graph.padding > 0 && graph.padding <= 1000);
  saw("items of many KiB", graph.padding > 1000);
  saw("run.memory", plan.memory.has_value());
}

}  // namespace

json expectation(const Graph& graph, const Evaluation& evaluation) {
  const Plan& plan = graph.plan;
  const std::vector<Need> needs = graphs::needs(graph, evaluation);
  json out = Limits(graph, evaluation, needs).stop();
  out["seed"] = graph.seed;
  for (const char* key : {"pools", "outputs", "inputs", "pipers"}) out[key] = json::object();
  out["edges"] = json::array();
  for (const PlanPool& pool : plan.pools)
    out["pools"][pool.name] = pool.type == PoolType::thread ? "thread" : "process";
  for (const PlanOutput& each : plan.outputs)
    out["outputs"][each.name] = output(graph, evaluation, each);
  for (InputId i = 0; i < plan.inputs.size(); ++i) {
    if (needs[i] != Need::some) out["inputs"][plan.inputs[i].name] = graph.sources[i].length;
  }
  for (PiperId p = 0; p < plan.pipers.size(); ++p) {
    if (!is_exact(graph, evaluation, needs, p)) continue;
    out["pipers"][plan.pipers[p].name] = piper(evaluation.pipers[p]);
    for (const StreamId from : plan.pipers[p].from)
      out["edges"].push_back(edge(graph, evaluation, needs, from, p));
  }
  Coverage covered = evaluation.covered;
  look(graph, needs, &covered);
  out["covered"] = covered;
  out["left_out"] = graph.left_out;
  return out;
}

std::string lines_of_output(const Graph& graph, const Evaluation& evaluation, OutputId output) {
  std::string lines;
  for (const Item& item : evaluation.streams[graph.plan.outputs[output].from]) {
    if (item.kind == ItemKind::value) lines += json_text(graph, item.number) + "\n";
  }
  return lines;
}

}  // namespace papy::graphs
