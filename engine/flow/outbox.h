#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "item/batch.h"

namespace papy {

/// The results of consecutive tasklets.
struct Piece {
  std::uint64_t first = 0;  ///< number of the first tasklet
  std::uint32_t tasklets = 0;
  Slice items;                        ///< in the order of the tasklets
  std::vector<std::uint32_t> counts;  ///< items of each tasklet; empty: the same number each
};

/// Puts results back into the order of their tasklets.
///
///     outbox.put(piece_1);   outbox.take();   // nothing yet: tasklet 0 is missing
///     outbox.put(piece_0);   outbox.take();   // piece_0, then piece_1
///
/// Holds what the pool's buffer admits; never drops and never waits.
class Outbox {
 public:
  /// Requires: none of its tasklets was put before.
  void put(Piece piece);
  /// True when this piece is the next in order: it need not be put, pass() is enough.
  bool is_next(const Piece& piece) const { return piece.first == next_; }
  /// Counts a piece as taken. Requires: is_next(piece).
  void pass(const Piece& piece) { next_ += piece.tasklets; }

  /// The next piece in order, or nothing while it is missing.
  std::optional<Piece> take();

  /// All tasklets before this one were taken.
  std::uint64_t next() const { return next_; }
  /// Forgets tasklets from `total` on: the stream ends before them.
  void cut(std::uint64_t total);
  void clear();

  /// Calls `act(slice)` for all that is held here.
  template <typename Act>
  void each(Act&& act) const {
    for (const auto& [first, piece] : waiting_) act(piece.items);
  }

  std::uint64_t items() const { return items_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Piece> waiting_;  // all from next_ on, none overlapping
  std::uint64_t items_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace papy
