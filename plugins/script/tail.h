#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace papy::script {

/// The end of a text of any length.
class Tail {
 public:
  explicit Tail(std::size_t most) : most_(most) {}

  void append(std::string_view text) {
    bytes_ += text.size();
    text_.append(text);
    if (text_.size() > 2 * most_) text_.erase(0, text_.size() - most_);
  }
  /// At most the last `most` bytes.
  std::string_view text() const {
    return std::string_view(text_).substr(text_.size() > most_ ? text_.size() - most_ : 0);
  }
  std::uint64_t bytes() const { return bytes_; }  ///< that were ever appended

 private:
  std::size_t most_;
  std::string text_;  // at most twice as long
  std::uint64_t bytes_ = 0;
};

/// The last lines on one line, for a message: "first | second". At most some hundred bytes, of
/// which none is a control character.
std::string last_words(std::string_view text);

}  // namespace papy::script
