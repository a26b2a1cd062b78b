#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flow/edge.h"
#include "item/batch.h"
#include "workflow/plan.h"

namespace papy {

/// Pipers that are evaluated in one go, in a slot: one, or neighbours that run 1:1 on the same
/// pool.
using GroupId = std::uint32_t;

/// Time since the run began, as told by whoever drives the flow.
using Time = Duration;

/// Names one hand-out of work. Never used twice in a run, so that a late result is known as such.
using TaskId = std::uint64_t;

/// Work for one slot: consecutive tasklets of one group (or every step-th one, for a replica), with
/// their inboxes.
struct Task {
  enum class Kind {
    evaluate,
    flush,  ///< the end of a replica: no tasklets, only what flush emits
  };

  TaskId id = 0;
  Kind kind = Kind::evaluate;
  PoolId pool = 0;
  GroupId group = 0;
  std::uint64_t first = 0;    ///< number of the first tasklet
  std::uint32_t n = 0;        ///< tasklets
  std::uint32_t step = 1;     ///< from one tasklet's number to the next
  std::uint32_t attempt = 1;  ///< above 1 only when n == 1
  std::uint32_t crashes = 0;  ///< times that it killed its slot while it was alone there
  std::uint32_t replica = 0;
  std::uint32_t last_places =
      0;               ///< places in the last tasklet's inbox; fewer than `consume` in a rest
  bool alone = false;  ///< in quarantine: in a process that has done nothing else, and does nothing
                       ///< else meanwhile
  bool singly = false;        ///< call, never call_many: one of them may be to blame for a death
  std::optional<Time> since;  ///< when the first attempt began, where that is known and this is
                              ///< not the first
  std::vector<std::vector<Slice>> inputs;  ///< of each input, the places of all tasklets
};

/// What one piper of the group did in a task.
struct StageCount {
  std::uint64_t in = 0;       ///< tasklets that came
  std::uint64_t out = 0;      ///< items that left, of any kind
  std::uint64_t failed = 0;   ///< tasklets that failed here, for good
  std::uint64_t passed = 0;   ///< tasklets that were not evaluated: a failure came in
  std::uint64_t skipped = 0;  ///< tasklets that came to nothing, here or before
  std::uint64_t retried = 0;  ///< attempts that failed and will be made again
  Duration busy{0};           ///< time in this piper's functions
  Duration waited{
      0};  ///< time that its tasklets lay ready, summed (the first piper of a group only)
};

/// What came of a task.
struct TaskResult {
  /// Tasklets that are settled, from the first on. Less than the task's n when the slot stopped
  /// early: a SERIAL piper before a retry, or a piper that has had enough; the others were not
  /// evaluated.
  std::uint32_t done = 0;
  Batch items;  ///< results of the tasklets that are done, retried ones included: these take as
                ///< many items as a failure or a gap; where the piper has a deadline it is the
                ///< failure that they come to when there is no time for another attempt
  std::vector<std::uint32_t> counts;    ///< of each tasklet that is done; empty: produce.n each
  std::vector<std::uint32_t> retry;     ///< indices of tasklets to evaluate again; ascending
  std::vector<Duration> retry_elapsed;  ///< of each of `retry`: how long ago, at the end of the
                                        ///< task, its first attempt began; empty where the piper
                                        ///< has no deadline
  bool ended = false;                   ///< the piper wants no more: its stream ends behind `done`
  std::optional<std::string>
      stop;  ///< the run must stop, and why: on_error: stop, or a FATAL function
  std::vector<StageCount> stages;  ///< one a piper of the group
  Duration overhead{0};  ///< time that the task took, however few its tasklets are: saving a state

  /// As new, but for the memory that its parts keep.
  void clear() {
    done = 0;
    items = {};
    counts.clear();
    retry.clear();
    retry_elapsed.clear();
    ended = false;
    stop.reset();
    stages.clear();
    overhead = {};
  }
};

}  // namespace papy
