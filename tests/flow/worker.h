#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
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

  /// Where a task is evaluated.
  struct Process {
    bool corrupted = false;
    bool quarantine = false;  // nothing but the task was ever in it
  };
  struct Outcome {
    TaskResult result;
    std::optional<Loss> loss;  // then there is no result
    bool by_poison = false;    // by a tasklet that kills its slot each time
    std::uint64_t tasklet = 0;
    PiperId piper = 0;
  };

  /// `most`: settles no more tasklets than that.
  Outcome run(const Task& task, std::uint32_t most, Process* process);
  /// From now on this tasklet is not evaluated: it comes to what it comes to when it has died often
  /// enough.
  void condemn(PiperId piper, std::uint64_t tasklet) { condemned_.insert({piper, tasklet}); }
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

  std::optional<Loss> lost(const Task& task, std::uint32_t t, PiperId piper, const Evaluation& done,
                           const Process& process);
  Outcome run_flush(const Task& task);
  void put_retry(PiperId piper, TaskResult* result, BatchBuilder* out) const;

  Replica& replica(const Task& task, PiperId piper) { return replicas_[{piper, task.replica}]; }

  const Scenario& scenario_;
  const Flow& flow_;
  std::map<std::pair<PiperId, std::uint32_t>, Replica> replicas_;
  std::set<std::pair<PiperId, std::uint64_t>> failed_;  // perhaps for good
  std::set<std::pair<PiperId, std::uint64_t>> condemned_;
};

}  // namespace papy::sim
