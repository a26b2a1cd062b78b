#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace papy {

/// One command of papy: its words on the command line, and what it does when they were given.
struct Command {
  CLI::App* words = nullptr;
  std::function<int()> run;  ///< returns the exit code
};

// Each adds its command to `papy`.
Command add_run(CLI::App& papy);
Command add_lint(CLI::App& papy);
Command add_plan(CLI::App& papy);
Command add_call(CLI::App& papy);
Command add_plugin_inspect(CLI::App& plugin);
Command add_plugin_list(CLI::App& plugin);
Command add_schema(CLI::App& papy);
Command add_version(CLI::App& papy);

}  // namespace papy
