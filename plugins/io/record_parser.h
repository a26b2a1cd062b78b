#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace papy::io {

/// Splits a line of delimited text into fields (RFC 4180): a field in quotes may hold delimiters,
/// line ends and, twice, the quote.
///
///     RecordParser parser(',', '"');
///     if (parser.feed(line) == RecordParser::State::whole) use(parser.fields());
class RecordParser {
 public:
  enum class State {
    whole,  ///< fields() is there
    open,   ///< a quoted field goes on in the next line: feed it
  };

  RecordParser(char delimiter, char quote) : delimiter_(delimiter), quote_(quote) {}

  /// Throws papy::bad_value; the next line then begins a record.
  State feed(std::string_view line);
  const std::vector<std::string>& fields() const { return fields_; }
  /// Bytes of the record so far.
  std::size_t size() const { return size_; }
  /// Forgets what is open.
  void reset();

 private:
  std::string_view plain_field(std::string_view line);
  std::string_view quoted_field(std::string_view line);

  char delimiter_;
  char quote_;
  std::vector<std::string> fields_;
  std::size_t size_ = 0;
  bool open_ = false;  // within a quoted field, the last of fields_
};

}  // namespace papy::io
