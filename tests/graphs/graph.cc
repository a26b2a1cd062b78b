#include "graph.h"

#include "item/pack.h"
#include "random.h"
#include "scenario.h"

namespace papy::graphs {
namespace {

using sim::Random;

std::uint64_t salt_of(Random& random) { return random.next() >> 1; }

Habit habit_of(const PlanPiper& piper, const sim::Behaviour& worker, Random& random) {
  Habit habit;
  habit.salt = worker.salt >> 1;
  habit.fails = worker.fails;
  habit.skips = worker.skips;
  habit.transient = worker.transient;
  habit.errors = random.percent(40);
  habit.any = piper.produce.any;
  habit.most = worker.most;
  habit.n = piper.produce.repeat ? 1 : piper.produce.n;
  habit.end_at = worker.end_at;
  habit.end_emits = worker.end_emits;
  habit.remembers = piper.serial;
  return habit;
}

std::string function_of(const PlanPiper& piper, Random& random) {
  if (piper.has_flush) return "graphs.remember_and_tell";
  if (piper.serial) return "graphs.remember";
  return random.percent(50) ? "graphs.say" : "graphs.say_by_slot";
}

/// No function of a graph hangs; which ones die, limits of the run and types of pools are chosen
/// elsewhere.
void leave_out_deaths(Plan* plan) {
  plan->memory.reset();
  for (PlanPool& pool : plan->pools) {
    pool.type = PoolType::thread;
    pool.skip = false;
  }
  for (PlanPiper& piper : plan->pipers) {
    piper.timeout.reset();
    piper.deadline.reset();
    piper.retries.on_timeout = false;
  }
}

/// Pipers as the engine evaluates them in one go: one behind the other, with nothing special.
void make_plain(Random& random, Plan* plan) {
  for (PiperId p = 0; p < plan->pipers.size(); ++p) {
    if (random.percent(25)) continue;
    PlanPiper& piper = plan->pipers[p];
    piper.spawn = 1;
    piper.serial = piper.has_flush = piper.track = false;
    piper.retries = {};
    piper.pool = 0;
    if (random.percent(60)) piper.produce = {};
    if (p == 0 || random.percent(25)) continue;
    piper.from = {plan->stream_of_piper(p - 1)};
    piper.join = Join::all;
    piper.consume = 1;
  }
}

/// What nobody takes gets an output; some outputs beside a piper that takes the same are left out.
void choose_outputs(Random& random, Plan* plan) {
  std::vector<bool> used(plan->streams(), false);
  for (const PlanPiper& piper : plan->pipers) {
    for (const StreamId from : piper.from) used[from] = true;
  }
  std::erase_if(plan->outputs,
                [&](const PlanOutput& output) { return used[output.from] && random.percent(30); });
  for (const PlanOutput& output : plan->outputs) used[output.from] = true;
  for (StreamId s = 0; s < used.size(); ++s) {
    if (!used[s]) plan->outputs.push_back({{}, {}, s});
  }
  for (OutputId o = 0; o < plan->outputs.size(); ++o)
    plan->outputs[o].name = "out" + std::to_string(o);
}

/// Some more ENDs. What the other replicas saw before it depends on the schedule, and a flush would
/// tell.
void choose_end(Random& random, PlanPiper* piper, Habit* habit) {
  if (random.percent(5)) habit->end_at = random.below(12);
  if (habit->end_at && piper->has_flush) piper->spawn = 1;
}

/// What stands before the function proper: it makes one value of the inbox.
Link first_link(Random& random) {
  Link link{"graphs.say", {}};
  link.habit.salt = salt_of(random);
  if (random.percent(40)) link.habit.fails = static_cast<std::uint32_t>(random.between(1, 15));
  if (random.percent(40)) link.habit.skips = static_cast<std::uint32_t>(random.between(1, 15));
  return link;
}

}  // namespace

bool comes_in_order(const Plan& plan, StreamId stream) {
  if (stream < plan.inputs.size()) return true;
  const PlanPiper& piper = plan.pipers[stream - plan.inputs.size()];
  return plan.pools[piper.pool].ordered || piper.produce.any;
}

Graph make_graph(std::uint64_t seed) {
  const sim::Scenario scenario = sim::make_scenario(seed);
  Random random(sim::mix(seed, 23));
  Graph graph;
  graph.seed = seed;
  graph.plan = scenario.plan;
  leave_out_deaths(&graph.plan);
  graph.plan.base = "/";
  graph.padding = scenario.padding;
  if (random.percent(25)) make_plain(random, &graph.plan);
  choose_outputs(random, &graph.plan);
  for (InputId i = 0; i < graph.plan.inputs.size(); ++i) {
    Source source{salt_of(random), scenario.lengths[i], scenario.input_fails, 0};
    if (random.percent(20)) source.skips = static_cast<std::uint32_t>(random.between(1, 20));
    graph.sources.push_back(source);
    graph.files.emplace_back();
  }
  for (PiperId p = 0; p < graph.plan.pipers.size(); ++p) {
    PlanPiper& piper = graph.plan.pipers[p];
    Link link{function_of(piper, random), habit_of(piper, scenario.workers[p], random)};
    choose_end(random, &piper, &link.habit);
    if (link.habit.end_at && !comes_in_order(graph.plan, graph.plan.stream_of_piper(p))) {
      link.habit.end_at.reset();
      ++graph.left_out["END on an unordered pool: where it ends depends on the schedule"];
    }
    if (piper.retries.backoff.count() > 0) piper.retries.backoff = std::chrono::microseconds(1);
    if (piper.retries.attempts > 1) piper.retries.on_error = random.percent(75);
    std::vector<Link>& chain = graph.chains.emplace_back();
    if (random.percent(20)) chain.push_back(first_link(random));
    chain.push_back(std::move(link));
  }
  return graph;
}

std::string packed(const Graph& graph, std::uint64_t number) {
  std::string bytes;
  if (graph.padding == 0) {
    Packer(bytes).natural(number);
  } else {
    Packer(bytes).text(padded(number, graph.padding));
  }
  return bytes;
}

std::string json_text(const Graph& graph, std::uint64_t number) {
  return graph.padding == 0 ? std::to_string(number) : '"' + padded(number, graph.padding) + '"';
}

}  // namespace papy::graphs
