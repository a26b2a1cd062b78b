#include "workflow/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "base/text.h"

namespace papy {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool starts_token(std::string_view text, std::size_t at) {
  return at == 0 || std::strchr(" \t\r\n[{,:", text[at - 1]) != nullptr;
}

// Where the quoted scalar at `at` ends (behind its quote), or the end of the text.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return text.size();
}

// Two measures, because only a parser knows for certain what is quoted: brackets open outside of
// what looks like quotes and comments, and brackets opened one behind the other, whatever is around
// them.
std::optional<std::size_t> find_bracket_flood(std::string_view text) {
  std::size_t row = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '[' || c == '{') {
      if (++row > kMostOpenBrackets) return at;
    } else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
      row = 0;
    }
  }
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if ((c == '\'' || c == '"') && starts_token(text, at)) {
      at = skip_quoted(text, at);
      continue;
    }
    if (c == '#' && starts_token(text, at)) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if ((c == '[' || c == '{') && ++open > kMostOpenBrackets) return at;
    if ((c == ']' || c == '}') && open > 0) --open;
    ++at;
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> read_document(const std::string& path) {
  auto text = read_file(path, kLargestDocument);
  if (text && text->starts_with(kByteOrderMark)) text->erase(0, kByteOrderMark.size());
  return text;
}

std::optional<Unfit> find_unfit(std::string_view text, std::string_view name) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return Unfit{0, "not-utf8", fmt::format("{} is UTF-16, expected UTF-8", name),
                 "save it as UTF-8"};
  }
  const std::size_t nul = text.find('\0');
  const std::size_t bad = find_bad_utf8(text);
  if (nul < bad)
    return Unfit{nul, "not-utf8", fmt::format("{} holds a NUL byte, expected text", name), ""};
  if (bad != std::string_view::npos) {
    return Unfit{
        bad, "not-utf8",
        fmt::format("{} is not UTF-8: byte 0x{:02x}", name, static_cast<unsigned char>(text[bad])),
        "save it as UTF-8"};
  }
  if (const auto flood = find_bracket_flood(text)) {
    return Unfit{*flood, "nested-too-deep",
                 fmt::format("more than {} brackets are open here", kMostOpenBrackets), ""};
  }
  return std::nullopt;
}

}  // namespace papy
