#pragma once

#include <papy/plugin.h>

#include <cstdint>
#include <span>
#include <vector>

#include "flow/task.h"
#include "item/batch.h"

namespace papy {

/// The inboxes of consecutive tasklets, flat: item `place * width + input`. Borrowed from the
/// batches behind them.
class Inboxes {
 public:
  /// Of the first piper of a task's group.
  void fill(const Task& task, std::uint32_t width, std::uint32_t consume);
  /// Of a piper that takes the items of the one before, one by one.
  void fill(const BatchBuilder& items);

  /// True when all items are values.
  bool plain() const { return kinds_.empty(); }
  std::uint32_t tasklets() const { return tasklets_; }
  /// Values in a full inbox: width * consume.
  std::uint32_t per() const { return per_; }
  std::uint32_t width() const { return width_; }
  /// Values of tasklet t; fewer than per() in a rest.
  std::uint32_t size(std::uint32_t t) const { return t + 1 == tasklets_ ? last_ : per_; }
  const papy_value* values(std::uint32_t t) const { return values_.data() + std::size_t{t} * per_; }
  ItemKind kind(std::uint32_t t, std::uint32_t i) const {
    return plain() ? ItemKind::value : static_cast<ItemKind>(kinds_[std::size_t{t} * per_ + i]);
  }

 private:
  void reset(std::size_t items);
  void note_kind(std::size_t at, std::uint8_t kind);

  std::vector<papy_value> values_;
  std::vector<std::uint8_t> kinds_;  // empty while all are values
  std::uint32_t tasklets_ = 0;
  std::uint32_t per_ = 1;
  std::uint32_t width_ = 1;
  std::uint32_t last_ = 1;
};

}  // namespace papy
