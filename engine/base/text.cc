#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace papy {
namespace {

constexpr std::size_t kLongestWord = 80;  // bytes of a word in a message
constexpr std::size_t kMostListed = 20;   // words in one
constexpr std::size_t kLongestMessage = 4096;
constexpr std::size_t kNoteRoom = 46;  // of what is said of what was left out

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_continuation(unsigned char c) { return (c & 0xc0) == 0x80; }

// Bytes of the UTF-8 sequence at the start of `text`, or 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char c = byte(0);
  if (c < 0x80) return 1;
  const std::size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (c < 0xc2 || c > 0xf4 || text.size() < n) return 0;
  for (std::size_t i = 1; i < n; ++i) {
    if (!is_continuation(byte(i))) return 0;
  }
  if (c == 0xe0 && byte(1) < 0xa0) return 0;  // overlong
  if (c == 0xed && byte(1) > 0x9f) return 0;  // surrogates
  if (c == 0xf0 && byte(1) < 0x90) return 0;  // overlong
  if (c == 0xf4 && byte(1) > 0x8f) return 0;  // above U+10FFFF
  return n;
}

void append_visible(std::string& out, std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0xc2 && i + 1 < part.size() && static_cast<unsigned char>(part[i + 1]) < 0xa0) {
      out +=
          fmt::format("\\x{:02x}", static_cast<unsigned char>(part[++i]));  // C1: U+0080 to U+009F
    } else if (byte >= 0x20 && byte != 0x7f) {
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
}

// On one line, without control characters, and without its middle when it is long.
std::string shortened(std::string_view word) {
  std::string out;
  if (word.size() <= kLongestWord) {
    append_visible(out, word);
    return out;
  }
  std::size_t head = kLongestWord / 2;
  std::size_t tail = word.size() - kLongestWord / 4;
  while (head > 0 && is_continuation(static_cast<unsigned char>(word[head]))) --head;
  while (tail < word.size() && is_continuation(static_cast<unsigned char>(word[tail]))) ++tail;
  append_visible(out, word.substr(0, head));
  out += "...";
  append_visible(out, word.substr(tail));
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    if (*std::min_element(next.begin(), next.end()) > limit) return limit + 1;
    std::swap(before, row);
    std::swap(row, next);
  }
  return std::min(row[b.size()], limit + 1);
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string_view>& candidates) {
  if (word.empty() || word.size() > 100) return std::nullopt;
  const std::size_t limit = word.size() <= 4 ? 1 : word.size() <= 12 ? 2 : 3;
  std::size_t best = limit + 1;
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (best == 0) break;
    const std::size_t distance = edit_distance(word, candidate, best - 1);
    if (distance >= best || distance >= candidate.size()) continue;
    best = distance;
    found = candidate;
  }
  return best <= limit ? std::optional(std::string(found)) : std::nullopt;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t good = std::min(find_bad_utf8(text), text.size());
    append_visible(out, text.substr(0, good));
    if (good == text.size()) break;
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[good]));
    text.remove_prefix(good + 1);
  }
  return out;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\n\t"), text.size());
    out += printable(text.substr(0, end));
    if (end == text.size()) break;
    out += text[end];
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string cut_message(std::string_view text) {
  if (text.size() <= kLongestMessage) return std::string(text);
  std::size_t kept = kLongestMessage - kNoteRoom;
  while (kept > 0 && is_continuation(static_cast<unsigned char>(text[kept]))) --kept;
  return std::string(text.substr(0, kept)) +
         fmt::format("... ({} bytes left out)", text.size() - kept);
}

std::string in_quotes(std::string_view word) { return "'" + shortened(word) + "'"; }

std::string either(const std::vector<std::string>& words) {
  std::vector<std::string_view> some(words.begin(), words.end());
  if (words.size() < 2 || words.size() > kMostListed) return listed(some);
  some.pop_back();
  return fmt::format("{} or {}", listed(some), shortened(words.back()));
}

std::string listed(const std::vector<std::string_view>& words) {
  std::vector<std::string> some;
  for (std::size_t i = 0; i < words.size() && i < kMostListed; ++i) {
    some.push_back(shortened(words[i]));
  }
  const std::string all = fmt::format("{}", fmt::join(some, ", "));
  const bool is_cut = words.size() > kMostListed;
  return is_cut ? fmt::format("{} and {} more", all, words.size() - kMostListed) : all;
}

std::size_t find_bad_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = sequence_length(text.substr(at, 4));
    if (n == 0) return at;
    at += n;
  }
  return std::string_view::npos;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !is_continuation(static_cast<unsigned char>(c));
  }));
}

}  // namespace papy
