#include "fastx/bases.h"

#include <array>
#include <papy/cpp/error.hpp>

namespace papy::fastx {
namespace {

enum Base : std::uint8_t { kOther = 0, kWeak = 1, kStrong = 2 };

constexpr std::array<std::uint8_t, 256> kBases = [] {
  std::array<std::uint8_t, 256> table{};
  for (const char c : std::string_view("ATUatu")) table[static_cast<unsigned char>(c)] = kWeak;
  for (const char c : std::string_view("CGcg")) table[static_cast<unsigned char>(c)] = kStrong;
  return table;
}();

constexpr std::array<char, 256> kComplements = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<char>(i);
  constexpr std::string_view from = "ACGTURYSWKMBDHVNacgturyswkmbdhvn";
  constexpr std::string_view to = "TGCAAYRSWMKVHDBNtgcaayrswmkvhdbn";
  for (std::size_t i = 0; i < from.size(); ++i) table[static_cast<unsigned char>(from[i])] = to[i];
  return table;
}();

}  // namespace

GcCount count_gc(std::string_view sequence) {
  std::array<std::uint64_t, 3> n{};
  for (const char c : sequence) ++n[kBases[static_cast<unsigned char>(c)]];
  return {n[kStrong], n[kStrong] + n[kWeak]};
}

std::uint64_t quality_sum(std::string_view quality, int offset) {
  std::uint64_t sum = 0;
  bool below = false;
  for (const char c : quality) {
    below |= c < offset;
    sum += static_cast<std::uint64_t>(c - offset);
  }
  if (below) throw fail("a quality is below 0: is its offset " + std::to_string(offset) + "?");
  return sum;
}

std::string reverse_complement(std::string_view sequence) {
  std::string other(sequence.rbegin(), sequence.rend());
  for (char& c : other) c = kComplements[static_cast<unsigned char>(c)];
  return other;
}

Cut quality_cut(std::string_view quality, Thresholds thresholds, int offset) {
  std::size_t from = 0;
  std::size_t to = quality.size();
  std::int64_t sum = 0;
  std::int64_t greatest = 0;
  for (std::size_t i = 0; i < quality.size() && thresholds.front > 0; ++i) {
    sum += thresholds.front - (quality[i] - offset);
    if (sum < 0) break;
    if (sum > greatest) {
      greatest = sum;
      from = i + 1;
    }
  }
  sum = greatest = 0;
  for (std::size_t i = quality.size(); i > 0 && thresholds.back > 0; --i) {
    sum += thresholds.back - (quality[i - 1] - offset);
    if (sum < 0) break;
    if (sum > greatest) {
      greatest = sum;
      to = i - 1;
    }
  }
  return from < to ? Cut{from, to - from} : Cut{0, 0};
}

}  // namespace papy::fastx
