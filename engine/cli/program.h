#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace papy {

/// Finds a program as a shell does: a word with a slash is its path, others are looked for in the
/// folders of `path`, which colons part (null: in those that shells take then). Folders that do not
/// begin with a slash are passed over.
///
///     find_program("python3", "/usr/local/bin:/usr/bin")   // "/usr/bin/python3"
///
/// The error completes "it cannot be had: ..." for the user.
Result<std::string> find_program(std::string_view program, const char* path);

}  // namespace papy
