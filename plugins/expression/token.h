#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace papy::expression {

/// An expression is wrong at a byte of its text.
class SyntaxError : public std::runtime_error {
 public:
  SyntaxError(std::size_t at, const std::string& what) : std::runtime_error(what), at(at) {}
  std::size_t at;
};

enum class Token {
  integer,  // text() is its digits
  real,     // text() is the number
  text,     // text() is what stands within the quotes, escapes resolved
  name,     // a field, a function or a word as `and`
  quoted,   // a field in backquotes
  symbol,   // text() is + - * / // % ( ) [ ] , . ?? or a comparison
  end,
};

}  // namespace papy::expression
