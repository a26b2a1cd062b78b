#pragma once

#include <cstddef>
#include <memory>
#include <papy/cpp/any.hpp>
#include <string>
#include <vector>

namespace papy::expression {

enum class Operator {
  negate,
  invert,
  add,
  subtract,
  multiply,
  divide,
  divide_whole,
  remainder,
  equal,
  unequal,
  less,
  at_most,
  greater,
  at_least,
  in,
};

/// An expression as it was read.
struct Tree {
  enum class Is {
    constant,     // value
    item,         // `it`
    field,        // name, of parts[0]
    element,      // parts[0][parts[1]]
    list,         // [parts...]
    operation,    // op, of one or two parts
    conjunction,  // parts[0] and parts[1]; the second is looked at only when it matters
    disjunction,  // parts[0] or parts[1]; likewise
    otherwise,    // parts[0] ?? parts[1]
    call,         // name(parts...)
  };
  Is is = Is::item;
  std::size_t at = 0;  // byte of the text, for messages
  packed value;
  std::string name;
  Operator op = Operator::add;
  std::vector<std::unique_ptr<Tree>> parts;
  int height = 1;  // of the tree; bounded by the parser
};

}  // namespace papy::expression
