#pragma once

#include <papy/plugin.h>

#include <map>
#include <string>
#include <utility>

#include "flow/task.h"
#include "plugin/library.h"

namespace papy {

/// The functions of a plan that run in this process, loaded: constant afterwards, so that any
/// thread may look them up. What only pools of type process use is left out: a library that dies
/// when it is loaded, or breaks memory later, must not be here.
class FunctionTable {
 public:
  /// Loads every library that inputs, outputs and pools of type thread name. The loader's thread.
  /// `libraries` outlives this. The error is for the user.
  static Result<FunctionTable> load(const Plan& plan, Libraries& libraries);

  /// Requires: `use` is of the plan, and not of a piper on a pool of type process.
  const papy_worker* find(const FunctionUse& use) const;

 private:
  std::map<std::pair<std::string, std::string>, const papy_worker*> functions_;  // library, name
};

}  // namespace papy
