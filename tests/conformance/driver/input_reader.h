#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "item/batch.h"
#include "plugin/instance.h"
#include "pool/call.h"
#include "pool/instances.h"

namespace conformance {

/// Reads a source at once, when it is asked to, without a thread.
class InputReader {
 public:
  struct Items {
    papy::Batch batch;
    bool ended = false;
  };

  /// The plan's input and the host are borrowed.
  InputReader(const papy::PlanInput& input, const std::string& base, const papy::Resolver& resolver,
              const papy_host* host);

  /// At most `wanted` items.
  Items read(std::uint64_t wanted);

 private:
  void add_failure();

  const papy::PlanInput& input_;
  std::atomic<bool> never_{false};
  papy::PluginCall call_;
  papy::Instance instance_;
  papy::BatchBuilder out_;
  std::uint64_t place_ = 0;
};

}  // namespace conformance
