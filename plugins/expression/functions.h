#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "expression/value.h"

namespace papy::expression {

/// A function that expressions may call. It throws papy::bad_value when its arguments are not what
/// it takes.
struct Function {
  std::string_view name;
  std::size_t least;  // arguments
  std::size_t most;
  Value (*call)(std::span<const Value> args, Scratch& scratch);
};

std::span<const Function> functions();

}  // namespace papy::expression
