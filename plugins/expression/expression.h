#pragma once

#include <papy/cpp/any.hpp>
#include <papy/cpp/error.hpp>
#include <string>
#include <string_view>

#include "expression/code.h"
#include "expression/token.h"
#include "expression/value.h"

namespace papy::expression {

/// An expression over the fields of an item, read and compiled once, evaluated for many items.
///
///     const Expression where("where", "quality >= 20 and length(sequence) > 50");
///     Scratch scratch;
///     if (where.holds(item, scratch)) keep(item);
///
/// An Expression is not changed by use: any thread, each with a Scratch of its own.
class Expression {
 public:
  /// `name` is what it is called in messages. Throws papy::fail: "where, character 9: expected a
  /// value, got 'and'".
  Expression(std::string name, std::string text);
  /// A part of a text that was read already, for languages around this one.
  Expression(std::string name, std::string text, const Tree& part);

  /// Its value for an item; borrowed from the item, the expression and the scratch, until that is
  /// used again. Throws papy::fail with the character.
  Value of(any item, Scratch& scratch) const;
  /// The same for what must be true or false.
  bool holds(any item, Scratch& scratch) const;

  /// The failure that the constructor throws for an error.
  static fail refusal(const std::string& name, const std::string& text, const SyntaxError& error);

 private:
  Value run(any item, Scratch& scratch, std::size_t& at) const;
  void take(const Instruction& step, any item, Scratch& scratch) const;
  [[noreturn]] void wrong(std::size_t at, std::string_view what) const;

  std::string name_;
  std::string text_;
  Code code_;
};

}  // namespace papy::expression
