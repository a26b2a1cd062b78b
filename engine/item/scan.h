#pragma once

#include <cstddef>
#include <cstdint>

#include "item/bytes.h"

namespace papy {

/// Deepest nesting of arrays and maps that a value may have.
inline constexpr int kMaxDepth = 64;

namespace detail {
const std::uint8_t* end_of_long_value(const std::uint8_t* at, const std::uint8_t* end);
}

/// The end of the msgpack value that begins at `at`, or nullptr when the bytes up to `end` do not
/// begin with a whole valid value. Allocates nothing; counts are checked against the bytes that are
/// left; nesting up to kMaxDepth. Text is not checked for UTF-8: msgpack's str may hold anything,
/// and so may files. Format: https://github.com/msgpack/msgpack/blob/master/spec.md
inline const std::uint8_t* end_of_value(const std::uint8_t* at, const std::uint8_t* end) {
  if (at >= end) return nullptr;
  const std::uint8_t tag = *at;
  if (tag < 0x80 || tag >= 0xe0 || tag == 0xc0 || tag == 0xc2 || tag == 0xc3) return at + 1;
  // The fixed widths from 0xca (float 32) to 0xd3 (int 64), in one table: 4 8 1 2 4 8 1 2 4 8.
  if (tag >= 0xca && tag <= 0xd3) {
    const std::size_t size = std::size_t{1} << ((0x2301230123u >> ((0xd3u - tag) * 4)) & 3u);
    return static_cast<std::size_t>(end - at) > size ? at + 1 + size : nullptr;
  }
  if ((tag & 0xe0) == 0xa0) {
    const std::size_t size = tag & 0x1f;
    return static_cast<std::size_t>(end - at) > size ? at + 1 + size : nullptr;
  }
  return detail::end_of_long_value(at, end);
}

/// True when `bytes` are exactly one valid msgpack value.
inline bool is_one_value(Bytes bytes) {
  const std::uint8_t* end = bytes.data() + bytes.size();
  return end_of_value(bytes.data(), end) == end && !bytes.empty();
}

}  // namespace papy
