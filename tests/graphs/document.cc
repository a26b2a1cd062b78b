#include "document.h"

#include <fmt/format.h>

#include <algorithm>

#include "flow/groups.h"
#include "random.h"
#include "rates.h"

namespace papy::graphs {
namespace {

using sim::Random;

/// Some of these go through shared memory where a pool has processes.
constexpr std::uint32_t kLarge = 150'000;

/// What nobody takes from any more gets an output.
void use_everything(Plan* plan) {
  std::vector<bool> used(plan->streams(), false);
  for (const PlanPiper& piper : plan->pipers) {
    for (const StreamId from : piper.from) used[from] = true;
  }
  for (const PlanOutput& output : plan->outputs) used[output.from] = true;
  for (StreamId s = 0; s < used.size(); ++s) {
    if (!used[s]) plan->outputs.push_back({fmt::format("out{}", plan->outputs.size()), {}, s});
  }
}

void choose_pools(Random& random, Pools pools, Plan* plan) {
  for (PlanPool& pool : plan->pools) {
    const bool process = pools == Pools::process || (pools == Pools::mixed && random.percent(50));
    pool.type = process ? PoolType::process : PoolType::thread;
  }
  const auto own = static_cast<PoolId>(plan->pools.size());
  bool used = false;
  for (PlanPiper& piper : plan->pipers) {
    const bool leaves = random.percent(10);
    if (leaves) piper.pool = own;
    used |= leaves;
  }
  if (used) plan->pools.push_back({.name = "", .slots = 1});
}

void choose_limits(Random& random, Graph* graph) {
  Plan& plan = graph->plan;
  if (random.percent(10)) {
    for (PiperId p = 0; p < plan.pipers.size(); ++p) {
      if (graph->chains[p].back().habit.fails == 0) continue;
      plan.pipers[p].on_error = OnError::stop;
      break;
    }
  }
  const std::uint64_t limit = random.below(100);
  if (limit < 5) plan.max_failures.count = random.below(8);
  if (limit >= 5 && limit < 9) plan.max_failures.share = 0.05;
  if (random.percent(10)) plan.memory = random.between(200, 4000);
  const bool few = plan.pipers.size() <= 4 &&
                   std::all_of(graph->sources.begin(), graph->sources.end(),
                               [](const Source& source) { return source.length <= 30; });
  if (!plan.memory && few && random.percent(8)) graph->padding = kLarge;
}

/// Functions that end their process, some of which go on when they are called again. Deaths are
/// counted for what is evaluated in one go, so one function of all that is does so.
void choose_deaths(Random& random, Graph* graph) {
  if (!random.percent(40)) return;
  for (const Group& group : fuse(graph->plan)) {
    const PiperId piper = group.pipers[random.below(group.pipers.size())];
    const PlanPool& pool = graph->plan.pools[graph->plan.pipers[piper].pool];
    if (pool.type != PoolType::process || random.percent(40)) continue;
    std::vector<Link>& chain = graph->chains[piper];
    Habit& habit = chain[random.below(chain.size())].habit;
    habit.dies = static_cast<std::uint32_t>(random.between(1, 8));
    habit.most_deaths = pool.max_crashes;
  }
}

std::string text(const Habit& habit, const Graph& graph, const Lie& lie) {
  std::string out = fmt::format("salt: {}", habit.salt);
  const auto add = [&](std::string_view key, std::uint64_t value) {
    if (value > 0) out += fmt::format(", {}: {}", key, value);
  };
  add("fails", habit.fails);
  add("skips", habit.skips);
  add("transient", habit.transient);
  if (habit.errors) out += ", errors: true";
  if (habit.any) out += fmt::format(", any: true, most: {}", habit.most);
  if (!habit.any && habit.n > 1) out += fmt::format(", n: {}", habit.n);
  if (habit.end_at) out += fmt::format(", end_at: {}", *habit.end_at);
  if (!habit.end_emits) out += ", end_emits: false";
  if (habit.dies > 0) {
    out += fmt::format(", dies: {}, fatal: {}, most_deaths: {}, marks: {}", habit.dies,
                       lie.dies_for_good ? 100 : habit.fatal, habit.most_deaths, graph.marks);
  }
  add("padding", graph.padding);
  return out;
}

std::string text(const PlanPool& pool) {
  std::string out = fmt::format("type: {}, workers: {}",
                                pool.type == PoolType::thread ? "thread" : "process", pool.slots);
  if (pool.stride) out += fmt::format(", stride: {}", *pool.stride);
  if (pool.buffer) out += fmt::format(", buffer: {}", *pool.buffer);
  if (pool.batch) out += fmt::format(", batch: {}", *pool.batch);
  if (!pool.ordered) out += ", ordered: false";
  if (pool.type == PoolType::process) out += fmt::format(", max_crashes: {}", pool.max_crashes);
  return out;
}

std::string text(const Retries& retries) {
  std::string out = fmt::format("attempts: {}", retries.attempts);
  if (!retries.on_error) out += ", when: [timeout]";
  if (retries.backoff.count() > 0) out += fmt::format(", backoff: {}ns", retries.backoff.count());
  return out;
}

std::string names(const Plan& plan, const std::vector<StreamId>& streams) {
  std::string out;
  for (const StreamId stream : streams) out += (out.empty() ? "" : ", ") + plan.stream_name(stream);
  return out;
}

std::string input(const Graph& graph, InputId input) {
  const std::string& file = graph.files[input];
  if (!file.empty()) return fmt::format("source: io.read_jsonl, args: {{path: {}}}", file);
  const Source& source = graph.sources[input];
  return fmt::format(
      "source: graphs.read, args: {{salt: {}, length: {}, fails: {}, skips: {}, padding: {}}}",
      source.salt, source.length, source.fails, source.skips, graph.padding);
}

std::string piper(const Graph& graph, PiperId id, const Lie& lie) {
  const PlanPiper& piper = graph.plan.pipers[id];
  std::string out = fmt::format("  {}:\n    worker:\n", piper.name);
  for (const Link& link : graph.chains[id]) {
    const bool lies = lie.changes_a_value && &link == &graph.chains[id].back();
    out += fmt::format("    - {{function: {}, args: {{{}{}}}}}\n", link.function,
                       text(link.habit, graph, lie), lies ? ", lies: true" : "");
  }
  const auto add = [&](std::string_view key, const std::string& value) {
    out += fmt::format("    {}: {}\n", key, value);
  };
  add("from", "[" + names(graph.plan, piper.from) + "]");
  if (const std::string& pool = graph.plan.pools[piper.pool].name; !pool.empty()) add("pool", pool);
  if (piper.join == Join::first) add("join", "first");
  if (piper.consume > 1) add("consume", std::to_string(piper.consume));
  if (piper.rest == Rest::drop) add("consume_rest", "drop");
  if (piper.rest == Rest::fail) add("consume_rest", "fail");
  if (piper.produce.any) add("produce", "any");
  if (piper.produce.n > 1) add("produce", std::to_string(piper.produce.n));
  if (piper.produce.repeat) add("repeat", "true");
  if (piper.spawn > 1) add("spawn", std::to_string(piper.spawn));
  if (piper.track) add("track", "true");
  if (piper.retries.attempts > 1) add("retries", "{" + text(piper.retries) + "}");
  if (piper.on_error == OnError::skip) add("on_error", "skip");
  if (piper.on_error == OnError::stop) add("on_error", "stop");
  return out;
}

std::string limits(const Plan& plan) {
  std::string out = "run:\n  dead_letters: failed.jsonl\n";
  if (plan.max_failures.count) out += fmt::format("  max_failures: {}\n", *plan.max_failures.count);
  if (plan.max_failures.share)
    out += fmt::format("  max_failures: {}%\n", *plan.max_failures.share * 100);
  if (plan.memory) out += fmt::format("  memory: {}B\n", *plan.memory);
  return out;
}

}  // namespace

std::optional<Pools> pools_named(std::string_view name) {
  if (name == "thread") return Pools::thread;
  if (name == "process") return Pools::process;
  if (name == "mixed") return Pools::mixed;
  return std::nullopt;
}

Graph make_document_graph(std::uint64_t seed, Pools pools, const std::string& folder) {
  Graph graph = make_graph(seed);
  Random random(sim::mix(seed, 31));
  graph.plan.name = fmt::format("seed-{}", seed);
  graph.plan.base = folder;
  if (const std::uint64_t taken = fit_rates(&graph.plan); taken > 0)
    graph.left_out["streams of a join whose lengths must differ: rate-mismatch"] += taken;
  use_everything(&graph.plan);
  choose_limits(random, &graph);
  for (InputId i = 0; i < graph.plan.inputs.size(); ++i) {
    if (graph.sources[i].skips > 0 || random.percent(40)) continue;
    graph.files[i] = graph.plan.inputs[i].name + ".jsonl";
  }
  choose_pools(random, pools, &graph.plan);
  graph.marks = folder + "/marks";
  choose_deaths(random, &graph);
  return graph;
}

std::string document(const Graph& graph, const std::string& library, const Lie& lie) {
  const Plan& plan = graph.plan;
  std::string out = fmt::format("version: 1\nname: {}\nplugins:\n  graphs: {{path: {}}}\npools:\n",
                                plan.name, library);
  for (const PlanPool& pool : plan.pools) {
    if (!pool.name.empty()) out += fmt::format("  {}: {{{}}}\n", pool.name, text(pool));
  }
  out += "inputs:\n";
  for (InputId i = 0; i < plan.inputs.size(); ++i)
    out += fmt::format("  {}: {{{}}}\n", plan.inputs[i].name, input(graph, i));
  out += "pipers:\n";
  for (PiperId p = 0; p < plan.pipers.size(); ++p) out += piper(graph, p, lie);
  out += "outputs:\n";
  for (const PlanOutput& output : plan.outputs) {
    out += fmt::format("  {0}: {{sink: io.write_jsonl, from: {1}, args: {{path: {0}.jsonl}}}}\n",
                       output.name, plan.stream_name(output.from));
  }
  return out + limits(plan);
}

std::string lines_of_input(const Graph& graph, InputId input) {
  std::string lines;
  for (std::uint64_t place = 0; place < graph.sources[input].length; ++place) {
    const Said said = read(graph.sources[input], place);
    const bool fails = said.status != Status::ok;
    lines += fails ? "!" : json_text(graph, said.values[0]);
    lines += '\n';
  }
  return lines;
}

}  // namespace papy::graphs
