#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace papy::values {

// Letters of all scripts, as Unicode 14 has them (by utf8proc). Each function throws
// papy::bad_value with the byte where its text is not UTF-8.

/// Letter by letter: what has no single other letter stays, or takes the nearest, as "ß" "ẞ".
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

/// The four normal forms of Unicode Standard Annex 15.
enum class NormalForm { nfc, nfd, nfkc, nfkd };

struct Normalisation {
  NormalForm form = NormalForm::nfc;
  bool fold = false;        ///< full case folding: Straße, STRASSE and strasse become one
  bool drop_marks = false;  ///< é becomes e
};
std::string normalise(std::string_view text, const Normalisation& how);

/// The runs of letters, marks and digits in a text, as views into it.
std::vector<std::string_view> words_in(std::string_view text);

/// How many characters (code points) a text has.
std::size_t characters_in(std::string_view text);

}  // namespace papy::values
