#pragma once

#include <sys/types.h>

#include <tl/expected.hpp>

#include "base/descriptor.h"
#include "pool/child.h"

namespace papy {

/// A process between its fork and its program.
struct StartedChild {
  pid_t pid = 0;
  Descriptor report;  ///< does not block; ends when the program has begun, or brings a StartFailure
};

/// Why a process did not come to its program.
struct StartFailure {
  ChildNews::Step step = ChildNews::Step::setup;
  std::int32_t error = 0;
};

/// Starts `child`, whose descriptors are this process's, as guardian.h describes; an errno if there
/// is no new process. Requires: this process has one thread, and blocks all signals.
tl::expected<StartedChild, int> start_child(const Child& child);

}  // namespace papy
