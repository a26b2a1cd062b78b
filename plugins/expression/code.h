#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "expression/functions.h"
#include "expression/tree.h"
#include "values/pattern.h"

namespace papy::expression {

/// What one step of an evaluation does with the stack of values.
enum class Step : std::uint8_t {
  constant,         // push constants[operand]
  item,             // push the item
  load,             // push the item's field names[operand]; fails when it is not there
  load_or_null,     // the same, or null
  field,            // the top becomes its field names[operand]; fails when it is not there
  field_or_null,    // the same, or null
  element,          // the two at the top become a[b]; fails when it is not there
  element_or_null,  // the same, or null
  list,             // the `operand` values at the top become a list
  unary,            // the top becomes `op` of it
  binary,           // the two at the top become `op` of them
  call,             // the `count` values at the top become functions()[operand] of them
  matches,          // the top becomes whether patterns[operand] is found in it
  is_there,         // the top becomes whether it is not null
  boolean,          // the top must be true or false
  jump,             // on at `operand`
  jump_if_false,    // on at `operand` when the top is false; it stays
  jump_if_true,     // likewise
  jump_if_there,    // on at `operand` when the top is not null; it stays
  jump_unless,      // takes the top; on at `operand` when it was false
  drop,             // takes the top
};

struct Instruction {
  Step step;
  Operator op;
  std::uint32_t operand;
  std::uint32_t count;
  std::uint32_t at;  // byte of the text
};

/// An expression as a row of steps.
struct Code {
  std::vector<Instruction> steps;
  std::vector<packed> constants;
  std::vector<std::string> names;
  std::vector<std::unique_ptr<values::Pattern>> patterns;
};

/// Throws SyntaxError at functions that are not there, at wrong numbers of arguments and at wrong
/// patterns.
Code compile(const Tree& tree);

}  // namespace papy::expression
