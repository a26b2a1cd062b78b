#pragma once

#include <papy/plugin.h>

#include <optional>
#include <string>

#include "flow/task.h"
#include "workflow/load.h"

namespace papy {

/// A function named on the command line, its args checked and packed as a workflow's are.
struct NamedFunction {
  FunctionUse use;
  FunctionInfo info;
};

/// Finds "fastx.trim" ("./libfastx.so.trim" for a library that is not on the plugin path) and packs
/// `args`, a mapping as JSON or YAML. What is wrong with them goes into `loaded`. The error is for
/// the user.
Result<NamedFunction> find_function(const std::string& name, const std::string& args,
                                    Catalog& catalog, const std::string& cwd, Loaded* loaded);

}  // namespace papy
