#include "workflow/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

class GraphCheck {
 public:
  GraphCheck(const Workflow& workflow, const Reading& reading)
      : workflow_(workflow), reading_(reading) {}

  Graph run();

 private:
  void declare(const NameUse& name, std::string_view section, std::uint32_t stream);
  std::uint32_t resolve(const NameUse& use, std::string at);
  void report_undefined(const NameUse& use, std::string at);
  void order_pipers();
  void report_cycles(const std::vector<std::uint32_t>& waiting);
  void report_cycle(std::vector<std::uint32_t> cycle);
  void report_unused();

  std::string from_path(const PiperDecl& piper, std::size_t i) const {
    const bool is_list = piper.from.size() > 1;
    return is_list ? fmt::format("pipers.{}.from[{}]", piper.name.name, i)
                   : fmt::format("pipers.{}.from", piper.name.name);
  }

  struct Declared {
    const Node* node = nullptr;
    std::uint32_t stream = Graph::kNone;  // none: an output
  };

  const Workflow& workflow_;
  const Reading& reading_;
  Graph graph_;
  std::unordered_map<std::string_view, Declared> declared_;
};

Graph GraphCheck::run() {
  graph_.inputs = static_cast<std::uint32_t>(workflow_.inputs.size());
  std::uint32_t stream = 0;
  for (const InputDecl& input : workflow_.inputs) declare(input.name, "inputs", stream++);
  for (const PiperDecl& piper : workflow_.pipers) declare(piper.name, "pipers", stream++);
  for (const OutputDecl& output : workflow_.outputs) declare(output.name, "outputs", Graph::kNone);
  for (const PiperDecl& piper : workflow_.pipers) {
    std::vector<std::uint32_t>& from = graph_.from.emplace_back();
    for (std::size_t i = 0; i < piper.from.size(); ++i) {
      from.push_back(resolve(piper.from[i], from_path(piper, i)));
    }
  }
  for (const OutputDecl& output : workflow_.outputs) {
    graph_.outputs.push_back(
        output.from ? resolve(*output.from, fmt::format("outputs.{}.from", output.name.name))
                    : Graph::kNone);
  }
  order_pipers();
  report_unused();
  return std::move(graph_);
}

void GraphCheck::declare(const NameUse& name, std::string_view section, std::uint32_t stream) {
  const auto [first, is_new] = declared_.emplace(name.name, Declared{name.node, stream});
  if (is_new) return;
  reading_.findings.add(
      {.rule = "duplicate-name",
       .span = reading_.document.span(*name.node),
       .message = fmt::format("{} is already the name of something else", in_quotes(name.name)),
       .at = fmt::format("{}.{}", section, name.name),
       .hint = "inputs, pipers and outputs need names of their own",
       .related = Related{reading_.document.span(*first->second.node), "the first one"}});
}

std::uint32_t GraphCheck::resolve(const NameUse& use, std::string at) {
  const auto found = declared_.find(use.name);
  if (found != declared_.end() && found->second.stream != Graph::kNone) return found->second.stream;
  if (!std::holds_alternative<Unknown>(use.node->scalar())) report_undefined(use, std::move(at));
  return Graph::kNone;
}

void GraphCheck::report_undefined(const NameUse& use, std::string at) {
  const auto found = declared_.find(use.name);
  std::string message = fmt::format("no input or piper is named {}", in_quotes(use.name));
  if (found != declared_.end()) {
    message = fmt::format("{} is an output, expected an input or a piper", in_quotes(use.name));
    return reading_.say(Level::error, "undefined-piper", *use.node, std::move(at),
                        std::move(message));
  }
  std::vector<std::string_view> known;
  if (reading_.findings.errors() < 100) {
    for (const InputDecl& input : workflow_.inputs) known.push_back(input.name.name);
    for (const PiperDecl& piper : workflow_.pipers) known.push_back(piper.name.name);
  }
  reading_.say(Level::error, "undefined-piper", *use.node, std::move(at), std::move(message),
               reading_.findings.did_you_mean(use.name, known));
}

// Kahn's algorithm; of the pipers that are ready, the first of the document comes first.
void GraphCheck::order_pipers() {
  const std::size_t n = workflow_.pipers.size();
  std::vector<std::vector<std::uint32_t>> users(n);
  std::vector<std::uint32_t> waiting(n, 0);
  for (std::uint32_t piper = 0; piper < n; ++piper) {
    for (const std::uint32_t stream : graph_.from[piper]) {
      if (stream == Graph::kNone || stream < graph_.inputs) continue;
      users[stream - graph_.inputs].push_back(piper);
      ++waiting[piper];
    }
  }
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
  for (std::uint32_t piper = 0; piper < n; ++piper) {
    if (waiting[piper] == 0) ready.push(piper);
  }
  while (!ready.empty()) {
    const std::uint32_t piper = ready.top();
    ready.pop();
    graph_.order.push_back(piper);
    for (const std::uint32_t user : users[piper]) {
      if (--waiting[user] == 0) ready.push(user);
    }
  }
  if (graph_.order.size() < n) report_cycles(waiting);
}

