#include "run/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "base/text.h"
#include "run/bottleneck.h"
#include "run/table.h"
#include "run/units.h"

namespace papy {
namespace {

/// Of n rows those kMostRows that weigh most, in their order.
std::vector<std::size_t> chosen(std::size_t n, const std::function<double(std::size_t)>& weight) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0);
  if (n <= kMostRows) return rows;
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  rows.resize(kMostRows);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::string left_out(std::size_t n, const char* noun) {
  return n <= kMostRows ? "" : fmt::format("... and {}\n", counted(n - kMostRows, noun));
}

std::string head(const Plan& plan, const Account& account) {
  const std::string time = duration_text(account.end.elapsed);
  const std::string name = plan.name.empty() ? plan.file : plan.name;
  const auto line = [&](const char* verb, const char* when) {
    std::string text = fmt::format("{}: {} {} {}", name, verb, when, time);
    if (!account.reason.empty()) text.append(": ").append(account.reason);
    return text + fmt::format(" (run {})\n", account.run);
  };
  switch (account.ending) {
    case Ending::finished:
      return line("finished", "in");
    case Ending::drained:
      return line("ended early", "after");
    case Ending::policy:
    case Ending::stdout_closed:
      return line("stopped", "after");
    case Ending::broken:
      return line("failed", "after");
    case Ending::killed:
      return line("killed", "after");
    case Ending::bug:
      return line("stopped by a bug in papy", "after");
  }
  return {};
}

std::string inputs(const Plan& plan, const Snapshot& end) {
  const std::size_t n = plan.inputs.size();
  if (n == 0) return {};
  Table table({"input", "read"});
  const auto items = [&](std::size_t i) { return static_cast<double>(end.inputs[i].items); };
  for (const std::size_t i : chosen(n, items))
    table.add({plan.inputs[i].name, std::to_string(end.inputs[i].items)});
  return fmt::format("\n{}{}", table.text(), left_out(n, "more input"));
}

/// What the columns of a piper that are not always there would say.
struct Columns {
  bool passed = false;
  bool retried = false;
};

std::vector<std::string> piper_row(const std::string& name, const StageCount& count, Duration busy,
                                   Columns columns) {
  const std::uint64_t evaluated = count.in - std::min(count.in, count.passed);
  const auto each = [](Duration sum, std::uint64_t n) {
    const auto of = static_cast<Duration::rep>(std::max<std::uint64_t>(1, n));
    return n == 0 || sum.count() == 0 ? std::string("-") : duration_text(sum / of);
  };
  std::vector<std::string> row{name, std::to_string(count.in), std::to_string(count.out),
                               std::to_string(count.failed), std::to_string(count.skipped)};
  if (columns.passed) row.push_back(std::to_string(count.passed));
  if (columns.retried) row.push_back(std::to_string(count.retried));
  row.push_back(each(count.busy, evaluated));
  row.push_back(busy.count() == 0
                    ? "-"
                    : fmt::format("{:.0f}%", 100.0 * static_cast<double>(count.busy.count()) /
                                                 static_cast<double>(busy.count())));
  row.push_back(each(count.waited, count.in));
  return row;
}

std::string pipers(const Plan& plan, const Snapshot& end) {
  const std::size_t n = end.pipers.size();
  if (n == 0) return {};
  Duration busy{0};
  Columns columns;
  for (const StageCount& count : end.pipers) {
    busy += count.busy;
    columns.passed |= count.passed > 0;
    columns.retried |= count.retried > 0;
  }
  std::vector<std::string> names{"piper", "in", "out", "failed", "skipped"};
  if (columns.passed) names.push_back("passed on");
  if (columns.retried) names.push_back("retried");
  names.insert(names.end(), {"each", "share", "waited"});
  Table table(names);
  const auto weight = [&](std::size_t p) {
    return static_cast<double>(end.pipers[p].busy.count()) +
           1e12 * static_cast<double>(end.pipers[p].failed);
  };
  for (const std::size_t p : chosen(n, weight))
    table.add(piper_row(plan.pipers[p].name, end.pipers[p], busy, columns));
  return fmt::format("\n{}{}{}\n", table.text(), left_out(n, "more piper"),
                     bottleneck_text(plan, end));
}

std::string outputs(const Plan& plan, const Account& account) {
  const auto accounts = output_accounts(plan, account);
  if (accounts.empty()) return {};
  Table table({"output", "length", "written", "failed", "gaps", "not done"});
  const auto weight = [&](std::size_t o) {
    return static_cast<double>(accounts[o].count.failed + accounts[o].not_done);
  };
  for (const std::size_t o : chosen(accounts.size(), weight)) {
    const OutputAccount& out = accounts[o];
    const auto bounded = [](bool is_known, std::uint64_t n) {
      return fmt::format("{}{}", is_known ? "" : ">= ", n);
    };
    table.add({out.name, bounded(out.length_known, out.length),
               out.complete ? std::to_string(out.count.written) : "incomplete",
               std::to_string(out.count.failed), std::to_string(out.count.gaps),
               bounded(out.length_known && out.complete, out.not_done)});
  }
  return fmt::format("\n{}{}", table.text(), left_out(accounts.size(), "more output"));
}

std::string left_over(const Account& account) {
  std::string text;
  for (const Flow::EdgeCount& edge : account.edges) {
    if (edge.unmatched > 0) {
      text += fmt::format("left over: {}{} of '{}', which '{}' did not need\n",
                          edge.length ? "" : "at least ", counted(edge.unmatched, "item"),
                          edge.from, edge.to);
    }
    if (edge.dropped > 0) {
      text += fmt::format("left out: {} of '{}', too few for a last group of '{}'\n",
                          counted(edge.dropped, "item"), edge.from, edge.to);
    }
  }
  return text;
}

std::string failures(const Plan& plan, const Account& account) {
  std::string text;
  const std::size_t shown = std::min(account.failures.size(), kMostRows);
  for (std::size_t i = 0; i < shown; ++i) {
    const FailureGroup& group = account.failures[i];
    std::string sort = group.function.empty() ? group.kind : group.function + ", " + group.kind;
    if (group.code != 0) sort += fmt::format(" {}", group.code);
    text += fmt::format("failed: {} at '{}' ({}): {}, first at place {} of '{}'\n",
                        counted(group.count, "item"), group.piper, sort, printable(group.message),
                        group.place, plan.outputs[group.output].name);
  }
  std::uint64_t others = account.other_failures;
  for (std::size_t i = shown; i < account.failures.size(); ++i) others += account.failures[i].count;
  if (others > 0) text += fmt::format("failed: {} of other sorts\n", counted(others, "item"));
  if (!account.dead_letters.empty())
    text += fmt::format("the failed items are in {}\n", account.dead_letters);
  if (account.dead_letters_lost > 0) {
    text += fmt::format("{} could not be kept: see the warning above\n",
                        counted(account.dead_letters_lost, "failed item"));
  }
  return text;
}

/// Where the files are that are not whole.
std::string incomplete(const Account& account) {
  const auto& files = account.provisional;
  std::string text;
  for (std::size_t i = 0; i < std::min(files.size(), kMostRows); ++i) {
    text += fmt::format("not complete: output '{}' keeps its provisional name {}\n",
                        files[i].output, printable(files[i].path));
  }
  if (files.size() > kMostRows)
    text += fmt::format("... and {}\n", counted(files.size() - kMostRows, "more file"));
  return text;
}

std::string bugs(const Plan& plan, const Account& account) {
  std::string text;
  for (const std::string& line : mismatches(plan, account))
    text += fmt::format("bug: the accounts do not add up: {}\n", line);
  return text;
}

}  // namespace

std::string summary(const Plan& plan, const Account& account) {
  std::string text = head(plan, account) + inputs(plan, account.end) + pipers(plan, account.end) +
                     outputs(plan, account);
  const std::string notes =
      left_over(account) + failures(plan, account) + incomplete(account) + bugs(plan, account);
  return notes.empty() ? text : fmt::format("{}\n{}", text, notes);
}

}  // namespace papy
