#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <papy/cpp/codec.hpp>
#include <papy/cpp/fields.hpp>
#include <vector>

#include "fastx/record.h"

namespace papy::fastx {

/// Figures of many reads, kept as integers so that they are exact whatever the number of reads.
struct Statistics {
  static constexpr std::size_t kGcBins = 20;  // of 5 per cent; the last has 100 per cent too

  /// Throws papy::fail when a quality is below 0 or there is not one for each base.
  static void check(const mate& read, int offset);
  /// Requires: check() passed.
  void add(const mate& read, int offset);
  /// Writes so many keys and their values, for the caller's map.
  static constexpr std::size_t kKeys = 7;
  void write(writer& to) const;

  std::uint64_t bases = 0;
  std::uint64_t gc_bases = 0;
  std::uint64_t known_bases = 0;
  std::uint64_t quality_sum = 0;
  std::uint64_t quality_bases = 0;         // bases with a quality
  std::vector<std::uint64_t> cycle_sums;   // of quality, by place in the read
  std::vector<std::uint64_t> cycle_reads;  // with a quality at that place
  std::map<std::uint64_t, std::uint64_t> lengths;
  std::array<std::uint64_t, kGcBins> gc_bins{};
};
PAPY_FIELDS(Statistics, bases, gc_bases, known_bases, quality_sum, quality_bases, cycle_sums,
            cycle_reads, lengths, gc_bins)

}  // namespace papy::fastx
