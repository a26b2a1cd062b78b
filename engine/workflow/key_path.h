#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace papy {

/// Where one is in a document: "pipers.pair.worker[1]". A path lives on the stack of the functions
/// that walk down, and becomes a text only when something is wrong there.
///
/// Requires: a parent outlives its children, and the keys' texts all of them.
class KeyPath {
 public:
  KeyPath() = default;

  KeyPath operator/(std::string_view key) const { return KeyPath(this, key, 0, false); }
  KeyPath operator[](std::size_t index) const { return KeyPath(this, {}, index, true); }

  std::string text() const {
    if (parent_ == nullptr) return "";
    const std::string before = parent_->text();
    if (is_index_) return before + "[" + std::to_string(index_) + "]";
    return before.empty() ? std::string(key_) : before + "." + std::string(key_);
  }

 private:
  KeyPath(const KeyPath* parent, std::string_view key, std::size_t index, bool is_index)
      : parent_(parent), key_(key), index_(index), is_index_(is_index) {}

  const KeyPath* parent_ = nullptr;  // none: the document itself
  std::string_view key_;
  std::size_t index_ = 0;
  bool is_index_ = false;
};

}  // namespace papy
