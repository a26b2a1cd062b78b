#include "sketch/distinct.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace papy::sketch {
namespace {

/// Sums of the series that Ertl calls sigma and tau (section 3 of the paper).
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; before != z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; before != z;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

void Distinct::add(std::uint64_t hash) {
  if (!registers_.empty()) return enter(hash);
  const auto at = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (at != hashes_.end() && *at == hash) return;
  hashes_.insert(at, hash);
  if (hashes_.size() > kExact) become_inexact();
}

void Distinct::become_inexact() {
  registers_.assign(kRegisters, 0);
  for (const std::uint64_t hash : hashes_) enter(hash);
  hashes_ = {};
}

/// A register holds the greatest number of leading zeros, plus 1, behind the bits of its number.
void Distinct::enter(std::uint64_t hash) {
  std::uint8_t& here = registers_[hash >> (64 - kBits)];
  const std::uint64_t rest = hash << kBits | std::uint64_t{1} << (kBits - 1);
  here = std::max(here, static_cast<std::uint8_t>(std::countl_zero(rest) + 1));
}

std::uint64_t Distinct::count() const {
  if (registers_.empty()) return hashes_.size();
  constexpr int kHighest = 64 - kBits;
  std::array<double, kHighest + 2> registers_with{};  // by what they hold
  for (const std::uint8_t value : registers_) ++registers_with[value];
  constexpr auto m = static_cast<double>(kRegisters);
  double z = m * tau(1 - registers_with[kHighest + 1] / m);
  for (int k = kHighest; k >= 1; --k) z = 0.5 * (z + registers_with[static_cast<std::size_t>(k)]);
  z += m * sigma(registers_with[0] / m);
  return static_cast<std::uint64_t>(std::llround(m * m / (2 * std::log(2.0)) / z));
}

std::string Distinct::save() const {
  if (!registers_.empty()) return {registers_.begin(), registers_.end()};
  return {reinterpret_cast<const char*>(hashes_.data()), hashes_.size() * sizeof(std::uint64_t)};
}

void Distinct::load(std::string_view saved) {
  *this = {};
  if (saved.size() == kRegisters) {
    registers_.assign(saved.begin(), saved.end());
    return;
  }
  hashes_.resize(saved.size() / sizeof(std::uint64_t));
  if (!hashes_.empty())
    std::memcpy(hashes_.data(), saved.data(), hashes_.size() * sizeof(std::uint64_t));
}

}  // namespace papy::sketch
