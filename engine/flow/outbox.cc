#include "flow/outbox.h"

#include "base/check.h"
#include "flow/edge.h"

namespace papy {

void Outbox::put(Piece piece) {
  PAPY_CHECK(piece.first >= next_, "a tasklet came twice");
  items_ += piece.items.size();
  bytes_ += bytes_of(piece.items);
  const bool fresh = waiting_.emplace(piece.first, std::move(piece)).second;
  PAPY_CHECK(fresh, "a tasklet came twice");
}

std::optional<Piece> Outbox::take() {
  if (waiting_.empty() || waiting_.begin()->first != next_) return std::nullopt;
  Piece piece = std::move(waiting_.extract(waiting_.begin()).mapped());
  next_ += piece.tasklets;
  items_ -= piece.items.size();
  bytes_ -= bytes_of(piece.items);
  return piece;
}

void Outbox::cut(std::uint64_t total) {
  for (auto at = waiting_.lower_bound(total); at != waiting_.end(); at = waiting_.erase(at)) {
    items_ -= at->second.items.size();
    bytes_ -= bytes_of(at->second.items);
  }
}

void Outbox::clear() {
  waiting_.clear();
  items_ = bytes_ = 0;
}

}  // namespace papy
