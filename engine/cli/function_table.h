#pragma once

#include <papy/plugin.h>

#include <map>
#include <string>
#include <utility>

#include "flow/task.h"
#include "plugin/library.h"

namespace papy {

/// The functions of a plan, loaded: constant afterwards, so that any thread may look them up.
class FunctionTable {
 public:
  /// Loads every library that the plan names. The loader's thread. `libraries` outlives this. The
  /// error is for the user.
  static Result<FunctionTable> load(const Plan& plan, Libraries& libraries);

  /// Requires: `use` is of the plan.
  const papy_worker* find(const FunctionUse& use) const;

 private:
  std::map<std::pair<std::string, std::string>, const papy_worker*> functions_;  // library, name
};

}  // namespace papy
