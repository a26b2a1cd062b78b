#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace papy::sketch {

/// How many different values a stream has, within about 0.8 %, in 16 KiB at most.
///
///     Distinct users;
///     for (std::uint64_t hash : stream) users.add(hash);
///     users.count();
///
/// Up to kExact different values are counted exactly. Beyond that it is a HyperLogLog of 2^14
/// registers (Flajolet, Fusy, Gandouet, Meunier: HyperLogLog, 2007) with the estimator of Ertl (New
/// Cardinality Estimation Algorithms for HyperLogLog Sketches, 2017), which needs no corrections.
class Distinct {
 public:
  static constexpr std::size_t kExact = 1024;

  /// `hash` is of 64 good bits.
  void add(std::uint64_t hash);
  std::uint64_t count() const;

  /// As bytes, for a sketch that goes on elsewhere.
  std::string save() const;
  void load(std::string_view saved);

 private:
  static constexpr int kBits = 14;
  static constexpr std::size_t kRegisters = std::size_t{1} << kBits;

  void enter(std::uint64_t hash);
  void become_inexact();

  std::vector<std::uint64_t> hashes_;    // in order; as long as it counts exactly
  std::vector<std::uint8_t> registers_;  // empty as long as it counts exactly
};

}  // namespace papy::sketch
