#pragma once

#include <cstdint>

namespace bench {

/// Work of a known length that touches no memory and asks no clock: each round waits for the one
/// before. Returns something of all rounds, which the caller must use.
inline std::uint64_t spin(std::uint64_t rounds, std::uint64_t seed) {
  std::uint64_t x = seed | 1;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    x *= 0x9E3779B97F4A7C15u;
    asm volatile("" : "+r"(x));  // Kept, one multiplication a round.
  }
  return x;
}

}  // namespace bench
