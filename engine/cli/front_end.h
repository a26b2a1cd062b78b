#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/plugin_catalog.h"
#include "plugin/finder.h"
#include "workflow/load.h"

namespace papy {

/// The options of commands that look for plugins.
struct PluginOptions {
  std::vector<std::string> folders;  ///< --plugin-path

  void add_to(CLI::App& command);
  PluginFinder finder() const;
};

/// The options of commands that load a workflow.
struct LoadWords {
  PluginOptions plugins;
  std::vector<std::string> sets;          ///< --set NAME=VALUE
  std::vector<std::string> params_files;  ///< --params-file

  void add_to(CLI::App& command);
  /// The error is for the user: a --set without "=".
  Result<LoadOptions> options() const;
};

/// The plan of the workflow in `file`, or on stdin for "-". What is wrong with it is said on
/// stderr; none when that leaves no plan.
std::optional<Plan> load_plan(const std::string& file, const LoadWords& words);

/// On when stderr is a terminal that shows colours and NO_COLOR is not set.
Colour colour_of_stderr();

/// The findings of these levels as people read them, and a line that counts them; empty when there
/// are none.
std::string findings_text(const Loaded& loaded, Level least, Colour colour);

}  // namespace papy
