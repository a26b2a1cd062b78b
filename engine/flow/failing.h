#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workflow/plan.h"

namespace papy {

// What a tasklet that has no result becomes: the rules that are the same for a failure that a slot
// saw and for one that the flow makes of a lost slot.

/// Items that one failure takes in the stream behind its piper.
std::uint32_t places_of_failure(const Produce& produce);

/// True when a failure of this kind leaves a gap: on_error: skip, or a late one on a pool that
/// skips those.
bool becomes_gap(const PlanPiper& piper, std::string_view kind, bool pool_skips_late);

/// Why the run stops when this piper says on_error: stop.
std::string reason_to_stop(const PlanPiper& piper, std::uint64_t tasklet, std::string_view message);

/// The wait before an attempt, which doubles from the second on, up to a minute (or the first, when
/// that is longer). Requires: attempt > 1.
Duration backoff_before(const Retries& retries, std::uint32_t attempt);

/// A time limit in the units of a document: "500ms", "2s", "1m 30s".
std::string limit_text(Duration limit);

}  // namespace papy
