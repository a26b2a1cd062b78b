#include "random_workflow.h"

#include <algorithm>
#include <atomic>
#include <memory>

#include "evaluation.h"
#include "scene.h"

namespace papy::test {
namespace {

using graphs::Graph;
using graphs::Said;
using graphs::Status;

std::string described(const Failure& failure) { return "!" + encode(failure); }

papy_status status_of(Status status) {
  switch (status) {
    case Status::ok:
      return PAPY_OK;
    case Status::skip:
      return PAPY_SKIP;
    case Status::end:
      return PAPY_END;
    case Status::error:
      return PAPY_ERROR;
    case Status::retry:
      return PAPY_RETRY;
    case Status::fail:
      return PAPY_FAIL;
  }
  return PAPY_FATAL;
}

/// Says it by the means of the C interface.
papy_status tell(papy_call* call, const Said& said) {
  for (const std::uint64_t value : said.values) emit(call, static_cast<std::int64_t>(value));
  const papy_status status = status_of(said.status);
  return status < 0 ? fails(call, status, said.code, graphs::kMessage) : status;
}

Function function_of(const graphs::Source& source) {
  const auto at = std::make_shared<std::uint64_t>(0);
  return {.call = [&source, at](papy_call* call) {
    for (std::uint64_t i = 0; i < call->wanted && *at < source.length; ++i) {
      const Said said = graphs::read(source, *at);
      if (said.status != Status::ok && i > 0) return papy_status{PAPY_OK};  // next time
      ++*at;
      if (const papy_status status = tell(call, said); status != PAPY_OK) return status;
    }
    return papy_status{*at == source.length ? PAPY_END : PAPY_OK};
  }};
}

Function function_of(const PlanPiper& piper, const graphs::Link& link, bool is_last) {
  const graphs::Habit& habit = link.habit;
  const auto states = std::make_shared<std::vector<std::uint64_t>>(piper.spawn, 0);
  const auto flushed = std::make_shared<std::atomic<std::uint32_t>>(0);
  Function function;
  function.call = [&piper, &habit, states](papy_call* call) {
    graphs::Handed handed{.values = {},
                          .width = call->width,
                          .places = call->places,
                          .consume = call->consume,
                          .tasklet = call->tasklet,
                          .attempt = call->attempt};
    for (std::uint32_t i = 0; i < call->n_inputs; ++i)
      handed.values.push_back(static_cast<std::uint64_t>(number(call, i)));
    return tell(call, say(habit, handed, &(*states)[call->tasklet % piper.spawn]));
  };
  if (!is_last) return function;
  if (piper.has_flush) {
    function.flush = [&habit, states, flushed](papy_call* call) {
      const std::uint32_t replica = (*flushed)++;
      return tell(call, {Status::ok, 0, say_at_the_end(habit, replica, (*states)[replica])});
    };
  }
  function.flags = piper.serial ? PAPY_SERIAL : 0;
  return function;
}

/// Writes down what comes to the outputs, failures in their places.
class Collector final : public Report {
 public:
  explicit Collector(std::size_t outputs) : items(outputs) {}
  void on_failure(OutputId output, std::uint64_t, const Failure& failure) override {
    items[output].push_back(described(failure));
  }
  void on_warning(std::string_view) override {}

  std::vector<std::vector<std::string>> items;  // each by its output's thread alone
};

/// The plan of a graph with its functions, and the functions.
struct Runnable {
  Plan plan;
  std::deque<Function> functions;

  Runnable(const Graph& graph, Collector* collector) : plan(graph.plan) {
    for (InputId i = 0; i < plan.inputs.size(); ++i)
      plan.inputs[i].source = use(function_of(graph.sources[i]), "graphs.read");
    for (PiperId p = 0; p < plan.pipers.size(); ++p) {
      for (const graphs::Link& link : graph.chains[p]) {
        const bool is_last = &link == &graph.chains[p].back();
        plan.pipers[p].worker.push_back(
            use(function_of(graph.plan.pipers[p], link, is_last), link.function));
      }
    }
    for (OutputId o = 0; o < plan.outputs.size(); ++o) {
      Function sink{.call = [collector, o](papy_call* call) {
        collector->items[o].push_back(std::to_string(number(call)));
        return papy_status{PAPY_OK};
      }};
      plan.outputs[o].sink = use(std::move(sink), "test.sink");
    }
  }

 private:
  FunctionUse use(Function function, const std::string& name) {
    functions.push_back(std::move(function));
    const std::size_t dot = name.find('.');
    FunctionUse use = functions.back().use(name.substr(dot + 1));
    use.plugin = name.substr(0, dot);
    return use;
  }
};

}  // namespace

Outcome evaluate_in_order(const Graph& graph) {
  const graphs::Evaluation evaluation = evaluate(graph);
  Outcome outcome{.outputs = {}, .ending = "finished"};
  for (const PlanOutput& output : graph.plan.outputs) {
    std::vector<std::string>& items = outcome.outputs.emplace_back();
    std::uint64_t gaps = 0;
    for (const graphs::Item& item : evaluation.streams[output.from]) {
      if (item.kind == ItemKind::value) items.push_back(std::to_string(item.number));
      if (item.kind == ItemKind::failure) items.push_back(described(*item.failure));
      gaps += item.kind == ItemKind::gap ? 1 : 0;
    }
    if (!graphs::comes_in_order(graph.plan, output.from)) std::sort(items.begin(), items.end());
    items.push_back(std::to_string(gaps) + " gaps");
  }
  return outcome;
}

Outcome run_on_threads(const Graph& graph, const std::vector<PlanPool>& pools,
                       const Flow::Settings& settings) {
  Collector collector(graph.plan.outputs.size());
  Runnable runnable(graph, &collector);
  runnable.plan.pools = pools;
  ManualEvents events;
  Runner runner(runnable.plan, resolve, nullptr, events, collector, {.flow = settings});
  Outcome outcome;
  if (auto opened = runner.open(); !opened) return {{}, opened.error().text};
  const Runner::End end = runner.run();
  outcome.ending = end.how == Plumber::How::finished ? "finished" : end.reason;
  for (OutputId o = 0; o < graph.plan.outputs.size(); ++o) {
    std::vector<std::string>& items = outcome.outputs.emplace_back(collector.items[o]);
    if (!graphs::comes_in_order(graph.plan, graph.plan.outputs[o].from))
      std::sort(items.begin(), items.end());
    const OutputCount& count = runner.plumber().flow().output_count(o);
    items.push_back(std::to_string(count.gaps) + " gaps");
  }
  const std::string wrong = runner.plumber().flow().check_invariants();
  if (!wrong.empty()) outcome.ending += "; " + wrong;
  return outcome;
}

std::string describe(const Graph& graph) {
  std::string text = "seed " + std::to_string(graph.seed);
  for (PiperId p = 0; p < graph.plan.pipers.size(); ++p) {
    const PlanPiper& piper = graph.plan.pipers[p];
    text += "\n  " + piper.name + " on " + graph.plan.pools[piper.pool].name + " from";
    for (const StreamId from : piper.from) text += " " + graph.plan.stream_name(from);
  }
  return text + "\n  as a document: write_graphs --help";
}

}  // namespace papy::test
