#include "workflow/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "papy/plugin.h"
#include "workflow/placement.h"
#include "workflow/rates.h"
#include "workflow/written_file.h"

namespace papy {
namespace {

class WorkflowCheck {
 public:
  WorkflowCheck(const Workflow& workflow, const Reading& reading)
      : workflow_(workflow), reading_(reading), placements_(workflow) {}

  void run() {
    for (const PiperDecl& piper : workflow_.pipers) {
      check_pool(piper);
      check_inputs(piper);
      check_flush(piper);
      check_time(piper, piper.timeout, "timeout");
      check_time(piper, piper.deadline, "deadline");
      check_retries(piper);
      check_state(piper);
      check_isolation(piper);
    }
    for (const InputDecl& input : workflow_.inputs) check_isolation(input.source);
    for (const OutputDecl& output : workflow_.outputs) check_isolation(output.sink);
    check_files();
  }

 private:
  std::string at(const PiperDecl& piper, std::string_view key) const {
    return fmt::format("pipers.{}.{}", piper.name.name, key);
  }

  void check_pool(const PiperDecl& piper) const;
  void check_inputs(const PiperDecl& piper) const;
  void check_flush(const PiperDecl& piper) const;
  void check_time(const PiperDecl& piper, const Node* limit, std::string_view key) const;
  void check_retries(const PiperDecl& piper) const;
  void check_state(const PiperDecl& piper) const;
  void check_isolation(const PiperDecl& piper) const;
  void check_isolation(const std::optional<FunctionCall>& end) const;

  void check_files() const;

