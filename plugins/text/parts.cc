// Workers that take a text apart into a list.
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "text/subject.h"
#include "values/letters.h"

namespace papy::text {
namespace {

struct split_args {
  PAPY_ARGS(split_args, (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc),
            (std::string, separator, "", "text between two parts; empty: any white space"),
            (std::uint64_t, limit, 0, "at most so many parts, the last is the rest; 0: all"))
};

using Parts = std::vector<std::string_view>;

bool full(const Parts& parts, const split_args& args) {
  return args.limit > 0 && parts.size() + 1 == args.limit;
}

Parts split_at_text(std::string_view text, const split_args& args) {
  Parts parts;
  for (auto end = text.find(args.separator); end != text.npos && !full(parts, args);
       end = text.find(args.separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + args.separator.size());
  }
  parts.push_back(text);
  return parts;
}

Parts split_at_white(std::string_view text, const split_args& args) {
  constexpr std::string_view kWhite = " \t\n\r\f\v";
  Parts parts;
  while (true) {
    const auto begin = text.find_first_not_of(kWhite);
    if (begin == text.npos) return parts;
    text.remove_prefix(begin);
    const auto end = full(parts, args) ? text.npos : text.find_first_of(kWhite);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end);
  }
}

values::Edited<Parts> split(any item, const split_args& args) {
  return Subject(args).edit_text(item, [&](std::string_view text) {
    return args.separator.empty() ? split_at_white(text, args) : split_at_text(text, args);
  });
}

struct tokens_args {
  PAPY_ARGS(tokens_args, (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc),
            (bool, fold, true, "fold case, so that the same word is the same token"),
            (std::uint64_t, min_length, 1, "leave out tokens of fewer characters", at_least(1)))
};

values::Edited<std::vector<std::string>> tokens(any item, const tokens_args& args) {
  return Subject(args).edit_text(item, [&](std::string_view text) {
    std::vector<std::string> tokens;
    for (const std::string_view word : values::words_in(text)) {
      if (args.min_length > 1 && values::characters_in(word) < args.min_length) continue;
      tokens.push_back(values::normalise(word, {values::NormalForm::nfc, args.fold, false}));
    }
    return tokens;
  });
}

}  // namespace
}  // namespace papy::text

PAPY_WORKER_AS(split, papy::text::split, "the parts of a text as a list", papy::pure);
PAPY_WORKER_AS(tokens, papy::text::tokens,
               "the words of a text as a list: runs of letters, marks and digits of any script, in "
               "normal form",
               papy::pure);
