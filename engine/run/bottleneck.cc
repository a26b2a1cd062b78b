#include "run/bottleneck.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace papy {
std::optional<Bottleneck> find_bottleneck(const Plan& plan, const Snapshot& end) {
  using Kind = Bottleneck::Kind;
  const auto elapsed = static_cast<double>(end.elapsed.count());
  if (elapsed <= 0) return std::nullopt;
  std::optional<Bottleneck> found;
  const auto consider = [&](Kind kind, std::size_t index, double busy, std::uint32_t slots) {
    const double load = std::min(busy / elapsed / slots, 1.0);
    if (load > 0 && (!found || load > found->load))
      found = Bottleneck{kind, static_cast<std::uint32_t>(index), load};
  };
  std::vector<double> busy(plan.pools.size(), 0);
  std::vector<PiperId> busiest(plan.pools.size(), 0);
  for (PiperId p = 0; p < end.pipers.size(); ++p) {
    const auto time = static_cast<double>(end.pipers[p].busy.count());
    const PoolId pool = plan.pipers[p].pool;
    if (busy[pool] == 0 || end.pipers[p].busy > end.pipers[busiest[pool]].busy) busiest[pool] = p;
    busy[pool] += time;
    if (plan.pipers[p].serial && plan.pipers[p].spawn < plan.pools[pool].slots)
      consider(Kind::serial, p, time, plan.pipers[p].spawn);
  }
  for (PoolId pool = 0; pool < plan.pools.size(); ++pool)
    consider(Kind::pool, busiest[pool], busy[pool], plan.pools[pool].slots);
  for (std::size_t i = 0; i < end.inputs.size(); ++i)
    consider(Kind::input, i, static_cast<double>(end.inputs[i].busy.count()), 1);
  for (std::size_t o = 0; o < end.outputs.size(); ++o)
    consider(Kind::output, o, static_cast<double>(end.outputs[o].busy.count()), 1);
  return found;
}

std::string bottleneck_text(const Plan& plan, const Snapshot& end) {
  const auto found = find_bottleneck(plan, end);
  if (!found) return "bottleneck: none, nothing took any time";
  const int percent = static_cast<int>(found->load * 100 + 0.5);
  const auto busy = [percent](std::string_view kind, std::string_view name, std::string_view how) {
    return fmt::format("bottleneck: {} '{}', which {} for {}% of the time", kind, name, how,
                       percent);
  };
  switch (found->kind) {
    case Bottleneck::Kind::input:
      return busy("input", plan.inputs[found->index].name, "was read");
    case Bottleneck::Kind::output:
      return busy("output", plan.outputs[found->index].name, "was written");
    case Bottleneck::Kind::serial:
      return busy("piper", plan.pipers[found->index].name, "worked") + ", one item after the other";
    case Bottleneck::Kind::pool:
      break;
  }
  const PlanPiper& piper = plan.pipers[found->index];
  const std::string& pool = plan.pools[piper.pool].name;
  if (pool.empty()) return busy("piper", piper.name, "worked");
  return fmt::format("bottleneck: piper '{}'; its pool '{}' was busy for {}% of the time",
                     piper.name, pool, percent);
}

}  // namespace papy
