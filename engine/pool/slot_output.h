#pragma once

#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace papy {

/// What a slot's process writes to stdout and stderr: the engine reads it as it comes, and keeps
/// the last of it for the case that the process dies.
class SlotOutput {
 public:
  static constexpr std::size_t kTail = 2048;

  /// `pipe` is read without blocking.
  explicit SlotOutput(Descriptor pipe) : pipe_(std::move(pipe)) {}

  /// Negative once the other side has closed it.
  int fd() const { return pipe_.get(); }

  /// Reads what is there; calls `line(text)` for each whole line, and at the end for the rest of
  /// one.
  template <typename Line>
  void read(Line line) {
    while (fill()) {
    }
    std::size_t begin = 0;
    for (std::size_t end; (end = open_.find('\n', begin)) != std::string::npos; begin = end + 1)
      line(std::string_view(open_).substr(begin, end - begin));
    open_.erase(0, begin);
    if (!open_.empty() && (fd() < 0 || open_.size() > kLongestLine)) {
      line(std::string_view(open_));
      open_.clear();
    }
  }

  /// The last whole lines, as many as fit into kTail bytes; without a newline at the end.
  std::string tail() const;

 private:
  static constexpr std::size_t kLongestLine = 16 << 10;

  bool fill();

  Descriptor pipe_;
  std::string open_;  // a line that has not ended yet
  std::string tail_;  // up to twice kTail bytes
};

}  // namespace papy
