#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/semaphore.h"
#include "flow/desk.h"
#include "flow/groups.h"
#include "pool/evaluator.h"
#include "pool/instances.h"
#include "pool/parking.h"

namespace papy {

/// Slots that are threads of this process. Each takes tasks from the desk, evaluates them, and
/// parks when there are none: it never waits by looking again and again.
class ThreadPool {
 public:
  /// All is borrowed and must outlive the pool.
  ThreadPool(PoolId pool, const Plan& plan, const std::vector<Group>& groups, Desk& desk,
             Instances& instances, const CallSettings& settings);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;

  Waiter& waiter() { return parking_; }
  void start();
  /// Returns when all slots have ended. Requires: the desk is over, or will be.
  void join();
  /// The same, but returns false when one has not ended after `patience`: it hangs, and the process
  /// is to be ended with _exit().
  bool join_within(Duration patience);
  /// True when a function of it sees that its call is not wanted any more.
  bool cancels() const;

 private:
  class Slot;

  const PoolId pool_;
  const Plan& plan_;
  const std::vector<Group>& groups_;
  Desk& desk_;
  Instances& instances_;
  const CallSettings settings_;
  Parking parking_;
  std::atomic<bool> over_{false};
  /// Evaluators of SERIAL pipers, one a replica: whichever slot has the replica's task uses it, one
  /// at a time.
  Mutex serial_mutex_;
  std::map<std::pair<GroupId, std::uint32_t>, std::unique_ptr<Evaluator>> serial_
      PAPY_GUARDED_BY(serial_mutex_);
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<std::thread> threads_;
  Semaphore ended_;  // one for each thread that has ended
};

}  // namespace papy
