#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "scenario.h"

namespace papy::sim {

/// Stands in for all slots: evaluates tasks, and holds the state of SERIAL replicas.
///
/// The state moves on when a result is accepted: a replica whose slot was lost is restored.
class Worker {
 public:
  explicit Worker(const Scenario& scenario, const Flow& flow) : scenario_(scenario), flow_(flow) {}

  /// `most`: settles no more tasklets than that.
  TaskResult run(const Task& task, std::uint32_t most);
  /// The result of a task of a SERIAL piper goes to the flow: its state stays.
  void accept(const Task& task);
  /// Says what is wrong with a task that was handed out, or nothing.
  std::string check(const Task& task) const;

 private:
  struct Replica {
    std::uint64_t state = 0;
    std::uint64_t after = 0;  // the state behind the task under way
    std::uint64_t next = 0;   // tasklet that comes next
    std::uint64_t next_after = 0;
  };

  Replica& replica(const Task& task, PiperId piper) { return replicas_[{piper, task.replica}]; }

  const Scenario& scenario_;
  const Flow& flow_;
  std::map<std::pair<PiperId, std::uint32_t>, Replica> replicas_;
};

}  // namespace papy::sim
