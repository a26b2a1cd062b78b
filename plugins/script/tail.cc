#include "script/tail.h"

#include "files/utf8.h"

namespace papy::script {
namespace {

constexpr std::size_t kMost = 600;

}  // namespace

std::string last_words(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const bool is_cut = text.size() > kMost;
  if (is_cut) text.remove_prefix(text.size() - kMost);
  while (is_cut && !text.empty() && (static_cast<unsigned char>(text[0]) & 0xc0) == 0x80)
    text.remove_prefix(1);
  std::string words;
  for (const char c : text) {
    if (c == '\n') {
      words += " | ";
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
      words.push_back(c == '\t' ? ' ' : c);
    }
  }
  if (is_cut && !words.empty()) words.insert(0, "... ");
  for (std::size_t bad = 0; (bad = files::first_not_utf8(words)) < words.size();) words[bad] = '?';
  return words;
}

}  // namespace papy::script
