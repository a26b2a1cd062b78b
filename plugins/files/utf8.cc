#include "files/utf8.h"

#include <cstring>

namespace papy::files {
namespace {

bool has_high_bit(const char* eight) {
  std::uint64_t bits;
  std::memcpy(&bits, eight, sizeof bits);
  return (bits & 0x8080808080808080u) != 0;
}

/// Bytes of the sequence that begins with a byte of 0x80 or more, or 0 when it is none.
std::size_t sequence_size(const unsigned char* at, std::size_t left) {
  // Table 3-7 of the Unicode Standard: the second byte's range depends on the first.
  const unsigned char first = at[0];
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  std::size_t size = 0;
  if (first >= 0xc2 && first <= 0xdf) size = 2;
  if (first >= 0xe0 && first <= 0xef) size = 3;
  if (first >= 0xf0 && first <= 0xf4) size = 4;
  if (first == 0xe0) low = 0xa0;
  if (first == 0xed) high = 0x9f;
  if (first == 0xf0) low = 0x90;
  if (first == 0xf4) high = 0x8f;
  if (size == 0 || left < size || at[1] < low || at[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((at[i] & 0xc0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

std::size_t first_not_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8 && !has_high_bit(text.data() + i)) {
      i += 8;
      continue;
    }
    const auto* at = reinterpret_cast<const unsigned char*>(text.data()) + i;
    const std::size_t size = *at < 0x80 ? 1 : sequence_size(at, text.size() - i);
    if (size == 0) return i;
    i += size;
  }
  return i;
}

void put_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace papy::files
