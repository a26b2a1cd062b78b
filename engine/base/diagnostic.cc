#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace papy {
namespace {

constexpr std::size_t kWidest =
    160;  // columns of an excerpt; of a longer line only the neighbourhood is shown

// What surrounds the parts of a finding on a terminal.
struct Paint {
  std::string_view level, strong, dim, off;
};

Paint paint_for(Level level, Colour colour) {
  if (colour == Colour::off) return {};
  constexpr std::string_view kLevels[] = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"};
  return {kLevels[static_cast<int>(level)], "\x1b[1m", "\x1b[34m", "\x1b[0m"};
}

// A piece of a line, and the columns [begin, end) of it that are marked.
struct Excerpt {
  std::string line;
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool inside_character(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

Excerpt excerpt_of(const Source& source, Span span, std::size_t line) {
  const std::string_view whole = source.line(line);
  const std::size_t start = source.line_begin(line);
  std::size_t begin = std::min(span.begin - std::min<std::size_t>(start, span.begin), whole.size());
  std::size_t end = std::clamp<std::size_t>(span.end - std::min<std::size_t>(start, span.end),
                                            begin, whole.size());
  std::size_t from = 0;
  std::size_t to = whole.size();
  if (whole.size() > kWidest) {
    from = begin > kWidest / 2 ? begin - kWidest / 2 : 0;
    to = std::min(whole.size(), from + kWidest);
    while (from > 0 && inside_character(whole, from)) --from;
    while (inside_character(whole, to)) ++to;
    end = std::min(end, to);
  }
  Excerpt excerpt;
  const std::string head = from > 0 ? "..." : "";
  for (const char c : whole.substr(from, to - from)) {
    const auto byte = static_cast<unsigned char>(c);
    excerpt.line.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);  // tabs count one column
  }
  excerpt.line = head + excerpt.line + (to < whole.size() ? "..." : "");
  excerpt.begin = head.size() + columns(whole.substr(from, begin - from));
  excerpt.end = excerpt.begin + std::max<std::size_t>(1, columns(whole.substr(begin, end - begin)));
  return excerpt;
}

std::string with_space(std::string_view text) {
  return text.empty() ? std::string() : fmt::format(" {}", text);
}

void append_excerpt(std::string& out, const Source& source, Span span, char mark,
                    std::string_view text, std::size_t gutter, const Paint& paint) {
  const std::size_t line = source.place(span.begin).line;
  const Excerpt excerpt = excerpt_of(source, span, line);
  out +=
      fmt::format("{}{:>{}} |{}{}\n", paint.dim, line, gutter, paint.off, with_space(excerpt.line));
  out += fmt::format("{}{:{}} |{} {:{}}{}{}{}{}\n", paint.dim, "", gutter, paint.off, "",
                     excerpt.begin, paint.level, std::string(excerpt.end - excerpt.begin, mark),
                     with_space(text), paint.off);
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::note:
      return "note";
  }
  return "note";
}

bool has_errors(const std::vector<Diagnostic>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Diagnostic& finding) { return finding.level == Level::error; });
}

void sort_by_place(std::vector<Diagnostic>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.span.source, a.span.begin) < std::tie(b.span.source, b.span.begin);
  });
}

std::string render(const Diagnostic& finding, const std::vector<Source>& sources, Colour colour) {
  const Source& source = sources[finding.span.source];
  const LineColumn place = source.place(finding.span.begin);
  const Paint paint = paint_for(finding.level, colour);
  std::size_t last = place.line;
  if (finding.related) {
    const Span span = finding.related->span;
    last = std::max(last, sources[span.source].place(span.begin).line);
  }
  const std::size_t gutter = std::to_string(last).size();
  std::string out = fmt::format(
      "{}{}[{}]{} {}{}:{}:{}: {}{}\n", paint.level, name_of(finding.level), finding.rule, paint.off,
      paint.strong, source.name(), place.line, place.column, finding.message, paint.off);
  if (!source.text().empty()) {
    out += fmt::format("{}{:{}} |{}\n", paint.dim, "", gutter, paint.off);
    append_excerpt(out, source, finding.span, '^', finding.hint, gutter, paint);
  } else if (!finding.hint.empty()) {
    out += fmt::format("{:{}} = {}\n", "", gutter, finding.hint);
  }
  if (finding.related) {
    const Source& other = sources[finding.related->span.source];
    const LineColumn there = other.place(finding.related->span.begin);
    out += fmt::format("{}{:{}} ={} see {}:{}:{}\n", paint.dim, "", gutter, paint.off, other.name(),
                       there.line, there.column);
    append_excerpt(out, other, finding.related->span, '-', finding.related->text, gutter, paint);
  }
  if (!finding.at.empty()) {
    out += fmt::format("{}{:{}} ={} at {}\n", paint.dim, "", gutter, paint.off, finding.at);
  }
  return out;
}

std::string render(const std::vector<Diagnostic>& findings, const std::vector<Source>& sources,
                   Colour colour) {
  std::string out;
  for (const Diagnostic& finding : findings) {
    if (!out.empty()) out += "\n";
    out += render(finding, sources, colour);
  }
  return out;
}

}  // namespace papy
