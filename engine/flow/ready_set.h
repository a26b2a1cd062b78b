#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace papy {

/// Which of n numbers are in; finds the highest at once, also among many.
class ReadySet {
 public:
  explicit ReadySet(std::size_t n = 0)
      : words_((n + 63) / 64), summary_((words_.size() + 63) / 64) {}

  void insert(std::size_t i) {
    words_[i / 64] |= bit(i);
    summary_[i / 4096] |= bit(i / 64);
  }
  void erase(std::size_t i) {
    words_[i / 64] &= ~bit(i);
    if (words_[i / 64] == 0) summary_[i / 4096] &= ~bit(i / 64);
  }
  bool contains(std::size_t i) const { return (words_[i / 64] & bit(i)) != 0; }
  bool empty() const {
    for (const std::uint64_t word : summary_) {
      if (word != 0) return false;
    }
    return true;
  }
  /// Requires: not empty.
  std::size_t highest() const {
    std::size_t top = summary_.size() - 1;
    while (summary_[top] == 0) --top;
    const std::size_t word = top * 64 + high(summary_[top]);
    return word * 64 + high(words_[word]);
  }
  /// Moves all of them to `other`, which is for as many numbers.
  void move_to(ReadySet* other) {
    while (!empty()) {
      const std::size_t i = highest();
      erase(i);
      other->insert(i);
    }
  }

 private:
  static std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << (i % 64); }
  static std::size_t high(std::uint64_t word) {
    return 63 - static_cast<std::size_t>(std::countl_zero(word));
  }

  std::vector<std::uint64_t> words_;    // a bit a number
  std::vector<std::uint64_t> summary_;  // a bit a word: it is not 0
};

}  // namespace papy
