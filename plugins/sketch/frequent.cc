#include "sketch/frequent.h"

#include <algorithm>

namespace papy::sketch {

void Frequent::add(std::string_view value) {
  auto found = counts_.find(value);
  if (found == counts_.end()) {
    std::uint64_t inherited = 0;
    if (counts_.size() == room_) {
      // The newcomer takes the place and the number of the rarest.
      const auto rarest = by_count_.begin();
      inherited = rarest->first;
      counts_.erase(rarest->second);
      by_count_.erase(rarest);
    }
    found = counts_.emplace(std::string(value), inherited).first;
  } else {
    by_count_.erase({found->second, found->first});
  }
  ++found->second;
  by_count_.emplace(found->second, found->first);
}

Frequent::Counts Frequent::top(std::size_t n) const {
  Counts all = save();
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (all.size() > n) all.resize(n);
  return all;
}

void Frequent::load(const Counts& counts) {
  counts_ = {counts.begin(), counts.end()};
  by_count_.clear();
  for (const auto& [value, n] : counts) by_count_.emplace(n, value);
}

}  // namespace papy::sketch
