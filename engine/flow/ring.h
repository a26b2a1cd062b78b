#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace papy {

/// A queue that keeps its memory: what goes in and out at a steady pace allocates nothing, unlike
/// in a std::deque.
///
///     Ring<int> ring;
///     ring.push_back(1);   ring.front();   ring.pop_front();
///
/// What was popped is an empty T at once. References hold until the next push.
template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// Requires: i < size(). The first is 0.
  const T& operator[](std::size_t i) const { return places_[(first_ + i) & (places_.size() - 1)]; }
  /// Requires: not empty.
  T& front() { return places_[first_]; }
  const T& front() const { return places_[first_]; }

  void push_back(T item) {
    if (size_ == places_.size()) grow();
    places_[(first_ + size_++) & (places_.size() - 1)] = std::move(item);
  }
  /// Requires: not empty.
  void pop_front() {
    places_[first_] = T();
    first_ = (first_ + 1) & (places_.size() - 1);
    --size_;
  }
  void clear() {
    while (!empty()) pop_front();
  }

 private:
  static constexpr std::size_t kSmallest = 4;

  void grow() {
    std::vector<T> larger(places_.empty() ? kSmallest : 2 * places_.size());
    for (std::size_t i = 0; i < size_; ++i)
      larger[i] = std::move(places_[(first_ + i) & (places_.size() - 1)]);
    places_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> places_;  // a power of two, or none
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace papy
