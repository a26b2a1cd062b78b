#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace papy {

/// A line and a column, both from 1; columns count code points.
struct LineColumn {
  std::size_t line = 1;
  std::size_t column = 1;
  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

/// Bytes [begin, end) of the source with this number in the list of sources.
struct Span {
  std::uint32_t source = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A text that findings point into: a file, or what stood on the command line.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }

  /// The place of a byte; that behind the last byte is allowed, more counts as that.
  LineColumn place(std::size_t offset) const;

  /// A line without its end. Requires: 1 <= line <= place(text().size()).line.
  std::string_view line(std::size_t line) const;

  /// Offset of the first byte of a line. Requires: as of line().
  std::size_t line_begin(std::size_t line) const { return starts_[line - 1]; }

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> starts_;  // offset of each line's first byte; never empty
};

}  // namespace papy
