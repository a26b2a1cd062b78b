#include "run/bottleneck.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace papy {
namespace {

/// Below this, slots wait for something else most of the time.
constexpr double kBusy = 0.5;

}  // namespace

std::optional<Bottleneck> find_bottleneck(const Plan& plan, const Snapshot& end) {
  const auto elapsed = static_cast<double>(end.elapsed.count());
  if (elapsed <= 0) return std::nullopt;
  std::vector<double> busy(plan.pools.size(), 0);
  std::vector<PiperId> busiest(plan.pools.size(), 0);
  std::optional<Bottleneck> found;
  const auto consider = [&](PiperId piper, double load, bool serial) {
    load = std::min(load, 1.0);
    if (load > 0 && (!found || load > found->load)) found = Bottleneck{piper, load, serial};
  };
  for (PiperId p = 0; p < end.pipers.size(); ++p) {
    const auto time = static_cast<double>(end.pipers[p].busy.count());
    const PoolId pool = plan.pipers[p].pool;
    if (busy[pool] == 0 || end.pipers[p].busy > end.pipers[busiest[pool]].busy) busiest[pool] = p;
    busy[pool] += time;
    if (plan.pipers[p].serial && plan.pipers[p].spawn < plan.pools[pool].slots)
      consider(p, time / elapsed / plan.pipers[p].spawn, true);
  }
  for (PoolId pool = 0; pool < plan.pools.size(); ++pool)
    consider(busiest[pool], busy[pool] / elapsed / plan.pools[pool].slots, false);
  return found;
}

std::string bottleneck_text(const Plan& plan, const Snapshot& end) {
  const auto found = find_bottleneck(plan, end);
  if (!found) return "bottleneck: none of the pipers, they took no time";
  const PlanPiper& piper = plan.pipers[found->piper];
  const std::string& pool = plan.pools[piper.pool].name;
  const int percent = static_cast<int>(found->load * 100 + 0.5);
  if (found->load < kBusy) {
    return fmt::format(
        "bottleneck: reading or writing; piper '{}', the busiest, worked for {}% of the time",
        piper.name, percent);
  }
  if (found->serial || pool.empty()) {
    return fmt::format("bottleneck: piper '{}', which worked for {}% of the time{}", piper.name,
                       percent, found->serial ? ", one item after the other" : "");
  }
  return fmt::format("bottleneck: piper '{}'; its pool '{}' was busy for {}% of the time",
                     piper.name, pool, percent);
}

}  // namespace papy
