// Workers that make another text of a text.
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "text/subject.h"
#include "values/letters.h"

namespace papy::text {
namespace {

using Text = values::Edited<std::string>;

struct change_args {
  PAPY_ARGS(change_args, (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc))
};

Text upper(any item, const change_args& args) {
  return Subject(args).edit_text(item, values::upper_case);
}

Text lower(any item, const change_args& args) {
  return Subject(args).edit_text(item, values::lower_case);
}

struct normalise_args {
  PAPY_ARGS(normalise_args, (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc),
            (std::string, form, "NFC", "normal form of Unicode",
             one_of("NFC", "NFD", "NFKC", "NFKD")),
            (bool, fold, false, "fold case: Straße, STRASSE and strasse become one"),
            (bool, drop_marks, false, "drop accents and other marks: é becomes e"))
};

values::NormalForm form_of(std::string_view name) {
  if (name == "NFC") return values::NormalForm::nfc;
  if (name == "NFD") return values::NormalForm::nfd;
  return name == "NFKC" ? values::NormalForm::nfkc : values::NormalForm::nfkd;
}

Text normalised(any item, const normalise_args& args) {
  const values::Normalisation how{form_of(args.form), args.fold, args.drop_marks};
  return Subject(args).edit_text(
      item, [&](std::string_view text) { return values::normalise(text, how); });
}

struct trim_args {
  PAPY_ARGS(trim_args, (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc),
            (bool, inner, false, "also make one space of every run of white space within"))
};

constexpr std::string_view kWhite = " \t\n\r\f\v";

std::string without_inner(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool white = kWhite.find(c) != kWhite.npos;
    if (!white) result += c;
    if (white && result.back() != ' ') result += ' ';
  }
  return result;
}

Text trim(any item, const trim_args& args) {
  return Subject(args).edit_text(item, [&](std::string_view text) {
    const auto first = text.find_first_not_of(kWhite);
    if (first == text.npos) return std::string();
    text = text.substr(first, text.find_last_not_of(kWhite) - first + 1);
    return args.inner ? without_inner(text) : std::string(text);
  });
}

}  // namespace
}  // namespace papy::text

PAPY_WORKER_AS(upper, papy::text::upper, "the text in capital letters, in any script", papy::pure);
PAPY_WORKER_AS(lower, papy::text::lower, "the text in small letters, in any script", papy::pure);
PAPY_WORKER_AS(normalise, papy::text::normalised,
               "the text in a normal form of Unicode, on request with case folded and without "
               "accents",
               papy::pure);
PAPY_WORKER_AS(trim, papy::text::trim, "the text without the white space at its ends", papy::pure);
