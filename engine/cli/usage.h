#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace papy {

/// What is wrong with the words on the command line, for the user: one line, with the nearest word
/// that papy knows, and a second that says where help is.
///
///     unknown option '--quite' of 'papy run': did you mean '--quiet'?
///     see 'papy run --help'
std::string usage_text(const CLI::App& papy, const CLI::ParseError& wrong);

/// The same for an option that `command` does not have, where CLI11 does not see that.
std::string unknown_option_text(const CLI::App& command, const std::string& word);

/// Sets what all commands share: the layout of their help, with this example at its end.
void set_example(CLI::App& command, const std::string& example);

}  // namespace papy
