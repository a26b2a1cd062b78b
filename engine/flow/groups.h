#pragma once

#include <vector>

#include "flow/task.h"
#include "workflow/plan.h"

namespace papy {

struct Group {
  std::vector<PiperId> pipers;  ///< first to last
};

/// Which pipers are evaluated together (fusion), in topological order of their last piper.
///
/// Neighbours join when the second takes only from the first, item by item, on the same pool, and
/// nobody else takes from the first; and when neither has a time-out, retries, spawn, SERIAL state
/// or `track`, and a stride lets every slot work at once all the same. Failures stay per piper.
std::vector<Group> fuse(const Plan& plan, bool enabled = true);

}  // namespace papy
