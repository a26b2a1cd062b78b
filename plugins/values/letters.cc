#include "values/letters.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <papy/cpp/error.hpp>

#include "files/utf8.h"

namespace papy::values {
namespace {

void check_utf8(std::string_view text) {
  const std::size_t at = files::first_not_utf8(text);
  if (at < text.size()) {
    throw bad_value("byte " + std::to_string(at + 1) + " of the text is not UTF-8");
  }
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

/// Takes the first character off. Requires: UTF-8, not empty.
utf8proc_int32_t take_character(std::string_view& text) {
  utf8proc_int32_t code = 0;
  const auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                  static_cast<utf8proc_ssize_t>(text.size()), &code);
  text.remove_prefix(static_cast<std::size_t>(n));
  return code;
}

template <class Other>
std::string each_letter(std::string_view text, const Other& other) {
  check_utf8(text);
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    files::put_utf8(result, static_cast<std::uint32_t>(other(take_character(text))));
  }
  return result;
}

bool is_in_word(utf8proc_int32_t code) {
  const auto category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

int options_of(const Normalisation& how) {
  const bool composed = how.form == NormalForm::nfc || how.form == NormalForm::nfkc;
  const bool compatible = how.form == NormalForm::nfkc || how.form == NormalForm::nfkd;
  int options = UTF8PROC_STABLE | (composed ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE);
  if (compatible) options |= UTF8PROC_COMPAT;
  if (how.fold) options |= UTF8PROC_CASEFOLD;
  if (how.drop_marks) options |= UTF8PROC_STRIPMARK;
  return options;
}

}  // namespace

std::string upper_case(std::string_view text) { return each_letter(text, utf8proc_toupper); }

std::string lower_case(std::string_view text) { return each_letter(text, utf8proc_tolower); }

std::string normalise(std::string_view text, const Normalisation& how) {
  if (!how.fold && is_ascii(text)) return std::string(text);
  check_utf8(text);
  utf8proc_uint8_t* result = nullptr;
  const auto n = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                              static_cast<utf8proc_ssize_t>(text.size()), &result,
                              static_cast<utf8proc_option_t>(options_of(how)));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, std::free);
  if (n < 0) throw bad_value(utf8proc_errmsg(n));
  return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(n)};
}

std::vector<std::string_view> words_in(std::string_view text) {
  check_utf8(text);
  std::vector<std::string_view> words;
  const char* word = nullptr;  // where the one that goes on begins
  while (!text.empty()) {
    const char* const here = text.data();
    const bool inside = is_in_word(take_character(text));
    if (inside && word == nullptr) word = here;
    if (!inside && word != nullptr) {
      words.emplace_back(word, static_cast<std::size_t>(here - word));
      word = nullptr;
    }
  }
  if (word != nullptr) words.emplace_back(word, static_cast<std::size_t>(text.data() - word));
  return words;
}

std::size_t characters_in(std::string_view text) {
  check_utf8(text);
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace papy::values
