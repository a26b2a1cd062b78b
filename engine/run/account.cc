#include "run/account.h"

#include <fmt/format.h>

#include <algorithm>

namespace papy {
namespace {

const Flow::EdgeCount& edge_of(const Plan& plan, const Account& account, OutputId output) {
  return account.edges[account.edges.size() - plan.outputs.size() + output];
}

/// Items that each stream would have had, had all that was read gone through; nothing where a
/// function decides how many it gives, or may end the stream.
std::vector<std::optional<std::uint64_t>> lengths_of(const Plan& plan, const Snapshot& end) {
  std::vector<std::optional<std::uint64_t>> lengths;
  for (const Snapshot::Input& input : end.inputs) lengths.emplace_back(input.items);
  for (const PlanPiper& piper : plan.pipers) {
    std::optional<std::uint64_t> shortest = UINT64_MAX;
    for (const StreamId from : piper.from) {
      const auto& length = lengths[from];
      shortest = length && shortest ? std::optional(std::min(*shortest, *length)) : std::nullopt;
    }
    if (!shortest || piper.produce.any) {
      lengths.emplace_back();
      continue;
    }
    const std::uint64_t rest = piper.rest == Rest::drop ? 0 : piper.consume - 1;
    lengths.emplace_back((*shortest + rest) / piper.consume * piper.produce.n);
  }
  return lengths;
}

std::uint64_t sum(const OutputCount& count) { return count.written + count.failed + count.gaps; }

}  // namespace

std::vector<OutputAccount> output_accounts(const Plan& plan, const Account& account) {
  std::vector<OutputAccount> accounts;
  if (account.edges.size() < plan.outputs.size()) return accounts;
  const auto lengths = lengths_of(plan, account.end);
  for (OutputId o = 0; o < plan.outputs.size(); ++o) {
    const Flow::EdgeCount& edge = edge_of(plan, account, o);
    OutputAccount out;
    out.name = plan.outputs[o].name;
    out.count = account.end.outputs[o];
    const std::uint64_t came = edge.consumed + edge.not_done + edge.unmatched;
    const auto length = edge.length ? edge.length : lengths[plan.outputs[o].from];
    out.length_known = length.has_value() && *length >= came;
    out.length = out.length_known ? *length : came;
    // What an output took and did not come to write, when the run stopped, is not done either.
    out.not_done = out.length - std::min(out.length, sum(out.count));
    out.complete = std::count(account.unwritten.begin(), account.unwritten.end(), o) == 0;
    accounts.push_back(std::move(out));
  }
  return accounts;
}

std::vector<std::string> mismatches(const Plan& plan, const Account& account) {
  std::vector<std::string> found;
  for (const Flow::EdgeCount& edge : account.edges) {
    const std::uint64_t parts = edge.consumed + edge.dropped + edge.unmatched + edge.not_done;
    if (edge.length && parts > *edge.length) {
      found.push_back(fmt::format("{} -> {}: {} items are accounted for, there were {}", edge.from,
                                  edge.to, parts, *edge.length));
    }
  }
  const bool whole = account.ending == Ending::finished;  // others may have run out of time
  for (const OutputAccount& out : output_accounts(plan, account)) {
    if (sum(out.count) > out.length || (whole && out.not_done > 0)) {
      found.push_back(fmt::format(
          "output '{}': {} written + {} failed + {} gaps + {} not done, there were {}", out.name,
          out.count.written, out.count.failed, out.count.gaps, out.not_done, out.length));
    }
  }
  return found;
}

int exit_code(const Plan& plan, const Account& account) {
  const auto failed = [](const OutputCount& count) { return count.failed > 0; };
  const auto& outputs = account.end.outputs;
  switch (account.ending) {
    case Ending::bug:
      return 4;
    case Ending::killed:
      return 128 + account.signal;
    case Ending::stdout_closed:
      return 141;
    case Ending::broken:
      return 5;
    case Ending::policy:
      return 3;
    case Ending::finished:
    case Ending::drained:
      break;
  }
  if (!mismatches(plan, account).empty()) return 4;
  if (account.ending == Ending::drained) return 128 + account.signal;
  return std::any_of(outputs.begin(), outputs.end(), failed) ? 1 : 0;
}

}  // namespace papy
