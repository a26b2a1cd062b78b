#include "fastx/record_reader.h"

#include <algorithm>
#include <cerrno>
#include <papy/cpp/error.hpp>
#include <utility>

namespace papy::fastx {
namespace {

using files::Cancelled;
using files::Lines;
using files::Wait;

/// The text in quotes, its start only when it is long.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 24;
  return "'" + std::string(text.substr(0, kMost)) + (text.size() > kMost ? "..." : "") + "'";
}

bool is_sequence(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '*' || c == '-' || c == '.';
  });
}

bool is_quality(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace

fastx::record RecordReader::record() const {
  fastx::record record{name_, sequence_, std::nullopt};
  if (has_quality_) record.quality = quality_;
  return record;
}

void RecordReader::malformed(const std::string& what) {
  throw fail(lines_.place(number_) + ": " + what);
}

/// The line is looked at once more: it may be a header.
void RecordReader::put_back(Behind behind) {
  if (!taken_) taken_ = Line{std::string(line_), number_, lines_.cursor_of_line()};
  ahead_.push_front(std::move(*taken_));
  lost_ = true;
  behind_ = behind;
}

/// The line is not what the record needs here.
void RecordReader::misfit(const std::string& what) {
  const std::string text = what + ", got " + quoted(line_);
  put_back(Behind::other);
  malformed(text);
}

bool RecordReader::take_line(Wait wait, const Cancelled& cancelled, Next& why_not) {
  if (!ahead_.empty()) {
    taken_ = std::move(ahead_.front());
    ahead_.pop_front();
    line_ = taken_->text;
    number_ = taken_->number;
    return true;
  }
  switch (lines_.next(wait, cancelled)) {
    case Lines::Next::line:
      break;
    case Lines::Next::too_long:
      number_ = lines_.number();
      lost_ = true;
      malformed("the line is longer than " + std::to_string(Lines::kLongest) + " bytes");
    case Lines::Next::cancelled:
      throw papy::cancelled();
    case Lines::Next::end:
      why_not = Next::end;
      return false;
    case Lines::Next::not_yet:
      why_not = Next::not_yet;
      return false;
  }
  taken_.reset();
  line_ = lines_.line();
  number_ = lines_.number();
  return true;
}

bool RecordReader::look_ahead(std::size_t n, const Cancelled& cancelled) {
  while (ahead_.size() < n) {
    std::string cursor = lines_.cursor();
    switch (lines_.next(Wait::yes, cancelled)) {
      case Lines::Next::line:
        ahead_.push_back({std::string(lines_.line()), lines_.number(), std::move(cursor)});
        break;
      case Lines::Next::too_long:
        ahead_.push_back({"", lines_.number(), std::move(cursor)});
        break;
      case Lines::Next::cancelled:
        throw papy::cancelled();
      case Lines::Next::end:
      case Lines::Next::not_yet:
        return false;
    }
  }
  return true;
}

RecordReader::Next RecordReader::next(Wait wait, const Cancelled& cancelled) {
  if (lost_) {
    if (!find_header(format_ == Format::fasta ? '>' : '@', cancelled)) return Next::end;
    lost_ = false;
  }
  do {
    Next why_not = Next::end;
    if (!take_line(wait, cancelled, why_not)) return why_not;
  } while (line_.empty());
  if (format_ == Format::by_first_character) find_format(line_);
  if (format_ == Format::fasta) {
    read_fasta(cancelled);
  } else {
    read_fastq(cancelled);
  }
  return Next::record;
}

void RecordReader::find_format(std::string_view line) {
  if (line[0] != '>' && line[0] != '@') {
    throw fatal(lines_.place(number_) +
                    ": expected FASTA or FASTQ, a line that begins with '>' or '@', got " +
                    quoted(line),
                EINVAL);
  }
  format_ = line[0] == '>' ? Format::fasta : Format::fastq;
}

void RecordReader::read_fasta(const Cancelled& cancelled) {
  if (line_[0] != '>') {
    misfit("expected a header that begins with '>'");
  }
  name_ = line_.substr(1);
  sequence_.clear();
  has_quality_ = false;
  while (look_ahead(1, cancelled) && !ahead_.front().text.starts_with('>')) {
    Next why_not;
    take_line(Wait::yes, cancelled, why_not);
    if (!is_sequence(line_)) {
      misfit("expected a sequence");
    }
    sequence_ += line_;
  }
}

void RecordReader::line_of_record(std::string_view expected, const Cancelled& cancelled) {
  Next why_not;
  if (take_line(Wait::yes, cancelled, why_not)) return;
  malformed("the file ends within a record: expected " + std::string(expected) +
            " behind this line");
}

void RecordReader::read_fastq(const Cancelled& cancelled) {
  if (line_[0] != '@') {
    misfit("expected a header that begins with '@'");
  }
  name_ = line_.substr(1);
  line_of_record("a sequence", cancelled);
  if (!is_sequence(line_)) {
    misfit("expected a sequence");
  }
  sequence_ = line_;
  line_of_record("'+'", cancelled);
  if (!line_.starts_with('+')) {
    misfit("expected a line that begins with '+'");
  }
  line_of_record("a quality", cancelled);
  quality_ = line_;
  has_quality_ = true;
  const bool fits = quality_.size() == sequence_.size();
  if (fits && is_quality(quality_)) return;
  const std::string what = fits ? "a quality is none of the characters from '!' to '~'"
                                : "the quality has " + std::to_string(quality_.size()) +
                                      " characters, the sequence " +
                                      std::to_string(sequence_.size());
  if (quality_.starts_with('@')) put_back(Behind::plus);
  malformed(what);
}

/// True for the first of the last lines, when they begin a record that is cut off.
bool RecordReader::is_header_at_end() const {
  return ahead_.front().text.starts_with('@') && behind_ == Behind::other;
}

bool RecordReader::find_header(char mark, const Cancelled& cancelled) {
  const std::size_t plus = mark == '@' ? 2 : 0;  // lines below the header
  while (look_ahead(plus + 1, cancelled) || !ahead_.empty()) {
    const std::string& text = ahead_.front().text;
    const bool is_whole = ahead_.size() > plus;
    if (is_whole ? text.starts_with(mark) && (plus == 0 || ahead_[plus].text.starts_with('+'))
                 : is_header_at_end())
      return true;
    behind_ = text.starts_with('+') ? Behind::plus : Behind::other;
    ahead_.pop_front();
  }
  return false;
}

void RecordReader::seek(std::string_view cursor) {
  lines_.seek(cursor);
  ahead_.clear();
  lost_ = false;
}

}  // namespace papy::fastx
