// The source of delimited records: CSV, TSV and the like.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "files/lines.h"
#include "io/arguments.h"
#include "io/cell.h"
#include "io/record_lines.h"
#include "io/record_parser.h"
#include "values/ordered_map.h"

namespace papy::io {
namespace {

struct records_args {
  PAPY_ARGS(records_args,
            (papy::path, path, required, "a file, plain, gzip or zstd; - is the standard input"),
            (std::string, delimiter, ",", "one character between two fields"),
            (std::string, quote, "\"",
             "one character around fields that hold delimiters or line ends"),
            (bool, header, true, "the first record names the fields; else records are lists"),
            (std::vector<std::string>, columns, {},
             "the fields to give, in this order; none: all of the header"),
            (values::OrderedMap<std::string>, types, {},
             "what fields are: text, integer, float, boolean or json; text where none is said"),
            (std::uint64_t, most_lines, 1000,
             "a quote that is open for more lines is a failure, and reading goes on behind it",
             at_least(1)))
};

class read_records {
 public:
  using args = records_args;
  explicit read_records(const records_args& args)
      : args_(args),
        lines_(args.path.full),
        parser_(one_character(args.delimiter, "delimiter"), one_character(args.quote, "quote")),
        header_due_(args.header) {
    if (!args.header && (!args.columns.empty() || !args.types.empty())) {
      throw fail("columns and types speak of the names in a header, and header is false");
    }
    for (const auto& [name, type] : args.types) cell_type_of(type);
  }

  bool operator()(out<>& out, context& context) {
    const files::Cancelled cancelled = [&] { return context.cancelled(); };
    while (!out.full()) {
      const auto wait = out.emitted() == 0 ? files::Wait::yes : files::Wait::no;
      switch (next(wait, cancelled)) {
        case Next::end:
          return false;
        case Next::not_yet:
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
      if (next(files::Wait::yes, {}) == Next::line) take_header();
    }
    lines_.seek(cursor.substr(1));
    parser_.reset();
  }

 private:
  using Next = RecordLines::Next;

  /// A field that is given of each record.
  struct Column {
    std::string name;
    std::size_t place;  // in the record
    CellType type;
  };

  /// The next record that is not empty, in parser_.
  Next next(files::Wait wait, const files::Cancelled& cancelled) {
    while (true) {
      const Next got = lines_.next(wait, cancelled);
      if (got == Next::cancelled) throw papy::cancelled();
      if (got == Next::too_long) throw fail(lines_.place(lines_.number()) + too_long());
      if (got != Next::line) return got;
      first_ = lines_.number();
      std::string_view line = lines_.line();
      if (first_ == 1 && line.starts_with("\xef\xbb\xbf"))
        line.remove_prefix(3);  // byte order mark
      if (line.empty()) continue;
      bool open = feed(line);
      for (std::uint64_t n = 1; open; ++n) open = feed_more(n, cancelled);
      return got;
    }
  }
  /// Says whether the record goes on in the next line.
  bool feed(std::string_view line) {
    try {
      return parser_.feed(line) == RecordParser::State::open;
    } catch (const bad_value& wrong) {
      give_up(lines_.place(lines_.number()) + ": " + wrong.what());
    }
  }
  /// The same for the line behind the `n` that the record has.
  bool feed_more(std::uint64_t n, const files::Cancelled& cancelled) {
    if (n == args_.most_lines) {
      give_up(lines_.place(first_) + ": a field in quotes that begins in this record is open for " +
              std::to_string(n) + (n == 1 ? " line" : " lines"));
    }
    switch (lines_.next_within(cancelled)) {
      case Next::cancelled:
        throw papy::cancelled();
      case Next::too_long:
        give_up(lines_.place(first_) + too_long());
      case Next::line:
        break;
      default:
        give_up(lines_.place(first_) +
                ": the file ends within a field in quotes that begins in this record");
    }
    if (parser_.size() > files::Lines::kLongest) give_up(lines_.place(first_) + too_long());
    return feed(lines_.line());
  }
  static std::string too_long() {
    return ": the record is longer than " + std::to_string(files::Lines::kLongest) + " bytes";
  }
  /// Fails the record; what follows its first line is looked at anew.
  [[noreturn]] void give_up(const std::string& why) {
    parser_.reset();
    lines_.go_back();
    throw fail(why);
  }

  void take_header() {
    const std::vector<std::string>& names = parser_.fields();
    fields_ = names.size();
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) wrong_header("the header names the field '" + *twice + "' twice");
    for (const auto& [name, type] : args_.types) place_of(name);
    for (const std::string& name : args_.columns.empty() ? names : args_.columns) {
      columns_.push_back({name, place_of(name), type_of(name)});
    }
    header_due_ = false;
  }
  std::size_t place_of(const std::string& name) const {
    const std::vector<std::string>& names = parser_.fields();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string all;
    for (const std::string& one : names) all += (all.empty() ? "'" : ", '") + one + "'";
    wrong_header("the header has no field '" + name + "', but " + all);
  }
  CellType type_of(const std::string& name) const {
    for (const auto& [typed, type] : args_.types) {
      if (typed == name) return cell_type_of(type);
    }
    return CellType::text;
  }
  [[noreturn]] void wrong_header(const std::string& why) const {
    throw fatal(lines_.place(first_) + ": " + why, EINVAL);
  }

  void emit(out<>& out) {
    const std::vector<std::string>& fields = parser_.fields();
    writer& to = out.raw();
    if (!args_.header) {
      to.list(fields.size());
      for (const std::string& field : fields) to.text(field);
      return out.wrote();
    }
    if (fields.size() != fields_) {
      throw fail(lines_.place(first_) + ": expected " + std::to_string(fields_) +
                 " fields as in the header, got " + std::to_string(fields.size()));
    }
    const std::uint64_t before = to.written();
    to.map(columns_.size());
    for (const Column& column : columns_) {
      to.text(column.name);
      try {
        write_cell(to, fields[column.place], column.type);
      } catch (const bad_value& wrong) {
        to.rewind(before);
        throw fail(lines_.place(first_) + ": field '" + column.name + "': " + wrong.what());
      }
    }
    out.wrote();
  }

  records_args args_;
  RecordLines lines_;
  RecordParser parser_;
  std::size_t fields_ = 0;       // that the header has
  std::vector<Column> columns_;  // those that are given
  std::uint64_t first_ = 0;      // line of the record that was read last
  bool header_due_;
};

}  // namespace
}  // namespace papy::io

PAPY_SOURCE_AS(read_records, papy::io::read_records,
               "the records of a delimited file (CSV, TSV) as maps by field name, or as lists",
               papy::local | papy::cancels);
