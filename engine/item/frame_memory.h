#pragma once

#include <cstddef>
#include <cstdint>

namespace papy {

/// Whoever owns memory that a frame lies in: a message that was received, a place in memory that
/// other processes see. Outlives every batch over it.
class FrameOwner {
 public:
  virtual ~FrameOwner() = default;
  /// No batch needs the frame that begins here any more. Called once for each; any thread.
  virtual void give_back(const std::uint8_t* frame) = 0;
};

/// Memory that frames can be written into, instead of memory of this process alone.
class FrameMemory : public FrameOwner {
 public:
  struct Room {
    std::uint8_t* bytes = nullptr;  ///< aligned for 64 bits
    std::size_t size = 0;
  };
  /// At least `size` bytes, until they are given back; or nothing (no bytes), because it is too
  /// small to be worth it or because there are no more: then private memory is taken. Any thread.
  virtual Room take(std::size_t size) = 0;
};

}  // namespace papy
