#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "item/bytes.h"

namespace papy {

/// Items as they travel and as they lie in memory:
///
///     u32 magic  u32 n  u32 flags (1: has kinds)  u32 reserved  u64 payload bytes
///     payload    padding to 4    u32 off[n + 1]   u8 kind[n], only if some item is not a value
///
/// all little-endian. Item i is payload[off[i] .. off[i+1]).
struct FrameHeader {
  static constexpr std::uint32_t kMagic = 0x31426170;  // "paB1"
  static constexpr std::uint32_t kHasKinds = 1;

  std::uint32_t magic = kMagic;
  std::uint32_t n = 0;
  std::uint32_t flags = 0;
  std::uint32_t reserved = 0;
  std::uint64_t payload = 0;

  bool has_kinds() const { return (flags & kHasKinds) != 0; }
  /// Distances from the beginning of the frame.
  std::size_t payload_end() const { return sizeof(FrameHeader) + payload; }
  std::size_t offsets_at() const { return (payload_end() + 3) & ~std::size_t{3}; }
  std::size_t kinds_at() const { return offsets_at() + 4 * (std::size_t{n} + 1); }
  std::size_t frame_size() const { return kinds_at() + (has_kinds() ? n : 0); }
};

/// The header of a frame, if it is a header and says how long this frame is. What lies behind it
/// was not looked at.
std::optional<FrameHeader> read_header(Bytes frame);
/// Writes what lies in front of the payload, and the padding behind it.
void write_header(const FrameHeader& header, std::uint8_t* frame);

}  // namespace papy
