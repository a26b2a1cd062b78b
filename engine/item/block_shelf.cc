#include "item/block_shelf.h"

#include <bit>
#include <cstdlib>

namespace papy {
namespace {

constexpr int kSmallestBits = 7;
static_assert(size_of(0) == std::size_t{1} << kSmallestBits);

void free_all(BlockChain chain) {
  while (chain.size > 0) std::free(chain.pop());
}

}  // namespace

SizeClass size_class(std::size_t size) {
  if (size <= std::size_t{1} << kSmallestBits) return 0;
  // Two classes for each power of two: half-way between the one below and it, and it.
  const int bits = std::bit_width(size - 1);
  const bool half_way = size <= std::size_t{3} << (bits - 2);
  const auto c = static_cast<std::size_t>(2 * (bits - kSmallestBits) - (half_way ? 1 : 0));
  return c < kSizeClasses ? static_cast<SizeClass>(c) : kSizeClasses;
}

BlockShelf::~BlockShelf() {
  for (SizeClass c = 0; c < kSizeClasses; ++c) {
    for (BlockChain chain = take(c); chain.size > 0; chain = take(c)) free_all(chain);
  }
}

BlockChain BlockShelf::take(SizeClass c) {
  MutexLock lock(mutex_);
  BlockChain::Link* const head = chains_[c];
  if (head == nullptr) return {};
  chains_[c] = head->chain;
  bytes_ -= head->size * size_of(c);
  return {head, head->size};
}

void BlockShelf::put(SizeClass c, BlockChain chain) {
  if (chain.size == 0) return;
  const std::size_t bytes = chain.size * size_of(c);
  {
    MutexLock lock(mutex_);
    if (bytes_ + bytes <= most_) {
      bytes_ += bytes;
      chain.head->size = chain.size;
      chain.head->chain = chains_[c];
      chains_[c] = chain.head;
      return;
    }
  }
  free_all(chain);
}

std::size_t BlockShelf::bytes() {
  MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace papy
