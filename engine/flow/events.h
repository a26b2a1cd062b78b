#pragma once

#include <optional>

#include "flow/flow.h"

namespace papy {

/// How the plumber's thread waits, and learns the time.
class Events {
 public:
  virtual ~Events() = default;

  /// Waits until notify() was called, a signal came, or `deadline` (since the run began) has
  /// passed. Returns the signal, or nothing.
  virtual std::optional<int> wait(std::optional<Time> deadline) = 0;
  /// Ends one wait(), now or to come. Any thread; never blocks.
  virtual void notify() = 0;
  /// Time since the run began. Any thread.
  virtual Time now() const = 0;
};

}  // namespace papy
