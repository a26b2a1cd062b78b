#include "expression/lexer.h"

#include <array>

namespace papy::expression {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Letters of other scripts are letters, too.
bool begins_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// What others write for it, with what it is called here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOthers = {{
    {"&&", "and"},
    {"||", "or"},
    {"!", "not"},
    {"=", "=="},
    {"<>", "!="},
    {"**", "pow()"},
}};
/// Longer ones first.
constexpr std::array<std::string_view, 19> kSymbols = {"==", "!=", "<=", ">=", "//", "??", "<",
                                                       ">",  "+",  "-",  "*",  "/",  "%",  "(",
                                                       ")",  "[",  "]",  ",",  "."};

}  // namespace

std::string Lexer::seen() const {
  if (token_ == Token::end) return "the end";
  return "'" + std::string(all_.substr(at_, end_ - at_)) + "'";
}

Token Lexer::next() {
  while (end_ < all_.size() &&
         std::string_view(" \t\r\n").find(all_[end_]) != std::string_view::npos)
    ++end_;
  at_ = end_;
  text_.clear();
  if (at_ == all_.size()) return token_ = Token::end;
  const char c = all_[at_];
  if (is_digit(c)) {
    take_number();
  } else if (begins_name(c)) {
    while (end_ < all_.size() && (begins_name(all_[end_]) || is_digit(all_[end_]))) ++end_;
    text_ = all_.substr(at_, end_ - at_);
    token_ = Token::name;
  } else if (c == '\'' || c == '"') {
    take_text(c);
  } else if (c == '`') {
    take_quoted();
  } else {
    take_symbol();
  }
  return token_;
}

std::string Lexer::field_behind_point() {
  const std::size_t from = end_;
  while (end_ < all_.size() && (begins_name(all_[end_]) || is_digit(all_[end_]))) ++end_;
  std::string name(all_.substr(from, end_ - from));
  if (!name.empty()) {
    next();
    return name;
  }
  if (next() != Token::quoted) wrong("expected the name of a field behind '.', got " + seen());
  name = text_;
  next();
  return name;
}

void Lexer::take_number() {
  const auto digits = [&] {
    const std::size_t from = end_;
    while (end_ < all_.size() && is_digit(all_[end_])) ++end_;
    return end_ > from;
  };
  const auto is_at = [&](std::string_view any) {
    return end_ < all_.size() && any.find(all_[end_]) != any.npos;
  };
  token_ = Token::integer;
  digits();
  if (is_at(".")) {
    ++end_;
    token_ = Token::real;
    if (!digits())
      wrong("expected digits behind the point of '" + std::string(all_.substr(at_, end_ - at_)) +
            "'");
  }
  if (is_at("eE")) {
    ++end_;
    token_ = Token::real;
    if (is_at("+-")) ++end_;
    if (!digits())
      wrong("expected digits in the exponent of '" + std::string(all_.substr(at_, end_ - at_)) +
            "'");
  }
  if (end_ < all_.size() && begins_name(all_[end_])) {
    wrong("expected an operator behind '" + std::string(all_.substr(at_, end_ - at_)) + "'");
  }
  text_ = all_.substr(at_, end_ - at_);
}

void Lexer::take_text(char quote) {
  token_ = Token::text;
  for (++end_; end_ < all_.size(); ++end_) {
    char c = all_[end_];
    if (c == quote) {
      ++end_;
      return;
    }
    if (c == '\\') {
      constexpr std::string_view kEscapes = "nrt\\'\"";
      constexpr std::string_view kMeanings = "\n\r\t\\'\"";
      ++end_;
      const auto which = end_ < all_.size() ? kEscapes.find(all_[end_]) : kEscapes.npos;
      if (which == kEscapes.npos) {
        at_ = end_ - 1;
        wrong("a backslash in a text needs one of n r t ' \" \\ behind it");
      }
      c = kMeanings[which];
    }
    text_ += c;
  }
  wrong("the text is not closed, expected another " + std::string(1, quote));
}

void Lexer::take_quoted() {
  const auto close = all_.find('`', at_ + 1);
  if (close == all_.npos) wrong("the name is not closed, expected another `");
  text_ = all_.substr(at_ + 1, close - at_ - 1);
  end_ = close + 1;
  token_ = Token::quoted;
}

void Lexer::take_symbol() {
  const std::string_view rest = all_.substr(at_);
  token_ = Token::symbol;
  for (const auto& [other, ours] : kOthers) {
    const bool longer = rest.starts_with("==") || rest.starts_with("!=");
    if (rest.starts_with(other) && !longer) {
      wrong("'" + std::string(other) + "' is written '" + std::string(ours) + "' here");
    }
  }
  for (const std::string_view symbol : kSymbols) {
    if (!rest.starts_with(symbol)) continue;
    text_ = symbol;
    end_ = at_ + symbol.size();
    return;
  }
  wrong("'" + std::string(1, rest[0]) + "' begins nothing that an expression has");
}

}  // namespace papy::expression
