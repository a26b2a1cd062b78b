#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/lines.h"

namespace papy::io {

/// The lines of a file for a reader of records, who may find at the end of many lines that the
/// first of them was malformed and go back, also in a pipe.
///
///     lines.next(...);          // begins a record: a,"open
///     lines.next_within(...);   // b
///     lines.next_within(...);   // the end
///     lines.go_back();          // b comes again
class RecordLines {
 public:
  using Next = files::Lines::Next;

  explicit RecordLines(std::string path) : lines_(std::move(path)) {}

  /// The line that begins a record.
  Next next(files::Wait wait, const files::Cancelled& cancelled);
  /// A line that goes on with it; it is remembered until next().
  Next next_within(const files::Cancelled& cancelled);
  /// The remembered lines come again.
  void go_back();

  /// Of the line that came last; valid until another one.
  std::string_view line() const { return again_ ? here_.text : lines_.line(); }
  std::uint64_t number() const { return again_ ? here_.number : lines_.number(); }
  std::string place(std::uint64_t number) const { return lines_.place(number); }
  const std::string& name() const { return lines_.name(); }

  /// Where the next line begins, as a text.
  std::string cursor() const { return coming_.empty() ? lines_.cursor() : coming_.front().begin; }
  /// Goes there. Throws papy::fatal when `cursor` is none.
  void seek(std::string_view cursor);

 private:
  struct Line {
    std::string text;
    std::uint64_t number = 0;
    std::string begin;  // the cursor in front of it
  };

  Next take(files::Wait wait, const files::Cancelled& cancelled);

  files::Lines lines_;
  bool again_ = false;  // the line that came last is here_: it was there before
  Line here_;
  std::vector<Line> since_;  // remembered
  std::deque<Line> coming_;  // come again, before those of the file
};

}  // namespace papy::io
