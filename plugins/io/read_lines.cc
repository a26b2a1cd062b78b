// Sources of lines, and of the values that stand on lines.
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "files/json_read.h"
#include "files/lines.h"

namespace papy::io {
namespace {

using files::Lines;

/// Hands the lines of a file to `take` until the call has what it wants. Says false at the end.
template <class T, class Take>
bool each_line(Lines& lines, out<T>& out, context& context, Take take) {
  const files::Cancelled cancelled = [&] { return context.cancelled(); };
  while (!out.full()) {
    // What is there goes out before a pipe is waited for.
    const auto wait = out.emitted() == 0 ? files::Wait::yes : files::Wait::no;
    switch (lines.next(wait, cancelled)) {
      case Lines::Next::line:
        take(lines.line());
        break;
      case Lines::Next::too_long:
        throw fail(lines.place() + ": the line is longer than " + std::to_string(Lines::kLongest) +
                   " bytes");
      case Lines::Next::end:
        return false;
      case Lines::Next::not_yet:
        return true;
      case Lines::Next::cancelled:
        throw papy::cancelled();
    }
  }
  return true;
}

struct read_args {
  PAPY_ARGS(read_args,
            (papy::path, path, required, "a file, plain, gzip or zstd; - is the standard input"))
};

class read_lines {
 public:
  using args = read_args;
  explicit read_lines(const read_args& args) : lines_(args.path.full) {}

  bool operator()(out<std::string_view>& out, context& context) {
    return each_line(lines_, out, context, [&](std::string_view line) { out.emit(line); });
  }
  std::string cursor() const { return lines_.cursor(); }
  void seek(std::string_view cursor) { lines_.seek(cursor); }

 private:
  Lines lines_;
};

class standard_input {
 public:
  bool operator()(out<std::string_view>& out, context& context) {
    return each_line(lines_, out, context, [&](std::string_view line) { out.emit(line); });
  }

 private:
  Lines lines_{"-"};
};

class read_jsonl {
 public:
  using args = read_args;
  explicit read_jsonl(const read_args& args) : lines_(args.path.full) {}

  bool operator()(out<>& out, context& context) {
    return each_line(lines_, out, context, [&](std::string_view line) {
      if (line.find_first_not_of(" \t") == line.npos) return;
      value_.clear();
      try {
        files::json_read(line, value_);
      } catch (const bad_value& wrong) {
        throw fail(lines_.place() + ": " + wrong.what());
      }
      out.emit(any(bytes(reinterpret_cast<const std::uint8_t*>(value_.data()), value_.size())));
    });
  }
  std::string cursor() const { return lines_.cursor(); }
  void seek(std::string_view cursor) { lines_.seek(cursor); }

 private:
  Lines lines_;
  std::string value_;
};

}  // namespace
}  // namespace papy::io

PAPY_SOURCE_AS(read_lines, papy::io::read_lines, "the lines of a file as text, without their ends",
               papy::local | papy::cancels);
PAPY_SOURCE_AS(read_jsonl, papy::io::read_jsonl,
               "the values of a file with one JSON text a line; empty lines are passed over",
               papy::local | papy::cancels);
PAPY_SOURCE_AS(stdin, papy::io::standard_input, "the lines of the standard input as they come",
               papy::local | papy::cancels | papy::blocks);
