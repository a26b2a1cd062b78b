#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "workflow/catalog.h"
#include "workflow/plan.h"
#include "workflow/programs.h"

namespace papy {

/// What is given beside the document.
struct LoadOptions {
  std::vector<std::pair<std::string, std::string>> sets;  ///< --set NAME=VALUE, in order
  std::vector<std::string> params_files;                  ///< YAML mappings of values; `sets` win
  std::function<std::optional<std::string>(std::string_view)> env;  ///< none: nothing is set
  FindProgram find_program;     ///< for a pool's `command`; none: programs are not looked for
  std::string cwd;              ///< absolute; what paths of `sets` and `params_files` start from
  std::uint32_t cores = 1;      ///< slots of a pool that does not say how many
  bool values_required = true;  ///< false: only to be looked at, so required params may lack values
};

/// What became of a document.
struct Loaded {
  std::optional<Plan> plan;  ///< none when there are errors, or values are lacking
  std::vector<Source> sources;
  std::vector<Diagnostic> findings;  ///< by place; without what `lint.ignore` leaves out
};

/// Reads, checks and compiles the workflow in a file, or on stdin for "-". Never throws; everything
/// that is wrong is a finding. Messages call the file as `path` does.
Loaded load_workflow(const std::string& path, Catalog& catalog, const LoadOptions& options);

/// The same for a text in memory; `name` stands for the file in messages, `base` is the absolute
/// directory that its relative paths start from.
Loaded load_workflow_text(std::string text, const std::string& name, const std::string& base,
                          Catalog& catalog, const LoadOptions& options);

}  // namespace papy
