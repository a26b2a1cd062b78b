#include "item/block_cache.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace papy {
namespace {

TEST_CASE("a size class is the smallest that holds a size") {
  CHECK(size_class(0) == 0);
  CHECK(size_of(0) == 128);
  for (SizeClass c = 0; c + 1 < kSizeClasses; ++c) {
    INFO("class " << c);
    CHECK(size_class(size_of(c)) == c);
    CHECK(size_class(size_of(c) + 1) == c + 1);
    CHECK(size_of(c + 1) * 2 <= size_of(c) * 3);  // at most half as large again
  }
  CHECK(size_class(size_of(kSizeClasses - 1) + 1) == kSizeClasses);
}

TEST_CASE("a block that was given back is taken again, the last one first") {
  BlockShelf shelf;
  BlockCache cache(shelf);
  void* const a = cache.take(1000);
  void* const b = cache.take(1000);
  CHECK(a != b);
  cache.give_back(a, 1000);
  cache.give_back(b, 800);  // of the same class
  CHECK(cache.take(1024) == b);
  CHECK(cache.take(1024) == a);
  cache.give_back(a, 1000);
  cache.give_back(b, 1000);
}

TEST_CASE("blocks of another class are other blocks") {
  BlockShelf shelf;
  BlockCache cache(shelf);
  void* const small = cache.take(100);
  cache.give_back(small, 100);
  void* const large = cache.take(300);
  CHECK(large != small);
  cache.give_back(large, 300);
}

TEST_CASE("what one cache gives back another takes, in chains") {
  BlockShelf shelf;
  BlockCache writer(shelf), reader(shelf);
  std::set<void*> blocks;
  for (int i = 0; i < 200; ++i) blocks.insert(writer.take(200));
  REQUIRE(blocks.size() == 200);
  for (void* block : blocks) reader.give_back(block, 200);
  CHECK(shelf.bytes() == (200 - 200 % 32 - 32) * std::size_t{256});  // two chains may stay
  std::set<void*> again;
  while (shelf.bytes() > 0) again.insert(writer.take(200));
  for (void* block : again) {
    CHECK(blocks.count(block) == 1);
    writer.give_back(block, 200);
  }
}

TEST_CASE("what a thread kept goes to the others with its end") {
  BlockShelf shelf;
  void* block = nullptr;
  {
    BlockCache cache(shelf);
    block = cache.take(5000);
    cache.give_back(block, 5000);
    CHECK(shelf.bytes() == 0);
  }
  CHECK(shelf.bytes() == 6144);
  BlockCache other(shelf);
  CHECK(other.take(5000) == block);
  other.give_back(block, 5000);
}

TEST_CASE("large blocks are nobody's own, and a shelf keeps no more than it may") {
  BlockShelf shelf(3 << 20);
  BlockCache cache(shelf);
  std::vector<void*> blocks;
  for (int i = 0; i < 5; ++i) blocks.push_back(cache.take(1 << 20));
  for (void* block : blocks) cache.give_back(block, 1 << 20);
  CHECK(shelf.bytes() == 3 << 20);
}

TEST_CASE("memory beyond the largest class is taken and given back, but not kept") {
  BlockShelf shelf;
  BlockCache cache(shelf);
  const std::size_t size = size_of(kSizeClasses - 1) + 1;
  auto* const block = static_cast<char*>(cache.take(size));
  block[size - 1] = 'x';
  cache.give_back(block, size);
  CHECK(shelf.bytes() == 0);
}

TEST_CASE("threads that pass blocks on to each other never hold the same one") {
  struct Held {
    std::uint64_t* block;
    std::size_t words;
    std::uint64_t mark;
  };
  constexpr int kThreads = 4;
  constexpr int kRounds = 20'000;
  BlockShelf shelf;
  Mutex mutex;
  std::deque<Held> passed;
  std::atomic<int> damaged{0};
  const auto check_and_drop = [&damaged](BlockCache& cache, const Held& held) {
    for (std::size_t i = 0; i < held.words; ++i) damaged += held.block[i] != held.mark;
    cache.give_back(held.block, held.words * 8);
  };
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    BlockCache cache(shelf);
    for (int i = 0; i < kRounds; ++i) {
      const std::size_t words = 1 + random() % (i % 100 == 0 ? 20'000 : 200);
      auto* const block = static_cast<std::uint64_t*>(cache.take(words * 8));
      const Held mine{block, words, random()};
      std::fill(block, block + words, mine.mark);
      Held other{};
      {
        MutexLock lock(mutex);
        passed.push_back(mine);
        if (passed.size() > 30) {
          other = passed.front();
          passed.pop_front();
        }
      }
      if (other.block != nullptr) check_and_drop(cache, other);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
  BlockCache cache(shelf);
  for (const Held& held : passed) check_and_drop(cache, held);
  CHECK(damaged == 0);
}

TEST_CASE("blocks of the process may be given back when the thread's cache is gone") {
  struct Late {
    void* block = nullptr;
    ~Late() { give_back_block(block, 700); }
  };
  std::thread([] {
    thread_local Late late;  // made before the cache, so it ends after it
    late.block = take_block(700);
    std::memset(late.block, 1, block_room(700));
  }).join();
  void* const block = take_block(700);
  std::memset(block, 2, block_room(700));
  give_back_block(block, 700);
}

}  // namespace
}  // namespace papy
