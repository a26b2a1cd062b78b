// The source of delimited records: CSV, TSV and the like.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "files/lines.h"
#include "io/record_parser.h"

namespace papy::io {
namespace {

using files::Lines;

struct records_args {
  PAPY_ARGS(records_args,
            (papy::path, path, required, "a file, plain, gzip or zstd; - is the standard input"),
            (std::string, delimiter, ",", "one character between two fields"),
            (std::string, quote, "\"",
             "one character around fields that hold delimiters or line ends"),
            (bool, header, true, "the first record names the fields; else records are lists"))
};

char one_character(const std::string& text, const char* what) {
  if (text.size() == 1 && text[0] != '\n' && text[0] != '\r') return text[0];
  throw fail("the " + std::string(what) + " is '" + text + "', expected one character");
}

class read_records {
 public:
  using args = records_args;
  explicit read_records(const records_args& args)
      : lines_(args.path.full),
        parser_(one_character(args.delimiter, "delimiter"), one_character(args.quote, "quote")),
        header_due_(args.header) {}

  bool operator()(out<>& out, context& context) {
    const files::Cancelled cancelled = [&] { return context.cancelled(); };
    while (!out.full()) {
      const auto wait = out.emitted() == 0 ? files::Wait::yes : files::Wait::no;
      switch (next(wait, cancelled)) {
        case Lines::Next::end:
          return false;
        case Lines::Next::not_yet:
          return true;
        default:
          break;
      }
      if (header_due_) {
        take_header();
      } else {
        emit(out);
      }
    }
    return true;
  }
  std::string cursor() const { return (header_due_ ? "h" : "r") + lines_.cursor(); }
  void seek(std::string_view cursor) {
    if (cursor.empty()) throw fatal("'' is no place in '" + lines_.name() + "'", EINVAL);
    if (cursor[0] == 'r' && header_due_) {
      if (next(files::Wait::yes, {}) == Lines::Next::line) take_header();
    }
    lines_.seek(cursor.substr(1));
    parser_.reset();
  }

 private:
  /// The next record that is not empty, in parser_.
  Lines::Next next(files::Wait wait, const files::Cancelled& cancelled) {
    bool open = false;
    while (true) {
      const Lines::Next got = lines_.next(open ? files::Wait::yes : wait, cancelled);
      if (got == Lines::Next::cancelled) throw papy::cancelled();
      if (got == Lines::Next::too_long || parser_.size() > Lines::kLongest) {
        parser_.reset();
        throw fail(lines_.place(open ? first_ : lines_.number()) + ": the record is longer than " +
                   std::to_string(Lines::kLongest) + " bytes");
      }
      if (got == Lines::Next::end && open) {
        parser_.reset();
        throw fail(lines_.place(first_) +
                   ": the file ends within a field in quotes that begins in this record");
      }
      if (got != Lines::Next::line) return got;
      if (!open) first_ = lines_.number();
      std::string_view line = lines_.line();
      if (first_ == 1 && !open && line.starts_with("\xef\xbb\xbf"))
        line.remove_prefix(3);  // byte order mark
      if (line.empty() && !open) continue;
      try {
        open = parser_.feed(line) == RecordParser::State::open;
      } catch (const bad_value& wrong) {
        throw fail(lines_.place() + ": " + wrong.what());
      }
      if (!open) return got;
    }
  }

  void take_header() {
    names_ = parser_.fields();
    std::vector<std::string> sorted = names_;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
      throw fatal(lines_.place(first_) + ": the header names the field '" + *twice + "' twice",
                  EINVAL);
    }
    header_due_ = false;
  }

  void emit(out<>& out) {
    const std::vector<std::string>& fields = parser_.fields();
    if (!names_.empty() && fields.size() != names_.size()) {
      throw fail(lines_.place(first_) + ": expected " + std::to_string(names_.size()) +
                 " fields as in the header, got " + std::to_string(fields.size()));
    }
    writer& to = out.raw();
    if (names_.empty()) {
      to.list(fields.size());
    } else {
      to.map(fields.size());
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!names_.empty()) to.text(names_[i]);
      to.text(fields[i]);
    }
    out.wrote();
  }

  Lines lines_;
  RecordParser parser_;
  std::vector<std::string> names_;
  std::uint64_t first_ = 0;  // line of the record that was read last
  bool header_due_;
};

}  // namespace
}  // namespace papy::io

PAPY_SOURCE_AS(
    read_records, papy::io::read_records,
    "the records of a delimited file (CSV, TSV) as maps of text by field name, or as lists",
    papy::local | papy::cancels);
