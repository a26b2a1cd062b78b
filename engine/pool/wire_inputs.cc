#include "pool/wire_inputs.h"

#include "item/joined_frame.h"

namespace papy {
namespace {

/// What it costs to look at an item of a frame in vain, in bytes that are copied meanwhile.
constexpr std::size_t kLook = 64;

}  // namespace

std::vector<WireItems> WireInputs::items(std::span<const Slice> slices) {
  std::vector<WireItems> all;
  std::size_t begin = 0;  // of the slices that are not in `all`
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const auto shared = in_place(slices[i]);
    if (!shared) continue;
    if (begin < i) all.push_back(joined(slices.subspan(begin, i - begin)));
    all.push_back(*shared);
    begin = i + 1;
  }
  if (begin < slices.size()) all.push_back(joined(slices.subspan(begin)));
  return all;
}

/// The slice where it lies, if that is in an arena, and if it is large enough that the process may
/// look at the whole frame for it.
std::optional<WireItems> WireInputs::in_place(const Slice& slice) const {
  if (arenas_ == nullptr) return std::nullopt;
  const std::size_t size = bytes_of(slice);
  if (size < kLarge || (slice.batch.size() - slice.size()) * kLook > size) return std::nullopt;
  const auto shared = arenas_->find(slice.batch);
  if (!shared) return std::nullopt;
  return WireItems{*shared, slice.from, slice.to};
}

WireItems WireInputs::joined(std::span<const Slice> slices) {
  const JoinedFrame joined(slices);
  if (arenas_ != nullptr && joined.size() >= kLarge) {
    if (Grant copy = arenas_->grant(0, joined.size())) {
      joined.write(arenas_->memory(copy));
      SharedBytes place = copy.bytes();
      place.size = joined.size();
      copies_.push_back(std::move(copy));
      return {place, 0, joined.items()};
    }
  }
  std::string& frame = frames_.emplace_back();
  joined.append_to(&frame);
  return {papy::bytes_of(frame), 0, joined.items()};
}

}  // namespace papy
