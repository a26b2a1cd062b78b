#include "item/block_cache.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define PAPY_RECYCLES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAPY_RECYCLES 0
#endif
#endif
#ifndef PAPY_RECYCLES
#define PAPY_RECYCLES 1
#endif

namespace papy {
namespace {

constexpr std::size_t kChainBytes = 16 * 1024;
constexpr std::size_t kMostOfAChain = 32;
/// Blocks larger than this are not kept by a thread: what is done with one takes longer than a
/// lock.
constexpr std::size_t kLargestCached = 32 * 1024;

void* fresh(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr auto kChainLength = [] {
  std::array<std::uint32_t, kSizeClasses> length{};
  for (SizeClass c = 0; c < kSizeClasses; ++c) {
    length[c] = static_cast<std::uint32_t>(
        std::clamp<std::size_t>(kChainBytes / size_of(c), 1, kMostOfAChain));
  }
  return length;
}();

/// Never destroyed: threads that were left behind may still use it at the end.
BlockShelf& process_shelf() {
  static BlockShelf& shelf = *new BlockShelf;
  return shelf;
}

/// Set when the thread's cache is gone: destructors of other objects of the thread come after it.
constinit thread_local bool ended = false;

struct ThreadCache {
  BlockCache cache{process_shelf()};
  ~ThreadCache() { ended = true; }
};
thread_local ThreadCache of_this_thread;

}  // namespace

BlockCache::~BlockCache() {
  for (SizeClass c = 0; c < kSizeClasses; ++c) {
    shelf_.put(c, kept_[c].now);
    shelf_.put(c, kept_[c].full);
  }
}

void* BlockCache::take(std::size_t size) {
  const SizeClass c = size_class(size);
  if (c == kSizeClasses) return fresh(size);
  Kept& kept = kept_[c];
  if (kept.now.size == 0) kept.now = std::exchange(kept.full, {});
  if (kept.now.size == 0) kept.now = shelf_.take(c);
  return kept.now.size > 0 ? kept.now.pop() : fresh(size_of(c));
}

void BlockCache::give_back(void* block, std::size_t size) {
  const SizeClass c = size_class(size);
  if (c == kSizeClasses) return std::free(block);
  Kept& kept = kept_[c];
  kept.now.push(block);
  if (size_of(c) > kLargestCached) return shelf_.put(c, std::exchange(kept.now, {}));
  if (kept.now.size < kChainLength[c]) return;
  shelf_.put(c, std::exchange(kept.full, std::exchange(kept.now, {})));
}

void* take_block(std::size_t size) {
  if (PAPY_RECYCLES && !ended) return of_this_thread.cache.take(size);
  return fresh(block_room(size));
}

void give_back_block(void* block, std::size_t size) {
  if (PAPY_RECYCLES && !ended) return of_this_thread.cache.give_back(block, size);
  std::free(block);
}

std::size_t block_room(std::size_t size) {
  const SizeClass c = size_class(size);
  return PAPY_RECYCLES && c < kSizeClasses ? size_of(c) : size;
}

}  // namespace papy
