// Workers that make many values of one: `produce: any`.
#include <cstddef>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

namespace papy::core {
namespace {

struct split_args {
  PAPY_ARGS(split_args, (std::string, separator, "\n", "text between two parts; not empty"),
            (bool, keep_empty, false, "emit empty parts too"))
};
void split(std::string_view text, const split_args& args, out<std::string_view>& out) {
  if (args.separator.empty()) throw fail("the separator is empty, expected a text");
  while (true) {
    const auto end = text.find(args.separator);
    if (end != 0 || args.keep_empty) {
      const std::string_view part = text.substr(0, end);
      if (!part.empty() || args.keep_empty) out.emit(part);
    }
    if (end == text.npos) return;
    text.remove_prefix(end + args.separator.size());
  }
}

bool is_letter(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

struct words_args {
  PAPY_ARGS(words_args, (bool, lower, true, "make A-Z small"),
            (std::size_t, min_length, 1, "leave out words of fewer bytes", at_least(1)))
};
void words(std::string_view text, const words_args& args, out<std::string_view>& out) {
  std::string small;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_letter(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    const std::size_t from = i;
    while (i < text.size() && is_letter(static_cast<unsigned char>(text[i]))) ++i;
    if (i - from < args.min_length) continue;
    std::string_view word = text.substr(from, i - from);
    if (args.lower) {
      small = word;
      for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
      word = small;
    }
    out.emit(word);
  }
}

void each(any value, out<>& out) {
  reader in(value.data());
  for (std::size_t n = in.list(); n > 0; --n) out.emit(any(in.any()));
}

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(split, papy::core::split, "the parts of a text, one by one (produce: any)",
               papy::pure);
PAPY_WORKER_AS(
    words, papy::core::words,
    "the words of a text, one by one: runs of A-Z, a-z and bytes from 0x80 (produce: any)",
    papy::pure);
PAPY_WORKER_AS(each, papy::core::each, "the values of a list, one by one (produce: any)",
               papy::pure);
