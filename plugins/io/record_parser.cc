#include "io/record_parser.h"

#include <papy/cpp/error.hpp>

namespace papy::io {

void RecordParser::reset() {
  fields_.clear();
  size_ = 0;
  open_ = false;
}

RecordParser::State RecordParser::feed(std::string_view line) {
  const bool goes_on = open_;
  if (!goes_on) reset();
  size_ += line.size() + 1;
  if (goes_on) {
    fields_.back().push_back('\n');
    line = quoted_field(line);
    if (open_) return State::open;
    if (line.data() == nullptr) return State::whole;
  }
  while (true) {
    const bool quoted = !line.empty() && line[0] == quote_;
    fields_.emplace_back();
    if (quoted) {
      open_ = true;
      line = quoted_field(line.substr(1));
      if (open_) return State::open;
    } else {
      line = plain_field(line);
    }
    if (line.data() == nullptr) return State::whole;
  }
}

/// Both take one field and say what is behind its delimiter; without data when it was the last.
std::string_view RecordParser::plain_field(std::string_view line) {
  const auto end = line.find(delimiter_);
  const std::string_view text = line.substr(0, end);
  if (text.find(quote_) != text.npos) {
    const std::size_t number = fields_.size();
    reset();
    throw bad_value("field " + std::to_string(number) +
                    " has a quote within, but does not begin with one");
  }
  fields_.back() = text;
  return end == line.npos ? std::string_view() : line.substr(end + 1);
}

std::string_view RecordParser::quoted_field(std::string_view line) {
  std::string& field = fields_.back();
  while (true) {
    const auto end = line.find(quote_);
    field += line.substr(0, end);
    if (end == line.npos) return {};
    line.remove_prefix(end + 1);
    if (line.empty() || line[0] != quote_) break;
    field.push_back(quote_);
    line.remove_prefix(1);
  }
  open_ = false;
  if (line.empty()) return {};
  if (line[0] != delimiter_) {
    const std::size_t number = fields_.size();
    reset();
    throw bad_value("field " + std::to_string(number) + " goes on behind its closing quote");
  }
  return line.substr(1);
}

}  // namespace papy::io
