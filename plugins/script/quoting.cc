#include "script/quoting.h"

#include <algorithm>
#include <cctype>

namespace papy::script {
namespace {

constexpr std::string_view kHarmless = "_./:@%+,-";

/// `'` as it is written within single quotes.
std::string in_single(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\'') {
      text += R"('\'')";
    } else {
      text.push_back(c);
    }
  }
  return text;
}

std::string in_twofold(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (std::string_view("\\\"$`").find(c) != std::string_view::npos) text.push_back('\\');
    text.push_back(c);
  }
  return text;
}

}  // namespace

void QuoteTracker::pass(std::string_view text) {
  for (const char c : text) {
    pass(c);
    before_ = c;
  }
}

void QuoteTracker::pass(char c) {
  if (escaped_) {
    escaped_ = false;
    return;
  }
  const bool is_plain = within_.empty() || within_.back() == Within::parentheses ||
                        within_.back() == Within::backticks;
  if (is_plain) return pass_plain(c);
  switch (within_.back()) {
    case Within::single:
      if (c == '\'') within_.pop_back();
      return;
    case Within::twofold:
      return pass_twofold(c);
    case Within::comment:
      if (c == '\n') within_.pop_back();
      return;
    case Within::parentheses:
    case Within::backticks:
      return;
  }
}

void QuoteTracker::pass_plain(char c) {
  const bool at_word = std::isspace(static_cast<unsigned char>(before_)) != 0 ||
                       std::string_view(";&|(").find(before_) != std::string_view::npos;
  if (c == '\\') escaped_ = true;
  if (c == '\'') within_.push_back(Within::single);
  if (c == '"') within_.push_back(Within::twofold);
  if (c == '#' && at_word) within_.push_back(Within::comment);
  if (c == '(') within_.push_back(Within::parentheses);
  if (c == ')' && !within_.empty() && within_.back() == Within::parentheses) within_.pop_back();
  if (c != '`') return;
  if (!within_.empty() && within_.back() == Within::backticks) {
    within_.pop_back();
  } else {
    within_.push_back(Within::backticks);
  }
}

void QuoteTracker::pass_twofold(char c) {
  if (c == '\\') escaped_ = true;
  if (c == '"') within_.pop_back();
  if (c == '(' && before_ == '$') within_.push_back(Within::parentheses);
  if (c == '`') within_.push_back(Within::backticks);
}

Quotes QuoteTracker::now() const {
  if (within_.empty()) return Quotes::none;
  if (within_.back() == Within::single) return Quotes::single;
  return within_.back() == Within::twofold ? Quotes::twofold : Quotes::none;
}

bool is_harmless(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           kHarmless.find(c) != std::string_view::npos;
  });
}

std::string reference(const std::string& variable, Quotes quotes) {
  switch (quotes) {
    case Quotes::none:
      return "\"${" + variable + "}\"";
    case Quotes::single:
      return "'\"${" + variable + "}\"'";
    case Quotes::twofold:
      return "${" + variable + "}";
  }
  return {};
}

std::string quoted(std::string_view value, Quotes quotes) {
  switch (quotes) {
    case Quotes::none:
      return is_harmless(value) ? std::string(value) : "'" + in_single(value) + "'";
    case Quotes::single:
      return in_single(value);
    case Quotes::twofold:
      return in_twofold(value);
  }
  return {};
}

}  // namespace papy::script
