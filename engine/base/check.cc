#include "base/check.h"

#include <unistd.h>

#include <cstdio>

namespace papy {

void bug(const char* file, int line, const char* expression, std::string_view what) {
  std::fflush(stdout);
  std::fprintf(stderr, "papy: this is a bug in papy: %s:%d: %s: %.*s\n", file, line, expression,
               static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
  _exit(4);
}

}  // namespace papy
