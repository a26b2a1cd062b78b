#include "item/batch.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.h"
#include "item/block_cache.h"
#include "item/scan.h"

namespace papy {
namespace {

/// A first guess of what a frame takes; and what it may waste before it is moved to where it fits.
constexpr std::size_t kSmallest = 192;

}  // namespace

Batch Batch::over_private(void* memory, std::size_t taken, const FrameHeader& header) {
  auto* const frame = static_cast<const std::uint8_t*>(memory) + sizeof(Block);
  return Batch(new (memory)
                   Block{{1},
                         header.n,
                         frame,
                         header.frame_size(),
                         reinterpret_cast<const std::uint32_t*>(frame + header.offsets_at()),
                         header.has_kinds() ? frame + header.kinds_at() : nullptr,
                         nullptr,
                         taken});
}

Batch Batch::over_foreign(const std::uint8_t* frame, const FrameHeader& header, FrameOwner& owner) {
  const std::size_t index = header.frame_size() - header.offsets_at();
  const std::size_t taken = sizeof(Block) + index;
  auto* const memory = static_cast<std::uint8_t*>(take_block(taken));
  std::uint8_t* const copy = memory + sizeof(Block);
  std::memcpy(copy, frame + header.offsets_at(), index);
  return Batch(new (memory) Block{
      {1},
      header.n,
      frame,
      header.frame_size(),
      reinterpret_cast<const std::uint32_t*>(copy),
      header.has_kinds() ? copy + (header.kinds_at() - header.offsets_at()) : nullptr,
      &owner,
      taken});
}

void Batch::destroy(Block* block) {
  if (block->owner != nullptr) block->owner->give_back(block->frame);
  give_back_block(block, block->taken);
}

Batch Batch::from_frame(Bytes frame) {
  const auto header = read_header(frame);
  if (!header) return {};
  const std::size_t taken = sizeof(Block) + frame.size();
  auto* const memory = static_cast<std::uint8_t*>(take_block(taken));
  std::memcpy(memory + sizeof(Block), frame.data(), frame.size());
  Batch batch = over_private(memory, taken, *header);
  return batch.is_valid(*header) ? batch : Batch();
}

Batch Batch::adopt(Bytes frame, FrameOwner& owner) {
  const auto header = read_header(frame);
  if (!header) return {};
  Batch batch = over_foreign(frame.data(), *header, owner);
  if (batch.is_valid(*header)) return batch;
  batch.block_->owner = nullptr;
  return {};
}

/// Whether every item lies within the payload and is what its kind says.
bool Batch::is_valid(const FrameHeader& header) const {
  const std::uint32_t* const off = offsets();
  if (off[0] != 0 || off[header.n] != header.payload) return false;
  for (std::uint32_t i = 0; i < header.n; ++i) {
    if (off[i] > off[i + 1]) return false;
  }
  for (std::uint32_t i = 0; i < header.n; ++i) {
    if (kinds() != nullptr && kinds()[i] > static_cast<std::uint8_t>(ItemKind::gap)) return false;
    const ItemView view = item(i);
    if (view.kind == ItemKind::gap ? !view.bytes.empty() : !is_one_value(view.bytes)) return false;
  }
  return true;
}

BatchBuilder::~BatchBuilder() { give_back_room(); }

void BatchBuilder::append(Bytes bytes) {
  reserve(std::max<std::size_t>(1, bytes.size()));  // a frame, even for an empty item
  if (!bytes.empty()) std::memcpy(cursor_, bytes.data(), bytes.size());
  cursor_ += bytes.size();
}

void BatchBuilder::grow(std::size_t room) {
  const std::size_t used = frame_ == nullptr ? 0 : static_cast<std::size_t>(cursor_ - payload());
  const std::size_t guess = frame_ == nullptr ? std::max(kSmallest, last_) : 2 * room_;
  const std::size_t least = sizeof(FrameHeader) + used + room;
  move_to_room_of(least, std::max(least, guess), used);
}

/// Takes room for a frame of `least` bytes, better `wanted`, and moves `used` bytes of payload
/// there.
void BatchBuilder::move_to_room_of(std::size_t least, std::size_t wanted, std::size_t used) {
  FrameMemory::Room room;
  if (memory_ != nullptr) room = memory_->take(least, wanted);
  const bool is_foreign = room.bytes != nullptr;
  if (!is_foreign) {
    const std::size_t taken = block_room(sizeof(Batch::Block) + wanted);
    room.bytes = static_cast<std::uint8_t*>(take_block(taken)) + sizeof(Batch::Block);
    room.size = taken - sizeof(Batch::Block);
  }
  if (used > 0) std::memcpy(room.bytes + sizeof(FrameHeader), payload(), used);
  give_back_room();
  frame_ = room.bytes;
  room_ = room.size;
  is_foreign_ = is_foreign;
  cursor_ = payload() + used;
  limit_ = frame_ + room_;
}

bool BatchBuilder::shrinks_to(std::size_t size) {
  return is_foreign_ && memory_->shrink(frame_, size);
}

void BatchBuilder::give_back_room() {
  if (frame_ == nullptr) return;
  if (is_foreign_) return memory_->give_back(frame_);
  give_back_block(frame_ - sizeof(Batch::Block), sizeof(Batch::Block) + room_);
}

void BatchBuilder::note_kind(ItemKind kind) {
  if (kinds_.empty()) kinds_.assign(ends_.size() - 1, static_cast<std::uint8_t>(ItemKind::value));
  kinds_.push_back(static_cast<std::uint8_t>(kind));
}

std::optional<std::uint32_t> BatchBuilder::close_values() {
  constexpr std::size_t kChunk = 256;
  const std::uint8_t* const base = payload();
  const std::uint8_t* const end = cursor_;
  const std::uint8_t* p = item_begin();
  const std::size_t before = ends_.size();
  std::uint32_t chunk[kChunk];
  std::size_t n = 0;
  while (p < end) {
    p = end_of_value(p, end);
    if (p == nullptr) {
      ends_.resize(before);
      return std::nullopt;
    }
    chunk[n++] = static_cast<std::uint32_t>(p - base);
    if (n == kChunk) {
      ends_.insert(ends_.end(), chunk, chunk + n);
      n = 0;
    }
  }
  ends_.insert(ends_.end(), chunk, chunk + n);
  if (!kinds_.empty()) kinds_.resize(ends_.size(), static_cast<std::uint8_t>(ItemKind::value));
  closed_ = static_cast<std::size_t>(end - base);
  return static_cast<std::uint32_t>(ends_.size() - before);
}

bool BatchBuilder::close_values(const std::size_t* ends, std::uint32_t n) {
  const std::size_t before = ends_.size();
  const std::uint8_t* const begin = item_begin();
  const auto written = static_cast<std::size_t>(cursor_ - begin);
  ends_.resize(before + n);
  std::uint32_t* out = ends_.data() + before;
  std::size_t at = 0;
  std::uint32_t i = 0;
  for (; i < n; ++i) {
    const std::size_t to = ends[i];
    if (to <= at || to > written || end_of_value(begin + at, begin + to) != begin + to) break;
    out[i] = static_cast<std::uint32_t>(closed_ + to);
    at = to;
  }
  ends_.resize(before + i);
  if (!kinds_.empty()) kinds_.resize(ends_.size(), static_cast<std::uint8_t>(ItemKind::value));
  closed_ += at;
  return i == n;
}

void BatchBuilder::truncate(std::uint32_t n) {
  ends_.resize(n);
  if (!kinds_.empty()) kinds_.resize(n);
  closed_ = n == 0 ? 0 : ends_.back();
  if (frame_ != nullptr) rewind();
}

Batch BatchBuilder::finish() {
  PAPY_CHECK(closed_ <= UINT32_MAX, "a batch is larger than 4 GiB");
  FrameHeader header;
  header.n = size();
  header.flags = kinds_.empty() ? 0 : FrameHeader::kHasKinds;
  header.payload = closed_;
  const std::size_t need = header.frame_size();
  if (frame_ != nullptr) rewind();
  reserve(need - header.payload_end());
  if (room_ > 2 * need + kSmallest && !shrinks_to(need)) move_to_room_of(need, need, closed_);

  write_header(header, frame_);
  std::uint8_t* const offsets = frame_ + header.offsets_at();
  std::memset(offsets, 0, 4);
  if (header.n > 0) std::memcpy(offsets + 4, ends_.data(), 4 * ends_.size());
  if (header.has_kinds()) std::memcpy(frame_ + header.kinds_at(), kinds_.data(), kinds_.size());

  Batch batch = seal(header);
  last_ = need + need / 8;
  frame_ = cursor_ = limit_ = nullptr;
  clear();
  return batch;
}

/// Hands the frame over to a batch.
Batch BatchBuilder::seal(const FrameHeader& header) {
  if (is_foreign_) return Batch::over_foreign(frame_, header, *memory_);
  constexpr std::size_t kLead = sizeof(Batch::Block);
  return Batch::over_private(frame_ - kLead, kLead + room_, header);
}

void BatchBuilder::clear() {
  closed_ = 0;
  ends_.clear();
  kinds_.clear();
  if (frame_ != nullptr) rewind();
}

}  // namespace papy
