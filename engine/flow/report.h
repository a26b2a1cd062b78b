#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "flow/flow.h"
#include "item/failure.h"

namespace papy {

/// A task that came back, for those who write an account of the run.
struct BatchNote {
  PoolId pool = 0;
  GroupId group = 0;
  std::uint32_t slot = 0;   ///< within the pool
  std::uint64_t first = 0;  ///< tasklet
  std::uint32_t tasklets = 0;
  std::uint32_t attempt = 1;
  Time began{0};  ///< since the run began
  Duration elapsed{0};
};

/// How far a run is, at one moment.
struct Snapshot {
  struct Input {
    std::uint64_t items = 0;  ///< read so far
    bool ended = false;
    std::optional<std::uint64_t> size;  ///< items there will be, where the source knows
    Duration busy{0};                   ///< time in the source
  };
  Time elapsed{0};
  std::vector<Input> inputs;
  std::vector<StageCount> pipers;
  std::vector<OutputCount> outputs;
  std::uint64_t failures = 0;
  std::uint64_t bytes = 0;  ///< held in buffers
};

/// Is told what happens in a run. Each comment says by which thread; none holds a lock of the flow.
class Report {
 public:
  virtual ~Report() = default;

  /// True: on_batch() is to be called. Asked once.
  virtual bool wants_batches() const { return false; }
  /// [any thread] After each task.
  virtual void on_batch(const BatchNote&) {}
  /// [the output's thread] An item that failed came to an output, at this place of its stream.
  virtual void on_failure(OutputId, std::uint64_t place, const Failure&) = 0;
  /// [the plumber's thread] After a run that was stopped: an item that failed and came to no
  /// output.
  virtual void on_stranded(const Failure&) {}
  /// [any thread] One line for the user.
  virtual void on_warning(std::string_view text) = 0;
  /// [the plumber's thread] About twice a second.
  virtual void on_progress(const Snapshot&) {}
};

}  // namespace papy
