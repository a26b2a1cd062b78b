#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "files/input.h"

namespace papy::files {

/// The lines of an Input, by number.
///
///     Lines lines("reads.fq.gz");
///     while (lines.next(Wait::yes, {}) == Lines::Next::line) use(lines.line());
///
/// A line ends with \n, \r\n or the end of the input, and is seen without its end. A line longer
/// than a limit is passed over in pieces, so that memory stays bounded whatever is read.
class Lines {
 public:
  enum class Next {
    line,       ///< line() is there
    too_long,   ///< line number() is longer than the limit and was passed over
    end,        ///< there is no other line
    not_yet,    ///< no whole line for now
    cancelled,  ///< stopped waiting
  };
  static constexpr std::size_t kLongest = 64 * 1024 * 1024;

  explicit Lines(std::string path, std::size_t longest = kLongest)
      : input_(std::move(path)), longest_(longest) {}

  Next next(Wait wait, const Cancelled& cancelled);
  /// Without its end. Valid until next().
  std::string_view line() const { return line_; }
  /// Of the line that next() took last, from 1.
  std::uint64_t number() const { return number_; }
  /// "reads.fq:12", for messages.
  std::string place() const { return place(number_); }
  std::string place(std::uint64_t number) const {
    return input_.name() + ":" + std::to_string(number);
  }
  const std::string& name() const { return input_.name(); }

  /// Where the line behind this one begins, as a text.
  std::string cursor() const;
  /// Where this one begins.
  std::string cursor_of_line() const;
  /// Goes there. Throws papy::fatal when `cursor` is none.
  void seek(std::string_view cursor);

 private:
  void take_line(std::size_t size, std::size_t with_end);

  Input input_;
  std::size_t longest_;
  std::string_view line_;
  std::uint64_t begin_ = 0;  // offset of line_
  std::size_t looked_ = 0;   // buffered bytes that are known to hold no end of line
  std::uint64_t number_ = 0;
  bool passing_over_ = false;  // within a line that is too long
};

}  // namespace papy::files
