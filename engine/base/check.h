#pragma once

#include <string_view>

namespace papy {

/// Prints "bug: file:line: expression: what" and ends the program with exit code 4.
[[noreturn]] void bug(const char* file, int line, const char* expression, std::string_view what);

}  // namespace papy

/// What must be true unless papy itself is wrong. Always compiled in; `what` is evaluated only when
/// it fails.
#define PAPY_CHECK(condition, what)                        \
  do {                                                     \
    if (!(condition)) [[unlikely]]                         \
      ::papy::bug(__FILE__, __LINE__, #condition, (what)); \
  } while (false)
