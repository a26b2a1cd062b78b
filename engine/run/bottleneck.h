#pragma once

#include <optional>
#include <string>

#include "flow/report.h"

namespace papy {

/// Which piper set the pace: of the pool that was busy for the largest part of the time, or of a
/// SERIAL piper's own replicas, the piper that took most of it.
struct Bottleneck {
  PiperId piper = 0;
  double load = 0;      ///< 0 to 1: the part of the time for which its slots were busy
  bool serial = false;  ///< its replicas are the limit, not its pool
};

/// Nothing when no piper did any work that took time.
std::optional<Bottleneck> find_bottleneck(const Plan& plan, const Snapshot& end);

/// One line for the summary; says so when the pipers were not what the run waited for.
std::string bottleneck_text(const Plan& plan, const Snapshot& end);

}  // namespace papy
