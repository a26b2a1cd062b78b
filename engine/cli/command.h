#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace papy {

/// One command of papy: its words on the command line, and what it does when they were given.
struct Command {
  CLI::App* words = nullptr;
  std::function<int()> run;  ///< returns the exit code
};

// Each adds its command to `papy`.
Command add_run(CLI::App& papy);
Command add_each(CLI::App& papy);
Command add_lint(CLI::App& papy);
Command add_plan(CLI::App& papy);
Command add_graph(CLI::App& papy);
Command add_call(CLI::App& papy);
Command add_plugin_inspect(CLI::App& plugin);
Command add_plugin_list(CLI::App& plugin);
Command add_schema(CLI::App& papy);
Command add_version(CLI::App& papy);
Command add_guardian(CLI::App& papy);
Command add_slot(CLI::App& papy);

/// Makes the items of `papy call` plain to CLI11, which takes "-3" for an option and "[1, 2]" for
/// two words: JSON does not mind a space in front. What stands behind "--" is an item.
void protect_items(std::vector<std::string>& words);

}  // namespace papy
