#pragma once

#include <deque>
#include <optional>
#include <string>

#include "flow/report.h"

namespace papy {

/// Says how far a run is, from one snapshot to the next.
///
///     read 1.2M (35.1k/s)  written 1.1M  3 failed  12s left  trim1 1.2M  pair 1.1M
///
/// Pure: a snapshot says what time it is. One thread.
class Progress {
 public:
  /// The plan is borrowed.
  explicit Progress(const Plan& plan) : plan_(plan) {}

  /// Takes a snapshot into the account of rates. Requires: no older than the one before.
  void see(const Snapshot& now);

  /// The line as of the last snapshot, at most `width` columns wide: what does not fit is left
  /// out, per-piper counts first.
  std::string line(int width) const;

  /// Items read a second, over the last ten seconds.
  double rate() const;
  /// When the inputs will have been read at this rate; nothing where one that is not at its end
  /// does not know its size.
  std::optional<Duration> left() const;

 private:
  struct Mark {
    Duration elapsed{0};
    std::uint64_t items = 0;
  };

  const Plan& plan_;
  Snapshot now_;
  std::deque<Mark> marks_{Mark{}};  // of the last ten seconds and the one before, oldest first
};

}  // namespace papy
