#pragma once

#include <cstdint>
#include <papy/plugin.hpp>
#include <tuple>

namespace papy::core {

/// Wide enough for any msgpack integer, and for sums of 2^64 of them.
__extension__ using Wide = __int128;

/// Of any size that 64 bits have. Throws papy::bad_value when the value is no integer.
Wide integer_of(any value);

/// A sum of numbers. Of integers it is an integer, exact up to 64 bits; with the first float it
/// becomes one. Floats are added in the order of the stream.
class Total {
 public:
  /// Throws papy::bad_value when the value is no number.
  void add(any value);
  std::uint64_t n() const { return n_; }
  double real() const { return static_cast<double>(whole_) + real_; }
  /// Throws papy::fail when a sum of integers does not fit into 64 bits.
  void write(writer& to) const;
  /// Nil of none.
  void write_mean(writer& to) const;

  using Saved = std::tuple<std::int64_t, std::uint64_t, double, bool, std::uint64_t>;
  Saved save() const;
  void load(const Saved& from);

 private:
  Wide whole_ = 0;
  double real_ = 0;
  bool any_real_ = false;
  std::uint64_t n_ = 0;
};

}  // namespace papy::core
