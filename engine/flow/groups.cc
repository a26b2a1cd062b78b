#include "flow/groups.h"

#include <algorithm>
#include <cstddef>

namespace papy {
namespace {

bool stands_alone(const PlanPiper& piper) {
  return piper.timeout || piper.deadline || piper.retries.attempts > 1 || piper.spawn > 1 ||
         piper.serial || piper.track || piper.on_error == OnError::stop;
}

/// Requires: `second` takes from `first`.
bool can_join(const Plan& plan, const PlanPiper& first, const PlanPiper& second) {
  if (first.pool != second.pool || stands_alone(first) || stands_alone(second)) return false;
  if (second.from.size() != 1 || second.consume != 1 || first.produce != Produce{}) return false;
  const PlanPool& pool = plan.pools[first.pool];
  return !pool.stride || *pool.stride >= 2 * std::uint64_t{pool.slots} || pool.slots == 1;
}

}  // namespace

std::vector<Group> fuse(const Plan& plan, bool enabled) {
  std::vector<std::uint32_t> consumers(plan.streams(), 0);
  for (const PlanPiper& piper : plan.pipers) {
    for (const StreamId from : piper.from) ++consumers[from];
  }
  for (const PlanOutput& output : plan.outputs) ++consumers[output.from];

  std::vector<Group> groups;
  std::vector<std::size_t> group_of(plan.pipers.size());
  for (PiperId p = 0; p < plan.pipers.size(); ++p) {
    const PlanPiper& piper = plan.pipers[p];
    const StreamId from = piper.from.front();
    if (enabled && from >= plan.inputs.size() && consumers[from] == 1) {
      const auto before = static_cast<PiperId>(from - plan.inputs.size());
      Group& group = groups[group_of[before]];
      if (group.pipers.back() == before && can_join(plan, plan.pipers[before], piper)) {
        group.pipers.push_back(p);
        group_of[p] = group_of[before];
        continue;
      }
    }
    group_of[p] = groups.size();
    groups.push_back({{p}});
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.pipers.back() < b.pipers.back(); });
  return groups;
}

}  // namespace papy
