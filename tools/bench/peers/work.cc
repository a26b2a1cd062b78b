// Work of a known length without any engine: so many rounds of bench::spin in all, shared among so
// many threads.
//
//     bench_work ROUNDS THREADS
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

#include "../plugin/spin.h"

int main(int argc, char** argv) {
  constexpr std::uint64_t kPiece = 100'000;  // what a thread takes at once: some 100 us
  if (argc != 3) {
    std::cerr << "usage: bench_work ROUNDS THREADS\n";
    return 2;
  }
  std::atomic<std::uint64_t> pieces{std::strtoull(argv[1], nullptr, 10) / kPiece};
  std::atomic<std::uint64_t> sum{0};
  std::vector<std::thread> threads;
  for (unsigned long t = std::strtoul(argv[2], nullptr, 10); t > 0; --t) {
    threads.emplace_back([&] {
      std::uint64_t mine = 0;
      for (std::uint64_t left = pieces; left > 0; left = pieces) {
        if (pieces.compare_exchange_weak(left, left - 1)) mine += bench::spin(kPiece, left);
      }
      sum += mine;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return sum == 1 ? 1 : 0;  // which no compiler knows that it never is
}
