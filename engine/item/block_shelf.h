#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/mutex.h"

namespace papy {

/// Sizes in which memory is recycled: 128, 192, 256, 384, 512 ... bytes.
using SizeClass = std::uint32_t;
inline constexpr SizeClass kSizeClasses = 36;

/// The smallest class for so many bytes; kSizeClasses when they are more than the largest holds.
SizeClass size_class(std::size_t size);
/// Requires: c < kSizeClasses.
constexpr std::size_t size_of(SizeClass c) {
  const std::size_t power = std::size_t{128} << c / 2;
  return c % 2 == 0 ? power : power + power / 2;
}

/// Blocks of one class that nobody uses, linked through their own first bytes.
struct BlockChain {
  struct Link {
    Link* next;          // in the chain
    Link* chain;         // on a shelf: the next chain of the class
    std::uint32_t size;  // on a shelf: blocks in this chain
  };
  Link* head = nullptr;
  std::uint32_t size = 0;

  void push(void* block) {
    head = new (block) Link{head, nullptr, 0};
    ++size;
  }
  /// Requires: size > 0.
  void* pop() {
    Link* const block = head;
    head = block->next;
    --size;
    return block;
  }
};

/// Chains of blocks that were given back, for whichever thread comes next: last in, first out. Any
/// thread. Bounded: what goes beyond `most` bytes is freed.
class BlockShelf {
 public:
  static constexpr std::size_t kMost = std::size_t{32} << 20;

  explicit BlockShelf(std::size_t most = kMost) : most_(most) {}
  BlockShelf(const BlockShelf&) = delete;
  ~BlockShelf();

  /// A chain that was put, or an empty one.
  BlockChain take(SizeClass c);
  /// The blocks come from malloc and are of the size of the class.
  void put(SizeClass c, BlockChain chain);

  std::size_t bytes();  ///< kept now

 private:
  const std::size_t most_;
  Mutex mutex_;
  std::size_t bytes_ PAPY_GUARDED_BY(mutex_) = 0;
  std::array<BlockChain::Link*, kSizeClasses> chains_ PAPY_GUARDED_BY(mutex_){};
};

}  // namespace papy
