#include "item/frame.h"

#include <cstring>

namespace papy {

std::optional<FrameHeader> read_header(Bytes frame) {
  FrameHeader header;
  if (frame.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, frame.data(), sizeof header);
  if (header.magic != FrameHeader::kMagic || (header.flags & ~FrameHeader::kHasKinds) != 0 ||
      header.payload > frame.size() || header.frame_size() != frame.size())
    return std::nullopt;
  return header;
}

void write_header(const FrameHeader& header, std::uint8_t* frame) {
  std::memcpy(frame, &header, sizeof header);
  std::memset(frame + header.payload_end(), 0, header.offsets_at() - header.payload_end());
}

}  // namespace papy
