#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "item/bytes.h"

namespace papy {

/// Appends msgpack to a text. Integers take their shortest form, floats stay float 64.
class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}

  void nil() { out_.push_back('\xc0'); }
  void boolean(bool value) { out_.push_back(value ? '\xc3' : '\xc2'); }
  void integer(std::int64_t value);
  void natural(std::uint64_t value);
  void real(double value);
  void text(std::string_view value);
  void binary(Bytes value);
  void array(std::size_t n);  ///< the n values follow
  void map(std::size_t n);    ///< n keys and values follow, in turn
  void raw(Bytes value);      ///< one value that is msgpack already
  void raw(std::string_view value) { out_.append(value); }

 private:
  void big_endian(std::uint64_t value, int bytes);
  std::string& out_;
};

/// Reads msgpack from bytes that were scanned before (item/scan.h): one call a value, in order.
class Unpacker {
 public:
  explicit Unpacker(Bytes bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool done() const { return at_ >= end_; }
  /// Each reads the next value when it is of that type, else reads nothing.
  bool nil();
  std::optional<bool> boolean();
  std::optional<std::int64_t> integer();   ///< any integer that fits
  std::optional<std::uint64_t> natural();  ///< any integer from 0
  std::optional<double> real();            ///< float 32 or 64, or an integer
  std::optional<std::string_view> text();
  std::optional<Bytes> binary();
  std::optional<std::uint32_t> array();
  std::optional<std::uint32_t> map();
  /// The next value, whatever it is. Requires: !done().
  Bytes any();

 private:
  std::uint64_t big_endian(int at, int bytes) const;
  bool has(std::size_t bytes) const { return static_cast<std::size_t>(end_ - at_) >= bytes; }
  std::optional<Bytes> counted(int width);

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace papy
