#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/front_end.h"

namespace papy {

/// The words of `papy call`.
struct CallWords {
  std::string function;            ///< "plugin.function"
  std::string args = "{}";         ///< JSON
  std::vector<std::string> items;  ///< JSON each; none: lines of stdin
  std::uint64_t limit = 10;        ///< items of a source
  PluginOptions plugins;
};

/// Evaluates a function by hand: prints what it gives, a line of JSON each. Returns the exit code:
/// kFindings when the function failed.
int call_function(const CallWords& words);

}  // namespace papy
