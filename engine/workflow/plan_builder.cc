#include "workflow/plan_builder.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "papy/plugin.h"

namespace papy {
namespace {

FunctionUse use_of(const FunctionCall& call) {
  PAPY_CHECK(!call.packed_args.empty(), call.at);
  if (call.is_foreign) {
    return {.plugin = call.alias, .function = call.function, .args = call.packed_args};
  }
  PAPY_CHECK(call.info != nullptr, call.at);
  return {.plugin = call.alias,
          .library = call.plugin->path,
          .function = call.function,
          .args = call.packed_args,
          .flags = call.info->flags,
          .has_flush = call.info->has_flush};
}

class PlanBuilder {
 public:
  PlanBuilder(const Workflow& workflow, const Graph& graph) : workflow_(workflow), graph_(graph) {}

  Plan build() {
    plan_.name = workflow_.name;
    plan_.max_failures = workflow_.max_failures;
    plan_.memory = workflow_.memory;
    plan_.dead_letters = workflow_.dead_letters;
    add_pools();
    for (const InputDecl& input : workflow_.inputs) {
      plan_.inputs.push_back({input.name.name, use_of(*input.source)});
    }
    number_streams();
    for (const std::uint32_t piper : graph_.order) add_piper(piper);
    for (std::size_t i = 0; i < workflow_.outputs.size(); ++i) {
      const OutputDecl& output = workflow_.outputs[i];
      plan_.outputs.push_back(
          {output.name.name, use_of(*output.sink), streams_[graph_.outputs[i]]});
    }
    return std::move(plan_);
  }

 private:
  void add_pools() {
    for (const PoolDecl& pool : workflow_.pools) {
      pools_.emplace(pool.name.name, static_cast<PoolId>(plan_.pools.size()));
      plan_.pools.push_back(pool.settings);
    }
    const bool needs_implicit = std::any_of(workflow_.pipers.begin(), workflow_.pipers.end(),
                                            [](const PiperDecl& piper) { return !piper.pool; });
    if (!needs_implicit) return;
    pools_.emplace("", static_cast<PoolId>(plan_.pools.size()));
    plan_.pools.push_back({.name = "", .slots = 1});
  }

  // Streams of the graph are numbered by the document, those of the plan by the pipers' order.
  void number_streams() {
    streams_.resize(graph_.inputs + workflow_.pipers.size());
    for (std::uint32_t i = 0; i < graph_.inputs; ++i) streams_[i] = i;
    for (std::uint32_t i = 0; i < graph_.order.size(); ++i) {
      streams_[graph_.inputs + graph_.order[i]] = graph_.inputs + i;
    }
  }

  void add_piper(std::uint32_t number) {
    const PiperDecl& decl = workflow_.pipers[number];
    PlanPiper piper = decl.settings;
    for (const FunctionCall& call : decl.worker) {
      const FunctionUse& use = piper.worker.emplace_back(use_of(call));
      piper.serial = piper.serial || (use.flags & PAPY_SERIAL) != 0;
      piper.has_flush = piper.has_flush || use.has_flush;
    }
    for (const std::uint32_t stream : graph_.from[number]) piper.from.push_back(streams_[stream]);
    piper.pool = pools_.at(decl.pool ? std::string_view(decl.pool->name) : std::string_view());
    plan_.pipers.push_back(std::move(piper));
  }

  const Workflow& workflow_;
  const Graph& graph_;
  Plan plan_;
  std::unordered_map<std::string_view, PoolId> pools_;
  std::vector<StreamId> streams_;
};

}  // namespace

Plan build_plan(const Workflow& workflow, const Graph& graph, std::string file, std::string base) {
  Plan plan = PlanBuilder(workflow, graph).build();
  plan.file = std::move(file);
  plan.base = std::move(base);
  return plan;
}

}  // namespace papy
