#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace papy::values {

/// A map by text that keeps the order of its keys: an argument whose order says something.
template <class T>
class OrderedMap {
 public:
  using key_type = std::string;
  using mapped_type = T;
  using value_type = std::pair<key_type, T>;
  using iterator = typename std::vector<value_type>::iterator;

  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }
  std::size_t size() const { return pairs_.size(); }
  bool empty() const { return pairs_.empty(); }
  /// Says false and changes nothing when the key is there.
  std::pair<iterator, bool> emplace(key_type key, T value) {
    const auto at = std::find_if(pairs_.begin(), pairs_.end(),
                                 [&](const value_type& pair) { return pair.first == key; });
    if (at != pairs_.end()) return {at, false};
    return {pairs_.insert(at, {std::move(key), std::move(value)}), true};
  }

 private:
  std::vector<value_type> pairs_;
};

}  // namespace papy::values
