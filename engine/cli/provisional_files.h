#pragma once

#include <vector>

#include "flow/task.h"
#include "run/account.h"

namespace papy {

/// Files that the plan's outputs have under a provisional name now: "out.txt.part".
std::vector<ProvisionalFile> provisional_files(const Plan& plan);

}  // namespace papy