  const Workflow& workflow_;
  const Reading& reading_;
  const Placements placements_;
};

std::string name_of(const FunctionCall& call) {
  return in_quotes(call.alias + "." + call.function);
}

void WorkflowCheck::check_pool(const PiperDecl& piper) const {
  if (!piper.pool || placements_.pool(piper.pool->name) != nullptr) return;
  std::vector<std::string_view> known;
  for (const PoolDecl& pool : workflow_.pools) known.push_back(pool.name.name);
  std::string hint = reading_.findings.did_you_mean(piper.pool->name, known);
  if (hint.empty() && known.empty()) hint = "the document has no 'pools'";
  reading_.say(Level::error, "unknown-pool", *piper.pool->node, at(piper, "pool"),
               fmt::format("no pool is named {}", in_quotes(piper.pool->name)), std::move(hint));
}

void WorkflowCheck::check_inputs(const PiperDecl& piper) const {
  const bool is_first_wins = piper.settings.join == Join::first;
  for (std::size_t i = 0; i < piper.worker.size(); ++i) {
    const FunctionCall& call = piper.worker[i];
    if (call.info == nullptr || call.info->kind != FunctionKind::worker) continue;
    const bool sees_all = i == 0 && !is_first_wins;
    const std::size_t width = sees_all ? piper.from.size() : 1;
    const std::uint32_t least = call.info->inputs_min;
    const std::uint32_t most = call.info->inputs_max;
    if (width == 0 || (width >= least && (most == 0 || width <= most))) continue;
    std::string wanted = std::to_string(least);
    if (most == 0) wanted = fmt::format("{} or more", least);
    if (most > least) wanted = fmt::format("{} to {}", least, most);
    const std::string_view why = i > 0           ? "behind another of the chain"
                                 : is_first_wins ? "with `join: first`"
                                                 : "here";
    reading_.say(Level::error, "wrong-number-of-inputs", *call.node, call.at,
                 fmt::format("{} takes {} input{}, but gets {} {}", name_of(call), wanted,
                             wanted == "1" ? "" : "s", width, why));
  }
}

void WorkflowCheck::check_flush(const PiperDecl& piper) const {
  if (piper.settings.produce.any) return;
  for (const FunctionCall& call : piper.worker) {
    if (call.info == nullptr || !call.info->has_flush) continue;
    const Node& node = piper.produce != nullptr ? *piper.produce : *call.node;
    reading_.say(Level::error, "flush-needs-any", node,
                 piper.produce != nullptr ? at(piper, "produce") : call.at,
                 fmt::format("{} emits at the end of its stream, so how many it emits is not known",
                             name_of(call)),
                 "write `produce: any`");
    return;
  }
}

void WorkflowCheck::check_time(const PiperDecl& piper, const Node* limit,
                               std::string_view key) const {
  if (limit == nullptr || placements_.of(piper) != Placement::threads) return;
  for (const FunctionCall& call : piper.worker) {
    if (call.info == nullptr || (call.info->flags & PAPY_CANCELS) != 0) continue;
    reading_.say(Level::error, "timeout-cannot-stop", *limit, at(piper, key),
                 fmt::format("{} cannot be stopped on a thread: it does not say that it can be "
                             "cancelled",
                             name_of(call)),
                 "give the piper a pool of type process, or use a function that can be cancelled");
    return;
  }
}

void WorkflowCheck::check_retries(const PiperDecl& piper) const {
  const Retries& retries = piper.settings.retries;
  if (!retries.on_timeout || piper.timeout != nullptr) return;
  reading_.say(
      Level::warning, "retry-without-timeout", *piper.name.node, at(piper, "retries"),
      fmt::format("piper {} is retried after a timeout, but has none", in_quotes(piper.name.name)),
      "give it a 'timeout'");
}

void WorkflowCheck::check_state(const PiperDecl& piper) const {
  const Placement place = placements_.of(piper);
  if (!piper.settings.serial || (place != Placement::threads && place != Placement::processes))
    return;
  reading_.say(Level::error, "needs-command", *piper.stateful, at(piper, "stateful"),
               "functions of plugins say themselves whether they keep state, expected 'stateful' "
               "only where a pool's 'command' has the functions",
               "remove 'stateful'");
}

bool is_isolated(const FunctionCall& call) {
  return call.info != nullptr && (call.info->flags & PAPY_ISOLATE) != 0;
}

void WorkflowCheck::check_isolation(const PiperDecl& piper) const {
  if (placements_.of(piper) != Placement::threads) return;
  for (const FunctionCall& call : piper.worker) {
    if (!is_isolated(call)) continue;
    reading_.say(
        Level::error, "needs-processes", *call.node, call.at,
        fmt::format("{} must run in a process of its own, not on a thread of papy", name_of(call)),
        fmt::format("give piper {} a pool of type process", in_quotes(piper.name.name)));
  }
}

void WorkflowCheck::check_isolation(const std::optional<FunctionCall>& end) const {
  if (!end || !is_isolated(*end)) return;
  reading_.say(Level::error, "not-supported-yet", *end->node, end->at,
               fmt::format("{} must run in a process of its own, which inputs and outputs cannot "
                           "have in this version",
                           name_of(*end)));
}

/// Who writes a file, and where the document says so.
struct Writing {
  std::string noun;  // "output 'a'"
  std::string file;
  const Node* node;
  std::string at;
};

std::vector<Writing> writings_of(const Workflow& workflow, const Node& root) {
  std::vector<Writing> writings;
  for (const OutputDecl& output : workflow.outputs) {
    if (!output.sink || output.sink->args == nullptr) continue;
    const auto file = written_file(output.sink->packed_args);
    const Node* const node = output.sink->args->follow().find("path");
    if (!file || node == nullptr) continue;
    writings.push_back(
        {"output " + in_quotes(output.name.name), *file, node, output.sink->args_at + ".path"});
  }
  const Node* const run = root.find("run");
  const Node* const letters = run == nullptr ? nullptr : run->follow().find("dead_letters");
  if (workflow.dead_letters && letters != nullptr)
    writings.push_back({"run.dead_letters", *workflow.dead_letters, letters, "run.dead_letters"});
  return writings;
}

/// Two that write one file would spoil it for each other. What is below /dev is no file.
void WorkflowCheck::check_files() const {
  std::map<std::string, Writing> first;
  for (Writing& writing : writings_of(workflow_, *reading_.document.root())) {
    if (writing.file.starts_with("/dev/")) continue;
    const auto [other, is_new] = first.emplace(writing.file, writing);
    if (is_new) continue;
    reading_.findings.add({.rule = "two-outputs-one-file",
                           .span = reading_.document.span(*writing.node),
                           .message = fmt::format("{} writes {}, as {} does", writing.noun,
                                                  in_quotes(writing.file), other->second.noun),
                           .at = std::move(writing.at),
                           .hint = "give each a file of its own",
                           .related = Related{reading_.document.span(*other->second.node),
                                              "where the first one has it"}});
  }
}

}  // namespace

void check_workflow(const Workflow& workflow, const Graph& graph, const Reading& reading) {
  WorkflowCheck(workflow, reading).run();
  check_rates(workflow, graph, reading);
}

}  // namespace papy
