#include "item/batch.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "item/scan.h"

namespace papy {
namespace {

constexpr std::size_t kSmallest = 256;

std::size_t padded(std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; }

}  // namespace

void Batch::drop() {
  if (block_ != nullptr && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    std::free(block_);
  block_ = nullptr;
}

Batch Batch::from_frame(Bytes frame) {
  Header head;
  if (frame.size() < sizeof(Header)) return {};
  std::memcpy(&head, frame.data(), sizeof head);
  const std::uint64_t room = frame.size() - sizeof(Header);
  if (head.magic != kMagic || (head.flags & ~kHasKinds) != 0 || head.payload > room) return {};
  const bool has_kinds = (head.flags & kHasKinds) != 0;
  const std::uint64_t tail = 4 * (std::uint64_t{head.n} + 1) + (has_kinds ? head.n : 0);
  if (padded(head.payload) + tail != room) return {};

  auto* block = static_cast<Block*>(std::malloc(sizeof(Block) + frame.size()));
  if (block == nullptr) throw std::bad_alloc();
  new (block) Block{{1}, frame.size(), sizeof(Block) + frame.size()};
  std::memcpy(static_cast<void*>(block + 1), frame.data(), frame.size());
  Batch batch(block);
  const std::uint32_t* off = batch.offsets();
  if (off[0] != 0 || off[head.n] != head.payload) return {};
  for (std::uint32_t i = 0; i < head.n; ++i) {
    if (off[i] > off[i + 1]) return {};
    const bool is_gap = has_kinds && batch.kinds()[i] == static_cast<std::uint8_t>(ItemKind::gap);
    if (has_kinds && batch.kinds()[i] > 2) return {};
    const ItemView item = batch.item(i);
    if (is_gap ? !item.bytes.empty() : !is_one_value(item.bytes)) return {};
  }
  return batch;
}

BatchBuilder::~BatchBuilder() { std::free(block_); }

void BatchBuilder::append(Bytes bytes) {
  reserve(std::max<std::size_t>(1, bytes.size()));  // a block, even for an empty item
  if (!bytes.empty()) std::memcpy(cursor_, bytes.data(), bytes.size());
  cursor_ += bytes.size();
}

void BatchBuilder::grow(std::size_t room) {
  const std::size_t used = block_ == nullptr ? 0 : static_cast<std::size_t>(cursor_ - payload());
  std::size_t capacity = block_ == nullptr ? 0 : block_->capacity;
  const std::size_t overhead = sizeof(Batch::Block) + sizeof(Batch::Header);
  const std::size_t first = block_ == nullptr ? std::max(kSmallest, last_) : 0;
  capacity = std::max({overhead + used + room, capacity * 2, overhead + first});
  auto* block = static_cast<Batch::Block*>(std::realloc(static_cast<void*>(block_), capacity));
  if (block == nullptr) throw std::bad_alloc();
  block_ = block;
  block_->capacity = capacity;
  cursor_ = payload() + used;
  limit_ = reinterpret_cast<std::uint8_t*>(block_) + capacity;
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
  if (block_ != nullptr) rewind();
}

Batch BatchBuilder::finish() {
  const std::size_t n = ends_.size();
  PAPY_CHECK(closed_ <= UINT32_MAX, "a batch is larger than 4 GiB");
  const std::size_t frame =
      sizeof(Batch::Header) + padded(closed_) + 4 * (n + 1) + (kinds_.empty() ? 0 : kinds_.size());
  if (block_ != nullptr) rewind();
  reserve(frame - sizeof(Batch::Header) - closed_);

  const Batch::Header head{Batch::kMagic, static_cast<std::uint32_t>(n),
                           kinds_.empty() ? 0 : Batch::kHasKinds, 0, closed_};
  std::memcpy(static_cast<void*>(block_ + 1), &head, sizeof head);
  std::uint8_t* tail = payload() + closed_;
  std::memset(tail, 0, padded(closed_) - closed_);
  tail = payload() + padded(closed_);
  std::memset(tail, 0, 4);
  if (n > 0) std::memcpy(tail + 4, ends_.data(), 4 * n);
  if (!kinds_.empty()) std::memcpy(tail + 4 * (n + 1), kinds_.data(), n);

  const std::size_t need = sizeof(Batch::Block) + frame;
  if (block_->capacity > 2 * need && block_->capacity - need > kSmallest) {
    if (void* smaller = std::realloc(static_cast<void*>(block_), need)) {
      block_ = static_cast<Batch::Block*>(smaller);
      block_->capacity = need;
    }
  }
  const std::size_t capacity = block_->capacity;
  Batch batch(new (block_) Batch::Block{{1}, frame, capacity});
  last_ = need + need / 8;
  block_ = nullptr;
  cursor_ = limit_ = nullptr;
  closed_ = 0;
  ends_.clear();
  kinds_.clear();
  return batch;
}

void BatchBuilder::clear() {
  closed_ = 0;
  ends_.clear();
  kinds_.clear();
  if (block_ != nullptr) rewind();
}

}  // namespace papy
