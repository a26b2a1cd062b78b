#include "item/scan.h"

namespace papy::detail {
namespace {

std::uint64_t big_endian(const std::uint8_t* at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

/// The head of one value: where the bytes behind it begin, how many of them belong to it, and how
/// many values follow inside it. `next` is nullptr when the head is cut off or unknown.
struct Head {
  const std::uint8_t* next = nullptr;
  std::uint64_t payload = 0;
  std::uint64_t children = 0;
};

Head head_of(const std::uint8_t* at, const std::uint8_t* end) {
  const std::uint8_t tag = *at++;
  const auto left = static_cast<std::uint64_t>(end - at);
  const auto fixed = [&](std::uint64_t n) { return Head{at, n, 0}; };
  const auto counted = [&](int width, std::uint64_t extra) {
    if (left < static_cast<std::uint64_t>(width)) return Head{};
    return Head{at + width, big_endian(at, width) + extra, 0};
  };
  const auto holding = [&](int width, int per) {
    if (left < static_cast<std::uint64_t>(width)) return Head{};
    return Head{at + width, 0, big_endian(at, width) * static_cast<std::uint64_t>(per)};
  };
  if (tag < 0x80 || tag >= 0xe0) return fixed(0);
  if (tag <= 0x8f) return Head{at, 0, 2u * (tag & 0x0fu)};
  if (tag <= 0x9f) return Head{at, 0, tag & 0x0fu};
  if (tag <= 0xbf) return fixed(tag & 0x1fu);
  switch (tag) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return fixed(0);
    case 0xc4:
    case 0xd9:
      return counted(1, 0);
    case 0xc5:
    case 0xda:
      return counted(2, 0);
    case 0xc6:
    case 0xdb:
      return counted(4, 0);
    case 0xc7:
      return counted(1, 1);
    case 0xc8:
      return counted(2, 1);
    case 0xc9:
      return counted(4, 1);
    case 0xcc:
    case 0xd0:
      return fixed(1);
    case 0xcd:
    case 0xd1:
      return fixed(2);
    case 0xca:
    case 0xce:
    case 0xd2:
      return fixed(4);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return fixed(8);
    case 0xd4:
      return fixed(2);
    case 0xd5:
      return fixed(3);
    case 0xd6:
      return fixed(5);
    case 0xd7:
      return fixed(9);
    case 0xd8:
      return fixed(17);
    case 0xdc:
      return holding(2, 1);
    case 0xdd:
      return holding(4, 1);
    case 0xde:
      return holding(2, 2);
    case 0xdf:
      return holding(4, 2);
    default:
      return Head{};  // 0xc1 is never used
  }
}

}  // namespace

const std::uint8_t* end_of_long_value(const std::uint8_t* at, const std::uint8_t* end) {
  std::uint64_t left[kMaxDepth + 1];  // values still to come on each level
  int depth = 0;
  left[0] = 1;
  while (true) {
    while (left[depth] == 0) {
      if (depth == 0) return at;
      --depth;
    }
    --left[depth];
    if (at >= end) return nullptr;
    const Head head = head_of(at, end);
    if (head.next == nullptr) return nullptr;
    const auto rest = static_cast<std::uint64_t>(end - head.next);
    if (head.payload > rest || head.children > rest) return nullptr;
    at = head.next + head.payload;
    if (head.children > 0) {
      if (depth == kMaxDepth) return nullptr;
      left[++depth] = head.children;
    }
  }
}

}  // namespace papy::detail