// Every piper that still waits has one before it that does: going back from it leads into a cycle.
void GraphCheck::report_cycles(const std::vector<std::uint32_t>& waiting) {
  constexpr std::uint32_t kNever = Graph::kNone;
  std::vector<std::uint32_t> seen(waiting.size(), kNever);
  for (std::uint32_t start = 0; start < waiting.size(); ++start) {
    if (waiting[start] == 0 || seen[start] != kNever) continue;
    std::vector<std::uint32_t> path;
    std::uint32_t at = start;
    while (seen[at] == kNever) {
      seen[at] = start;
      path.push_back(at);
      for (const std::uint32_t stream : graph_.from[at]) {
        if (stream == Graph::kNone || stream < graph_.inputs) continue;
        if (waiting[stream - graph_.inputs] == 0) continue;
        at = stream - graph_.inputs;
        break;
      }
    }
    if (seen[at] != start) continue;  // leads into a cycle that was told of before
    report_cycle({std::find(path.begin(), path.end(), at), path.end()});
  }
}

// `cycle`: against the flow, each taking from the next and the last from the first.
void GraphCheck::report_cycle(std::vector<std::uint32_t> cycle) {
  std::reverse(cycle.begin(), cycle.end());
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  const auto name = [&](std::uint32_t piper) -> const std::string& {
    return workflow_.pipers[piper].name.name;
  };
  const PiperDecl& first = workflow_.pipers[cycle.front()];
  std::vector<std::string> names;
  for (const std::uint32_t piper : cycle) names.push_back(name(piper));
  if (names.size() > 12) {
    const std::string left_out = fmt::format("... {} more ...", names.size() - 10);
    names.erase(names.begin() + 8, names.end() - 2);
    names.insert(names.begin() + 8, left_out);
  }
  names.push_back(first.name.name);
  const auto& from = graph_.from[cycle.front()];
  const auto found = std::find(from.begin(), from.end(), graph_.inputs + cycle.back());
  const auto i = static_cast<std::size_t>(found - from.begin());
  const std::string message =
      cycle.size() == 1 ? fmt::format("piper {} takes from itself", in_quotes(first.name.name))
                        : fmt::format("pipers take from each other: {}", fmt::join(names, " -> "));
  reading_.say(Level::error, "cycle", *first.from[i].node, from_path(first, i), message);
}

void GraphCheck::report_unused() {
  std::vector<bool> used(graph_.inputs + workflow_.pipers.size(), false);
  const auto use = [&](std::uint32_t stream) {
    if (stream != Graph::kNone) used[stream] = true;
  };
  for (const auto& from : graph_.from) std::for_each(from.begin(), from.end(), use);
  std::for_each(graph_.outputs.begin(), graph_.outputs.end(), use);
  const auto report = [&](const NameUse& name, std::string_view what, std::string_view section) {
    reading_.say(Level::error, "result-unused", *name.node,
                 fmt::format("{}.{}", section, name.name),
                 fmt::format("nothing takes from {} {}", what, in_quotes(name.name)),
                 fmt::format("add an output with `from: {}`, or remove it", name.name));
  };
  const bool may_be_typo = std::any_of(graph_.from.begin(), graph_.from.end(), [](const auto& f) {
    return f.empty() || std::find(f.begin(), f.end(), Graph::kNone) != f.end();
  });
  const bool output_may_be_typo =
      std::find(graph_.outputs.begin(), graph_.outputs.end(), Graph::kNone) != graph_.outputs.end();
  if (may_be_typo || output_may_be_typo)
    return;  // an undefined or missing name may mean any of them
  for (std::size_t i = 0; i < workflow_.inputs.size(); ++i) {
    if (!used[i]) report(workflow_.inputs[i].name, "input", "inputs");
  }
  for (std::size_t i = 0; i < workflow_.pipers.size(); ++i) {
    if (!used[graph_.inputs + i]) report(workflow_.pipers[i].name, "piper", "pipers");
  }
}

}  // namespace

Graph check_graph(const Workflow& workflow, const Reading& reading) {
  return GraphCheck(workflow, reading).run();
}

}  // namespace papy
