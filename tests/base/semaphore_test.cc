#include "base/semaphore.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace papy {
namespace {

using Clock = std::chrono::steady_clock;

TEST_CASE("as many releases as sleepers wake them all, however close they come") {
  constexpr int kSleepers = 4;
  constexpr int kRounds = 20'000;
  Semaphore wakes, back;
  std::vector<std::thread> threads;
  for (int t = 0; t < kSleepers; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        wakes.acquire();
        back.release();
      }
    });
  }
  // A sleeper may take another's release, and then its own round is the other's: the sum is what
  // counts.
  for (int round = 0; round < kRounds; ++round) {
    for (int t = 0; t < kSleepers; ++t) wakes.release();
    for (int t = 0; t < kSleepers; ++t)
      REQUIRE(back.try_acquire_until(Clock::now() + std::chrono::seconds(60)));
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("what was released before is acquired at once, and only once") {
  Semaphore semaphore;
  semaphore.release();
  CHECK(semaphore.try_acquire_until(Clock::now()));
  CHECK_FALSE(semaphore.try_acquire_until(Clock::now()));
}

}  // namespace
}  // namespace papy
