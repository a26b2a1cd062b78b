#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace papy::script {

/// A program and all that it started: its process group, and those who left the group but still
/// carry the mark, a line of their environment.
///
///     Tree tree{pid, "PAPY_PROGRAM_4711_3=1"};
///     tree.ask();    // SIGTERM
///     tree.kill();   // SIGKILL, until nobody is left
///
/// Requires: the leader is not reaped yet, so that its group cannot be another one's. Who leaves
/// the group, clears its environment and is nobody's child any more is not found; in a worker
/// process it ends with that.
class Tree {
 public:
  Tree(pid_t leader, std::string mark) : leader_(leader), mark_(std::move(mark)) {}

  void ask() const;
  void kill() const;
  /// SIGKILL for the group alone: what a program that has ended left behind.
  void kill_group() const;

 private:
  std::vector<pid_t> marked() const;

  pid_t leader_;
  std::string mark_;
};

}  // namespace papy::script
