#include "pool/instances.h"

#include <utility>

namespace papy {
namespace {

struct Opening {
  papy_open raw{};
  std::string text;
};

void note_error(const papy_open* open, std::int32_t, const char* text, std::size_t size) {
  static_cast<Opening*>(open->engine)->text.assign(text, size);
}

}  // namespace

papy::Result<std::unique_ptr<Instance>> Instance::open(const papy_worker* worker,
                                                       const FunctionUse& use,
                                                       const papy_host* host, const Place& place) {
  OpenFunction function{worker, nullptr, &use};
  if (worker->open != nullptr) {
    Opening opening;
    opening.raw.struct_size = sizeof opening.raw;
    opening.raw.host = host;
    opening.raw.args = {use.args.data(), use.args.size()};
    opening.raw.piper = place.node.c_str();
    opening.raw.replica = place.replica;
    opening.raw.slot = place.slot;
    opening.raw.base = place.base.c_str();
    opening.raw.engine = &opening;
    opening.raw.error = &note_error;
    const papy_status status = worker->open(&opening.raw, &function.state);
    if (status != PAPY_OK) {
      if (opening.text.empty())
        opening.text = "cannot be opened (status " + std::to_string(status) + ")";
      return error("'" + place.node + "': " + use.name() + ": " + opening.text);
    }
  }
  return std::unique_ptr<Instance>(new Instance(function));
}

Instance::~Instance() {
  if (function_.worker->close != nullptr) function_.worker->close(function_.state);
}

Instances::Instances(Resolver resolver, const papy_host* host, std::string base)
    : resolver_(std::move(resolver)), host_(host), base_(std::move(base)) {}

papy::Result<OpenPiper> Instances::open(const PlanPiper& piper, PoolId pool, std::uint32_t slot,
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
    std::unique_ptr<Instance>& instance = instances_[key];
    if (!instance) {
      auto fresh = Instance::open(*worker, use, host_, {piper.name, replica, slot, base_});
      if (!fresh) return error("piper " + fresh.error().text);
      instance = std::move(*fresh);
    }
    opened.chain.push_back(instance->function());
  }
  return opened;
}

}  // namespace papy
