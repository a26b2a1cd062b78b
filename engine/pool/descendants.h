#pragma once

#include <sys/types.h>

#include <vector>

namespace papy {

/// The living children of this process, which has one thread; those it adopted as a subreaper, too.
/// Some may be missing while others come and go, and all of them where /proc is missing.
std::vector<pid_t> children_of_this_process();

/// The same, found by looking at every process: for systems that keep no lists of children.
std::vector<pid_t> children_by_search();

}  // namespace papy
