#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/groups.h"
#include "item/bytes.h"

namespace papy {

/// What a slot must know of a group to evaluate its tasks, whether it is a thread, a process or on
/// another host: its pipers, cut out of the plan.
struct Opening {
  /// In the order of evaluation. Of each `from` only the size counts: the inputs of its inbox.
  std::vector<PlanPiper> pipers;
  bool skips_late = false;           ///< a tasklet that took too long is a gap, not a failure
  std::uint32_t share = UINT32_MAX;  ///< tasklets that one call may take
};

Opening opening_of(const Plan& plan, const Group& group);

/// One msgpack map, with names for keys (README.md), so that programs in other languages can read
/// it.
std::string encode(const Opening& opening);
Result<Opening> decode_opening(Bytes bytes);

}  // namespace papy
