#include "files/msgpack_scan.h"

#include <array>

namespace papy::files {
namespace {

constexpr int kDeepest = 64;

/// The first byte of a value and what it says: bytes of head, of a counted length within it, and of
/// plain contents.
struct Head {
  std::uint8_t length_bytes = 0;  // of a count behind the tag
  std::uint8_t fixed = 0;         // bytes behind tag and count
  std::uint8_t values_each = 0;   // the count counts values, so many for each; 0: it counts bytes
  std::uint64_t count = 0;        // the count, when the tag holds it
  bool valid = true;
};

Head head_of(std::uint8_t tag) {
  if (tag < 0x80 || tag >= 0xe0) return {};
  if (tag < 0x90) return {.values_each = 2, .count = tag & 0x0fu};
  if (tag < 0xa0) return {.values_each = 1, .count = tag & 0x0fu};
  if (tag < 0xc0) return {.count = tag & 0x1fu};
  switch (tag) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return {};
    case 0xc1:
      return {.valid = false};
    case 0xc4:
    case 0xd9:
      return {.length_bytes = 1};
    case 0xc5:
    case 0xda:
      return {.length_bytes = 2};
    case 0xc6:
    case 0xdb:
      return {.length_bytes = 4};
    case 0xc7:
      return {.length_bytes = 1, .fixed = 1};
    case 0xc8:
      return {.length_bytes = 2, .fixed = 1};
    case 0xc9:
      return {.length_bytes = 4, .fixed = 1};
    case 0xca:
    case 0xce:
    case 0xd2:
      return {.fixed = 4};
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return {.fixed = 8};
    case 0xcc:
    case 0xd0:
      return {.fixed = 1};
    case 0xcd:
    case 0xd1:
      return {.fixed = 2};
    case 0xdc:
      return {.length_bytes = 2, .values_each = 1};
    case 0xdd:
      return {.length_bytes = 4, .values_each = 1};
    case 0xde:
      return {.length_bytes = 2, .values_each = 2};
    case 0xdf:
      return {.length_bytes = 4, .values_each = 2};
    default:
      return {.fixed = static_cast<std::uint8_t>(1 + (1u << (tag - 0xd4)))};
  }
}

}  // namespace

Scan scan_msgpack(std::string_view data) {
  std::array<std::uint64_t, kDeepest + 1> left{1};  // values to come on each level
  int depth = 0;
  std::uint64_t at = 0;
  while (true) {
    while (left[static_cast<std::size_t>(depth)] == 0) {
      if (depth == 0) return {Scan::Is::whole, static_cast<std::size_t>(at)};
      --depth;
    }
    --left[static_cast<std::size_t>(depth)];
    if (at >= data.size()) return {Scan::Is::cut_off};
    Head head = head_of(static_cast<std::uint8_t>(data[at]));
    if (!head.valid) return {Scan::Is::none};
    ++at;
    if (data.size() - at < head.length_bytes) return {Scan::Is::cut_off};
    for (int i = 0; i < head.length_bytes; ++i) {
      head.count = head.count << 8 | static_cast<std::uint8_t>(data[at++]);
    }
    at += head.fixed + (head.values_each == 0 ? head.count : 0);
    if (at > data.size()) return {Scan::Is::cut_off};
    if (head.values_each == 0) continue;
    if (++depth > kDeepest) return {Scan::Is::none};
    left[static_cast<std::size_t>(depth)] = head.count * head.values_each;
  }
}

}  // namespace papy::files
