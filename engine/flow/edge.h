#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "flow/ring.h"
#include "item/batch.h"
#include "workflow/plan.h"

namespace papy {

/// The number of an item in its stream, from 0.
using Place = std::uint64_t;

/// Bytes that a slice stands for in the accounts: its payload and its offsets.
inline std::size_t bytes_of(const Slice& slice) {
  if (slice.size() == 0) return 0;
  const std::uint32_t* off = slice.batch.offsets();
  return off[slice.to] - off[slice.from] + std::size_t{5} * slice.size();
}

/// The items on their way from one producer to one consumer.
///
///     edge.put(0, a);          // places 0, 1
///     edge.ready();            // 2
///     edge.take(1, &slices);   // place 0
///
/// A sorted edge gives places in their order and keeps what comes early; an unsorted one gives
/// chunks as they came.
class Edge {
 public:
  enum class Order { sorted, unsorted };

  explicit Edge(Order order) : order_(order) {}

  /// Requires: no place of it was put before. What is put into a closed edge is counted and
  /// dropped. `now`: when it came.
  void put(Place first, const Slice& slice, Duration now = Duration{0});
  /// The stream has ended; `length` items were put in all. A place of a sorted edge that never came
  /// (its tasklet was given up) is a gap.
  void end(Place length);
  /// The consumer wants no more: what is here and what still comes is unmatched.
  void close();

  /// Places that take() may take now: consecutive, from next() on.
  std::uint64_t ready() const {
    if (order_ == Order::sorted) return run_;
    return chunks_.empty() ? 0 : chunks_.front().slice.size();
  }
  /// The first place that take() gives. Requires: ready() > 0.
  Place next() const { return order_ == Order::sorted ? taken_ : chunks_.front().first; }
  /// When what take() gives first was put. Requires: ready() > 0.
  Duration oldest() const { return chunks_.front().came; }
  /// Requires: n <= ready(). Appends the slices of n places to `out`.
  void take(std::uint64_t n, std::vector<Slice>* out);
  /// As take(), but the places come to nothing: the dropped rest of a group.
  void drop(std::uint64_t n);

  std::optional<Place> length() const { return length_; }
  bool closed() const { return closed_; }
  /// All places were taken, or nobody wants the others.
  bool exhausted() const { return closed_ || (length_ && taken_ >= *length_); }

  std::uint64_t items() const { return items_; }  ///< held here
  std::uint64_t bytes() const { return bytes_; }  ///< of what is held here
  std::uint64_t taken() const { return taken_; }  ///< places that left, the dropped ones included
  std::uint64_t dropped() const { return dropped_; }  ///< of a last incomplete group
  std::uint64_t unmatched() const {
    return unmatched_;
  }  ///< that came to an edge nobody reads any more

  /// Calls `act(slice)` for all that is held here.
  template <typename Act>
  void each(Act&& act) const {
    for (std::size_t i = 0; i < chunks_.size(); ++i) act(chunks_[i].slice);
    for (const auto& [first, chunk] : waiting_) act(chunk.slice);
  }

  /// Says what is wrong with the counts, or nothing.
  const char* check() const;

 private:
  struct Chunk {
    Place first = 0;
    Slice slice;
    Duration came{0};
  };

  void gather();

  Order order_;
  Ring<Chunk> chunks_;              // sorted: consecutive from taken_ on
  std::map<Place, Chunk> waiting_;  // sorted only: behind a hole
  std::uint64_t run_ = 0;           // places in chunks_
  std::uint64_t taken_ = 0;
  std::uint64_t items_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t unmatched_ = 0;
  std::optional<Place> length_;
  bool closed_ = false;
};

}  // namespace papy
