#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "workflow/workflow.h"

namespace papy {

/// Finds a program: an absolute path, or a word without a slash that is looked for on PATH. Gives
/// its absolute path; the error says for the user why it cannot be had ("it is not on PATH").
using FindProgram = std::function<Result<std::string>(std::string_view program)>;

/// Puts the program that is meant in front of each pool's command. With a slash it is relative to
/// the document. Without `find` it is not looked for.
void find_programs(Workflow& workflow, const FindProgram& find, const Reading& reading);

}  // namespace papy
