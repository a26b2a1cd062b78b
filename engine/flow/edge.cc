#include "flow/edge.h"

#include <algorithm>

#include "base/check.h"

namespace papy {
namespace {

Slice gaps(std::uint32_t n) {
  BatchBuilder out;
  for (std::uint32_t i = 0; i < n; ++i) out.add({ItemKind::gap, {}});
  return {out.finish(), 0, n};
}

}  // namespace

void Edge::put(Place first, const Slice& slice, Duration now) {
  if (slice.size() == 0) return;
  if (closed_) {
    unmatched_ += slice.size();
    return;
  }
  items_ += slice.size();
  bytes_ += papy::bytes_of(slice);
  if (order_ == Order::sorted && first != taken_ + run_) {
    PAPY_CHECK(first > taken_ + run_, "a place came twice");
    waiting_.emplace(first, Chunk{first, slice, now});
    return;
  }
  chunks_.push_back({first, slice, now});
  run_ += slice.size();
  if (!waiting_.empty()) gather();
}

void Edge::gather() {
  for (auto at = waiting_.begin(); at != waiting_.end() && at->first == taken_ + run_;
       at = waiting_.erase(at)) {
    run_ += at->second.slice.size();
    chunks_.push_back(std::move(at->second));
  }
}

void Edge::end(Place length) {
  while (!waiting_.empty()) {  // places behind a hole: nothing comes there any more
    const Place hole = taken_ + run_;
    put(hole, gaps(static_cast<std::uint32_t>(waiting_.begin()->first - hole)));
  }
  length_ = order_ == Order::sorted && !closed_ ? taken_ + run_ : length;
}

void Edge::close() {
  if (closed_) return;
  closed_ = true;
  unmatched_ += items_;
  chunks_.clear();
  waiting_.clear();
  run_ = items_ = bytes_ = 0;
}

void Edge::take(std::uint64_t n, std::vector<Slice>* out) {
  PAPY_CHECK(n <= ready(), "more was taken than is ready");
  taken_ += n;
  items_ -= n;
  run_ -= n;
  while (n > 0) {
    Chunk& front = chunks_.front();
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(n, front.slice.size()));
    n -= size;
    const bool whole = size == front.slice.size();
    Slice part{whole ? std::move(front.slice.batch) : front.slice.batch, front.slice.from,
               front.slice.from + size};
    bytes_ -= papy::bytes_of(part);
    if (whole) {
      chunks_.pop_front();
    } else {
      front.first += size;
      front.slice.from += size;
    }
    if (out == nullptr) continue;
    if (!out->empty() && out->back().batch == part.batch && out->back().to == part.from) {
      out->back().to = part.to;
    } else {
      out->push_back(std::move(part));
    }
  }
}

void Edge::drop(std::uint64_t n) {
  take(n, nullptr);
  dropped_ += n;
}

const char* Edge::check() const {
  std::uint64_t run = 0, items = 0, bytes = 0;
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const Chunk& chunk = chunks_[i];
    if (chunk.slice.size() == 0) return "an empty chunk is kept";
    if (order_ == Order::sorted && chunk.first != taken_ + run) return "chunks are not consecutive";
    run += chunk.slice.size();
    bytes += papy::bytes_of(chunk.slice);
  }
  items = run;
  for (const auto& [place, chunk] : waiting_) {
    if (place <= taken_ + run) return "a chunk waits although its turn has come";
    items += chunk.slice.size();
    bytes += papy::bytes_of(chunk.slice);
  }
  if (run != run_) return "the run is miscounted";
  if (items != items_) return "items are miscounted";
  if (bytes != bytes_) return "bytes are miscounted";
  if (length_ && !closed_ && taken_ + items_ != *length_)
    return "more or fewer places than the stream has";
  return nullptr;
}

}  // namespace papy
