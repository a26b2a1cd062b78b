#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "item/bytes.h"
#include "item/frame.h"
#include "item/frame_memory.h"

namespace papy {

/// What stands at one place of a stream.
enum class ItemKind : std::uint8_t {
  value = 0,    ///< one msgpack value
  failure = 1,  ///< a Failure, encoded (item/failure.h)
  gap = 2,      ///< nothing, on purpose; its bytes are empty
};

struct ItemView {
  ItemKind kind;
  Bytes bytes;
};

/// Consecutive items in one frame (item/frame.h), immutable and shared by reference counting: the
/// unit in which items are stored, scheduled and sent. A Batch may be read by any thread.
///
/// What is counted and looked up lies in memory of this process alone. The frame may lie in memory
/// that other processes see (FrameOwner): whatever they write there, an item stays within it.
class Batch {
 public:
  Batch() = default;
  Batch(const Batch& other) : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Batch(Batch&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Batch& operator=(Batch other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Batch() {
    if (block_ != nullptr && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
      destroy(block_);
  }

  explicit operator bool() const { return block_ != nullptr; }
  std::uint32_t size() const { return block_ == nullptr ? 0 : block_->n; }

  /// Requires: i < size(). The bytes live as long as any copy of this batch.
  ItemView item(std::uint32_t i) const {
    const std::uint32_t* off = offsets();
    const std::uint8_t* kind = kinds();
    return {kind == nullptr ? ItemKind::value : static_cast<ItemKind>(kind[i]),
            {payload() + off[i], off[i + 1] - off[i]}};
  }

  /// For loops over many items: item i is payload()[offsets()[i] .. offsets()[i + 1]).
  const std::uint8_t* payload() const { return block_->frame + sizeof(FrameHeader); }
  const std::uint32_t* offsets() const { return block_->offsets; }
  /// One ItemKind an item, or nullptr when all are values.
  const std::uint8_t* kinds() const { return block_->kinds; }

  /// The whole frame, as it travels.
  Bytes frame() const { return {block_->frame, block_->size}; }
  /// A batch from a frame that came from elsewhere (copied), or an empty one when the frame is not
  /// valid in every part.
  static Batch from_frame(Bytes frame);
  /// The same without copying the items: they stay where they are, which `owner` gets back when
  /// nobody needs them any more. A frame that is not valid is not given back.
  static Batch adopt(Bytes frame, FrameOwner& owner);

  friend bool operator==(const Batch& a, const Batch& b) { return a.block_ == b.block_; }

 private:
  friend class BatchBuilder;
  /// In recycled memory. Behind it lies the frame, or, when that has another owner, a copy of the
  /// frame's offsets and kinds.
  struct Block {
    std::atomic<std::uint32_t> references;
    std::uint32_t n;               // items
    const std::uint8_t* frame;     // header, payload, offsets, kinds
    std::size_t size;              // of the frame
    const std::uint32_t* offsets;  // n + 1
    const std::uint8_t* kinds;     // n, or none: all are values
    FrameOwner* owner;             // of the frame; none: it lies behind this
    std::size_t taken;             // bytes of the block with what lies behind it
  };

  explicit Batch(Block* block) : block_(block) {}
  static Batch over_private(void* memory, std::size_t taken, const FrameHeader& header);
  static Batch over_foreign(const std::uint8_t* frame, const FrameHeader& header,
                            FrameOwner& owner);
  bool is_valid(const FrameHeader& header) const;
  static void destroy(Block* block);

  Block* block_ = nullptr;
};

/// Writes one batch: bytes are appended at a cursor, then closed into items.
///
///     BatchBuilder out;
///     out.append(one_value);  out.close_item(ItemKind::value);
///     Batch batch = out.finish();       // the builder is empty again
///
/// The cursor may be handed to a function as it is (cursor(), limit(), moved_to()). One thread at a
/// time.
class BatchBuilder {
 public:
  /// Frames lie in `memory` as far as there is one and it has room, else in private memory.
  /// Borrowed: outlives the builder and its batches.
  explicit BatchBuilder(FrameMemory* memory = nullptr) : memory_(memory) {}
  BatchBuilder(const BatchBuilder&) = delete;
  BatchBuilder& operator=(const BatchBuilder&) = delete;
  ~BatchBuilder();

  /// Where the next byte goes; `room` bytes are there. May move what cursor() and limit() said
  /// before. Never fails: without memory the program ends.
  std::uint8_t* reserve(std::size_t room) {
    if (static_cast<std::size_t>(limit_ - cursor_) < room) grow(room);
    return cursor_;
  }
  std::uint8_t* cursor() const { return cursor_; }
  std::uint8_t* limit() const { return limit_; }
  /// Says that bytes up to `cursor` were written. Requires: between the last cursor() and limit().
  void moved_to(std::uint8_t* cursor) { cursor_ = cursor; }
  void append(Bytes bytes);

  /// Where the open item begins: the first byte behind the last closed item.
  std::uint8_t* item_begin() const { return payload() + closed_; }
  /// Ends an item at the cursor, or at `end`.
  void close_item(ItemKind kind) { close_item(kind, cursor_); }
  void close_item(ItemKind kind, const std::uint8_t* end) {
    closed_ = static_cast<std::size_t>(end - payload());
    ends_.push_back(static_cast<std::uint32_t>(closed_));
    if (kind != ItemKind::value || !kinds_.empty()) note_kind(kind);
  }
  /// Closes every msgpack value between the last closed item and the cursor. Nothing: the bytes
  /// there are not whole valid values, and none was closed; else how many there were.
  std::optional<std::uint32_t> close_values();
  /// Closes n values that end at the given distances from item_begin(). False: one of them is not
  /// exactly one valid value, and the values before it alone were closed.
  bool close_values(const std::size_t* ends, std::uint32_t n);
  /// Takes back what was written behind the last closed item.
  void rewind() { cursor_ = item_begin(); }
  /// Takes back items until `n` are left, and what was written behind them. Requires: n <= size().
  void truncate(std::uint32_t n);
  void add(ItemView item) {
    append(item.bytes);
    close_item(item.kind);
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }
  bool empty() const { return ends_.empty(); }
  /// Bytes of the closed items.
  std::size_t payload_bytes() const { return closed_; }
  /// Item i as it stands. Requires: i < size(). Borrowed until the next write.
  ItemView item(std::uint32_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {kinds_.empty() ? ItemKind::value : static_cast<ItemKind>(kinds_[i]),
            {payload() + begin, ends_[i] - begin}};
  }

  /// The batch of all closed items; what was written behind them is dropped.
  Batch finish();
  /// Drops everything, keeps the memory.
  void clear();

 private:
  std::uint8_t* payload() const { return frame_ + sizeof(FrameHeader); }
  void grow(std::size_t room);
  void move_to_room_of(std::size_t least, std::size_t wanted, std::size_t used);
  bool shrinks_to(std::size_t size);
  void give_back_room();
  Batch seal(const FrameHeader& header);
  void note_kind(ItemKind kind);

  FrameMemory* const memory_ = nullptr;
  std::uint8_t* frame_ = nullptr;  // none: nothing was written yet
  std::size_t room_ = 0;           // bytes for the frame
  bool is_foreign_ = false;        // the frame lies in memory_, else behind room for a Block
  std::uint8_t* cursor_ = nullptr;
  std::uint8_t* limit_ = nullptr;
  std::size_t closed_ = 0;           // bytes of closed items
  std::size_t last_ = 0;             // bytes that the frame before took: a guess for this one
  std::vector<std::uint32_t> ends_;  // one an item
  std::vector<std::uint8_t> kinds_;  // empty while all are values
};

/// Part of a batch: items [from, to).
struct Slice {
  Batch batch;
  std::uint32_t from = 0;
  std::uint32_t to = 0;

  std::uint32_t size() const { return to - from; }
  ItemView item(std::uint32_t i) const { return batch.item(from + i); }
};

}  // namespace papy
