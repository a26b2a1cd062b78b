#include <fmt/format.h>

#include "cli/command.h"
#include "cli/print.h"
#include "cli/usage.h"

namespace papy {

Command add_version(CLI::App& papy) {
  CLI::App& words = *papy.add_subcommand("version", "Print the version");
  set_example(words, "papy version");
  return {&words, [] { return print(fmt::format("papy {}\n", PAPY_VERSION)); }};
}

}  // namespace papy
