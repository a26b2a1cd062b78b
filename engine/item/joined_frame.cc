#include "item/joined_frame.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace papy {
namespace {

bool has_kinds(const Slice& slice) {
  const std::uint8_t* const kinds = slice.batch ? slice.batch.kinds() : nullptr;
  return kinds != nullptr && std::any_of(kinds + slice.from, kinds + slice.to,
                                         [](std::uint8_t kind) { return kind != 0; });
}

std::uint8_t* put(std::uint8_t* to, const void* from, std::size_t size) {
  std::memcpy(to, from, size);
  return to + size;
}

}  // namespace

JoinedFrame::JoinedFrame(std::span<const Slice> slices) : slices_(slices) {
  std::uint64_t n = 0;
  for (const Slice& slice : slices) {
    if (slice.size() == 0) continue;
    const std::uint32_t* const off = slice.batch.offsets();
    header_.payload += off[slice.to] - off[slice.from];
    n += slice.size();
    if (has_kinds(slice)) header_.flags = FrameHeader::kHasKinds;
  }
  header_.n = static_cast<std::uint32_t>(n);
  fits_ = header_.payload <= UINT32_MAX && n < UINT32_MAX;
}

void JoinedFrame::write(std::uint8_t* to) const {
  PAPY_CHECK(fits_, "a frame is larger than 4 GiB");
  write_header(header_, to);
  std::uint8_t* payload = to + sizeof header_;
  std::uint8_t* offsets = to + header_.offsets_at();
  std::uint8_t* kinds = to + header_.kinds_at();
  std::uint32_t end = 0;
  offsets = put(offsets, &end, sizeof end);
  for (const Slice& slice : slices_) {
    if (slice.size() == 0) continue;
    const std::uint32_t* const off = slice.batch.offsets();
    const std::uint32_t shift = end - off[slice.from];  // modulo 2^32
    payload =
        put(payload, slice.batch.payload() + off[slice.from], off[slice.to] - off[slice.from]);
    for (std::uint32_t i = slice.from + 1; i <= slice.to; ++i) {
      end = off[i] + shift;
      offsets = put(offsets, &end, sizeof end);
    }
    if (!header_.has_kinds()) continue;
    if (slice.batch.kinds() != nullptr) {
      std::memcpy(kinds, slice.batch.kinds() + slice.from, slice.size());
    } else {
      std::memset(kinds, 0, slice.size());
    }
    kinds += slice.size();
  }
}

void JoinedFrame::append_to(std::string* out) const {
  const std::size_t at = out->size();
  out->resize(at + size());
  write(reinterpret_cast<std::uint8_t*>(out->data()) + at);
}

}  // namespace papy
