#pragma once

#include <array>
#include <cstddef>

#include "item/block_shelf.h"

namespace papy {

/// Memory from blocks that were given back, for one thread: it keeps a few of each small class and
/// exchanges whole chains with the shelf, so that one thread may take what another gives back and
/// neither meets the other more than once in many blocks.
///
///     BlockCache cache(shelf);
///     void* block = cache.take(1000);
///     cache.give_back(block, 1000);    // or to another thread's cache over the same shelf
///
/// One thread at a time. What it keeps goes to the shelf with it.
class BlockCache {
 public:
  explicit BlockCache(BlockShelf& shelf) : shelf_(shelf) {}
  BlockCache(const BlockCache&) = delete;
  ~BlockCache();

  /// Memory aligned for anything. Throws std::bad_alloc.
  void* take(std::size_t size);
  /// Requires: `block` was taken from a cache over this shelf, for a size of the same class.
  void give_back(void* block, std::size_t size);

 private:
  BlockShelf& shelf_;
  struct Kept {
    BlockChain now;   // of fewer blocks than a chain should have
    BlockChain full;  // a whole chain, or none
  };
  std::array<Kept, kSizeClasses> kept_{};
};

/// Memory of this process for the blocks of batches, recycled through a cache of the calling
/// thread. Under the address sanitizer every block is fresh, so that it sees who uses one for too
/// long.
void* take_block(std::size_t size);
/// From any thread, with a size of the same class as was taken.
void give_back_block(void* block, std::size_t size);
/// The bytes that are there when `size` are taken.
std::size_t block_room(std::size_t size);

}  // namespace papy
