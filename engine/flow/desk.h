#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flow/flow.h"
#include "flow/loss.h"
#include "flow/task.h"
#include "item/failure.h"

namespace papy {

/// Someone who parks when the desk has nothing for him, until he is woken.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// One that parked looks again. Any thread; never blocks. Called once for each that parked, at
  /// the most.
  virtual void wake() = 0;
};

/// Where slots, sources and sinks get their work and bring what came of it. Any thread may call;
/// each call is one turn: under the flow's one mutex an event is applied and a decision is taken.
class Desk {
 public:
  virtual ~Desk() = default;

  // Slots. nullptr: there is nothing now; the caller counts as parked, and its pool's waiter will
  // be woken for it.

  virtual const Task* next(PoolId pool) = 0;
  /// Brings the result of `task` (which was borrowed until now) and takes more. What memory the
  /// result holds apart from its items may stay with it.
  virtual const Task* exchange(const Task* task, TaskResult&& result, std::uint32_t slot,
                               Time began, Duration elapsed) = 0;
  /// As exchange(), but takes no more.
  virtual void bring(const Task* task, TaskResult&& result, std::uint32_t slot, Time began,
                     Duration elapsed) = 0;
  /// Brings a task back without a result. It was borrowed until now.
  virtual void lose(const Task* task, const Loss& loss) = 0;
  /// How long a task will take, judged by others of its group; nothing before there was one.
  virtual std::optional<Duration> expected(const Task& task) = 0;
  /// Something cannot do its work at all: the run stops, and says why. A slot brings back the task
  /// that it has.
  virtual void give_up(const Task* task, std::string why) = 0;

  // Sources, one thread each.

  struct Wish {
    std::uint64_t items = 0;  ///< read at most so many; 0: nothing now, the caller counts as parked
    bool over = false;        ///< nothing ever again
  };
  virtual Wish ask(InputId input) = 0;
  virtual void give(InputId input, const Batch& items, bool ended, Duration elapsed) = 0;

  // Sinks, one thread each.

  struct Load {
    std::vector<Flow::Part> parts;  ///< empty: nothing now, the caller counts as parked
    bool over = false;              ///< nothing ever again
  };
  virtual Load collect(OutputId output) = 0;
  virtual void delivered(OutputId output, const OutputCount& count) = 0;
  virtual void failure_arrived(OutputId output, std::uint64_t place, const Failure& failure) = 0;

  /// Time since the run began.
  virtual Time now() const = 0;
};

}  // namespace papy
