#pragma once

#include <optional>
#include <string>

#include "flow/report.h"

namespace papy {

/// What set the pace: the input or output that was busy for the largest part of the time; or of the
/// pool that was, or of a SERIAL piper's own replicas, the piper that took most of it.
struct Bottleneck {
  enum class Kind {
    input,
    output,
    pool,    ///< `index` is a piper, its pool is the limit
    serial,  ///< `index` is a piper, its replicas are the limit
  };
  Kind kind = Kind::pool;
  std::uint32_t index = 0;
  double load = 0;  ///< 0 to 1: the part of the time for which it was busy
};

/// Nothing when nothing took any time.
std::optional<Bottleneck> find_bottleneck(const Plan& plan, const Snapshot& end);

/// One line for the summary.
std::string bottleneck_text(const Plan& plan, const Snapshot& end);

}  // namespace papy
