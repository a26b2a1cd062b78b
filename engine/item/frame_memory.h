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
  /// At least `least` bytes, and `wanted` if that can be, until they are given back; or nothing (no
  /// bytes), because it is too small to be worth it or because there are no more: then private
  /// memory is taken. Any thread.
  virtual Room take(std::size_t least, std::size_t wanted) = 0;
  /// The frame that begins here takes no more than `size` bytes, which is less than half of its
  /// room. True: it stays there, and what lies behind it need not be kept. False: it is not worth
  /// the room, and is moved elsewhere. Any thread.
  virtual bool shrink(const std::uint8_t* frame, std::size_t size) = 0;
};

}  // namespace papy
