#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace papy {

/// How large the results of a group will be, judged by those before: grows at once, shrinks slowly.
class ResultSize {
 public:
  /// The frame of this many tasklets had so many bytes.
  void note(std::uint32_t tasklets, std::size_t bytes) {
    if (tasklets == 0) return;
    const std::size_t now = (bytes + tasklets - 1) / tasklets;
    bytes_ = std::max(now, bytes_ - bytes_ / 8);
  }
  /// Bytes of a frame of this many tasklets, and some to spare.
  std::size_t expected(std::uint32_t tasklets) const {
    const std::size_t bytes = tasklets * bytes_;
    return bytes + bytes / 8;
  }

 private:
  std::size_t bytes_ = 0;  // of a tasklet
};

}  // namespace papy
