#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "expression/token.h"

namespace papy::expression {

/// The tokens of an expression, one after the other.
///
///     Lexer lexer("length > 50");
///     lexer.token();   // Token::name, lexer.text() is "length"
///     lexer.next();    // Token::symbol, ">"
///
/// Borrows the text. Throws SyntaxError at what begins no token.
class Lexer {
 public:
  explicit Lexer(std::string_view all) : all_(all) { next(); }

  Token token() const { return token_; }
  const std::string& text() const { return text_; }
  /// Where the token begins, in bytes from 0.
  std::size_t at() const { return at_; }
  bool is_symbol(std::string_view symbol) const {
    return token_ == Token::symbol && text_ == symbol;
  }
  bool is_word(std::string_view word) const { return token_ == Token::name && text_ == word; }
  /// The token as its writer sees it, in quotes, for messages.
  std::string seen() const;

  Token next();
  /// Takes the name of a field behind a point, where digits are a name, too: hits.0. Requires: the
  /// token is the point.
  std::string field_behind_point();

 private:
  void take_number();
  void take_text(char quote);
  void take_quoted();
  void take_symbol();
  [[noreturn]] void wrong(const std::string& what) const { throw SyntaxError(at_, what); }

  std::string_view all_;
  std::size_t end_ = 0;  // behind the token
  std::size_t at_ = 0;
  Token token_ = Token::end;
  std::string text_;
};

}  // namespace papy::expression
