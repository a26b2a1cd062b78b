#include "workflow/placement.h"

namespace papy {

Placements::Placements(const Workflow& workflow) {
  for (const PoolDecl& pool : workflow.pools) {
    pools_.emplace(pool.name.name, &pool);
    has_programs_ = has_programs_ || pool.has_command;
  }
}

const PoolDecl* Placements::pool(std::string_view name) const {
  const auto found = pools_.find(name);
  return found != pools_.end() ? found->second : nullptr;
}

Placement Placements::of(const PiperDecl& piper) const {
  if (piper.is_pool_known && !piper.pool) return Placement::threads;
  const PoolDecl* const found = piper.pool ? pool(piper.pool->name) : nullptr;
  if (found == nullptr) return has_programs_ ? Placement::programs : Placement::unknown;
  if (found->has_command) return Placement::programs;
  if (!found->is_type_known) return Placement::unknown;
  return found->settings.type == PoolType::thread ? Placement::threads : Placement::processes;
}

}  // namespace papy
