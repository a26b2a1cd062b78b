#include "pool/instances.h"

#include <utility>

namespace papy {
Result<Instance> open_port(std::string_view kind, const std::string& name, const FunctionUse& use,
                           const Resolver& resolver, const papy_host* host,
                           const std::string& base) {
  const std::string who = std::string(kind) + " '" + name + "': ";
  const auto worker = resolver(use);
  if (!worker) return error(who + worker.error().text);
  auto instance = Instance::open(**worker, {host, use.args, name, 0, 0, base});
  if (!instance) return error(who + use.name() + ": " + instance.error().text);
  return instance;
}

Instances::Instances(Resolver resolver, const papy_host* host, std::string base)
    : resolver_(std::move(resolver)), host_(host), base_(std::move(base)) {}

Result<OpenPiper> Instances::open(const PlanPiper& piper, PoolId pool, std::uint32_t slot,
                                  std::uint32_t replica) {
  OpenPiper opened;
  opened.piper = &piper;
  for (std::size_t i = 0; i < piper.worker.size(); ++i) {
    const FunctionUse& use = piper.worker[i];
    const auto worker = resolver_(use);
    if (!worker) return error("piper '" + piper.name + "': " + worker.error().text);
    const bool shared = ((*worker)->flags & PAPY_REENTRANT) != 0;
    const Key key = piper.serial ? Key{piper.name, i, 0, 0, replica}
                    : shared     ? Key{piper.name, i, 0, 0, 0}
                                 : Key{piper.name, i, pool, slot, 0};
    MutexLock lock(mutex_);
    Instance& instance = instances_[key];
    if (!instance) {
      auto fresh = Instance::open(**worker, {host_, use.args, piper.name, replica, slot, base_});
      if (!fresh)
        return error("piper '" + piper.name + "': " + use.name() + ": " + fresh.error().text);
      instance = std::move(*fresh);
    }
    opened.chain.push_back({*worker, instance.state(), &use});
  }
  return opened;
}

}  // namespace papy
