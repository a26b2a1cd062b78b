#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "flow/task.h"
#include "pool/process_slot.h"

namespace papy {

/// Where the replicas of SERIAL pipers are: each lives in one slot, as long as its process does,
/// and with what it saved it can be brought back in another.
class Replicas {
 public:
  struct Replica {
    ProcessSlot* slot = nullptr;       ///< none: it has no process now
    bool began = false;                ///< it has state that is not that of a fresh one
    std::optional<std::string> saved;  ///< after its last task, if it can be saved
    bool fresh = true;                 ///< its process did not get it yet
  };

  Replica& of(const Task& task) { return replicas_[{task.group, task.replica}]; }

  /// The process of this slot is gone. Returns one that had state and cannot be brought back, if
  /// there is such a one.
  std::optional<std::pair<GroupId, std::uint32_t>> on_gone(const ProcessSlot& slot) {
    std::optional<std::pair<GroupId, std::uint32_t>> lost;
    for (auto& [key, replica] : replicas_) {
      if (replica.slot != &slot) continue;
      replica.slot = nullptr;
      replica.fresh = true;
      if (replica.began && !replica.saved) lost = key;
    }
    return lost;
  }
  /// True when replicas that could not be brought back live in this slot.
  bool hold(const ProcessSlot& slot) const {
    for (const auto& [key, replica] : replicas_) {
      if (replica.slot == &slot && replica.began && !replica.saved) return true;
    }
    return false;
  }
  /// This replica is at its end: nothing of it is needed any more.
  void forget(const Task& task) { replicas_.erase({task.group, task.replica}); }

 private:
  std::map<std::pair<GroupId, std::uint32_t>, Replica> replicas_;
};

}  // namespace papy
