#include "item/pack.h"

#include <bit>
#include <cstring>

#include "item/scan.h"

namespace papy {

void Packer::big_endian(std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out_.push_back(static_cast<char>(value >> (8 * i)));
}

void Packer::integer(std::int64_t value) {
  if (value >= 0) return natural(static_cast<std::uint64_t>(value));
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= -32) return out_.push_back(static_cast<char>(value));
  if (value >= INT8_MIN) return out_.push_back('\xd0'), big_endian(bits, 1);
  if (value >= INT16_MIN) return out_.push_back('\xd1'), big_endian(bits, 2);
  if (value >= INT32_MIN) return out_.push_back('\xd2'), big_endian(bits, 4);
  out_.push_back('\xd3'), big_endian(bits, 8);
}

void Packer::natural(std::uint64_t value) {
  if (value < 0x80) return out_.push_back(static_cast<char>(value));
  if (value <= UINT8_MAX) return out_.push_back('\xcc'), big_endian(value, 1);
  if (value <= UINT16_MAX) return out_.push_back('\xcd'), big_endian(value, 2);
  if (value <= UINT32_MAX) return out_.push_back('\xce'), big_endian(value, 4);
  out_.push_back('\xcf'), big_endian(value, 8);
}

void Packer::real(double value) {
  out_.push_back('\xcb');
  big_endian(std::bit_cast<std::uint64_t>(value), 8);
}

void Packer::text(std::string_view value) {
  const std::size_t n = value.size();
  if (n < 32) {
    out_.push_back(static_cast<char>(0xa0 | n));
  } else if (n <= UINT8_MAX) {
    out_.push_back('\xd9'), big_endian(n, 1);
  } else if (n <= UINT16_MAX) {
    out_.push_back('\xda'), big_endian(n, 2);
  } else {
    out_.push_back('\xdb'), big_endian(n, 4);
  }
  out_.append(value);
}

void Packer::binary(Bytes value) {
  const std::size_t n = value.size();
  if (n <= UINT8_MAX) {
    out_.push_back('\xc4'), big_endian(n, 1);
  } else if (n <= UINT16_MAX) {
    out_.push_back('\xc5'), big_endian(n, 2);
  } else {
    out_.push_back('\xc6'), big_endian(n, 4);
  }
  raw(value);
}

void Packer::array(std::size_t n) {
  if (n < 16) return out_.push_back(static_cast<char>(0x90 | n));
  if (n <= UINT16_MAX) return out_.push_back('\xdc'), big_endian(n, 2);
  out_.push_back('\xdd'), big_endian(n, 4);
}

void Packer::map(std::size_t n) {
  if (n < 16) return out_.push_back(static_cast<char>(0x80 | n));
  if (n <= UINT16_MAX) return out_.push_back('\xde'), big_endian(n, 2);
  out_.push_back('\xdf'), big_endian(n, 4);
}

void Packer::raw(Bytes value) { out_.append(text_of(value)); }

std::uint64_t Unpacker::big_endian(int at, int bytes) const {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | at_[at + i];
  return value;
}

bool Unpacker::nil() {
  if (done() || *at_ != 0xc0) return false;
  ++at_;
  return true;
}

std::optional<bool> Unpacker::boolean() {
  if (done() || (*at_ != 0xc2 && *at_ != 0xc3)) return std::nullopt;
  return *at_++ == 0xc3;
}

