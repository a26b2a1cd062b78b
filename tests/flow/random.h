#pragma once

#include <cstdint>

namespace papy::sim {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): the
/// same numbers for the same seed on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// 0 .. n - 1. Requires: n > 0.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  /// low .. high, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool percent(std::uint64_t p) { return below(100) < p; }

 private:
  std::uint64_t state_;
};

/// A number that depends on both, and looks random.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return Random(a * 0x9e3779b97f4a7c15u ^ (b + 0x632be59bd9b4e019u)).next();
}

}  // namespace papy::sim
