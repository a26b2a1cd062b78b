#pragma once

#include <cstdint>
#include <string>

namespace papy {

/// How a process ended.
struct Death {
  bool began = true;       ///< false: its program could not be started
  bool by_others = false;  ///< by a signal that somebody sends, not one that code runs into
  std::int32_t code = 0;   ///< signal number, or exit code
  std::string text;        ///< "was killed by signal 11 (SIGSEGV)", "ended with exit code 7"
};

/// From what waitpid() says.
Death death_of(int status);

}  // namespace papy