std::optional<std::int64_t> Unpacker::integer() {
  if (done()) return std::nullopt;
  const std::uint8_t tag = *at_;
  if (tag >= 0xe0) return static_cast<std::int8_t>(*at_++);
  if (tag >= 0xd0 && tag <= 0xd3) {
    const int width = 1 << (tag - 0xd0);
    if (!has(1 + static_cast<std::size_t>(width))) return std::nullopt;
    const std::uint64_t raw = big_endian(1, width);
    at_ += 1 + width;
    const int shift = 64 - 8 * width;
    return static_cast<std::int64_t>(raw << shift) >> shift;
  }
  const std::uint8_t* const before = at_;
  const auto value = natural();
  if (value && *value > static_cast<std::uint64_t>(INT64_MAX)) {
    at_ = before;
    return std::nullopt;
  }
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::optional<std::uint64_t> Unpacker::natural() {
  if (done()) return std::nullopt;
  const std::uint8_t tag = *at_;
  if (tag < 0x80) return *at_++;
  if (tag >= 0xcc && tag <= 0xcf) {
    const int width = 1 << (tag - 0xcc);
    if (!has(1 + static_cast<std::size_t>(width))) return std::nullopt;
    const std::uint64_t value = big_endian(1, width);
    at_ += 1 + width;
    return value;
  }
  if (tag >= 0xd0 && tag <= 0xd3) {
    const std::uint8_t* const before = at_;
    const auto value = integer();
    if (value && *value >= 0) return static_cast<std::uint64_t>(*value);
    at_ = before;
  }
  return std::nullopt;
}

std::optional<double> Unpacker::real() {
  if (done()) return std::nullopt;
  if (*at_ == 0xca && has(5)) {
    const auto bits = static_cast<std::uint32_t>(big_endian(1, 4));
    at_ += 5;
    return std::bit_cast<float>(bits);
  }
  if (*at_ == 0xcb && has(9)) {
    const std::uint64_t bits = big_endian(1, 8);
    at_ += 9;
    return std::bit_cast<double>(bits);
  }
  if (const auto value = integer()) return static_cast<double>(*value);
  if (const auto value = natural()) return static_cast<double>(*value);
  return std::nullopt;
}

std::optional<Bytes> Unpacker::counted(int width) {
  const std::size_t head = 1 + static_cast<std::size_t>(width);
  if (!has(head)) return std::nullopt;
  const std::uint64_t n = width == 0 ? *at_ & 0x1fu : big_endian(1, width);
  if (!has(head + n)) return std::nullopt;
  const Bytes bytes{at_ + head, static_cast<std::size_t>(n)};
  at_ += head + n;
  return bytes;
}

std::optional<std::string_view> Unpacker::text() {
  if (done()) return std::nullopt;
  const std::uint8_t tag = *at_;
  std::optional<Bytes> bytes;
  if ((tag & 0xe0) == 0xa0) bytes = counted(0);
  if (tag >= 0xd9 && tag <= 0xdb) bytes = counted(1 << (tag - 0xd9));
  return bytes ? std::optional(text_of(*bytes)) : std::nullopt;
}

std::optional<Bytes> Unpacker::binary() {
  if (done() || *at_ < 0xc4 || *at_ > 0xc6) return std::nullopt;
  return counted(1 << (*at_ - 0xc4));
}

std::optional<std::uint32_t> Unpacker::array() {
  if (done()) return std::nullopt;
  if ((*at_ & 0xf0) == 0x90) return *at_++ & 0x0fu;
  if (*at_ != 0xdc && *at_ != 0xdd) return std::nullopt;
  const int width = *at_ == 0xdc ? 2 : 4;
  if (!has(1 + static_cast<std::size_t>(width))) return std::nullopt;
  const auto n = static_cast<std::uint32_t>(big_endian(1, width));
  at_ += 1 + width;
  return n;
}

std::optional<std::uint32_t> Unpacker::map() {
  if (done()) return std::nullopt;
  if ((*at_ & 0xf0) == 0x80) return *at_++ & 0x0fu;
  if (*at_ != 0xde && *at_ != 0xdf) return std::nullopt;
  const int width = *at_ == 0xde ? 2 : 4;
  if (!has(1 + static_cast<std::size_t>(width))) return std::nullopt;
  const auto n = static_cast<std::uint32_t>(big_endian(1, width));
  at_ += 1 + width;
  return n;
}

Bytes Unpacker::any() {
  const std::uint8_t* const begin = at_;
  const std::uint8_t* const end = end_of_value(at_, end_);
  at_ = end == nullptr ? end_ : end;
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

}  // namespace papy
