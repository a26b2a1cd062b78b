#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace papy {

/// The bytes of a regular file, or of stdin for "-". Refuses what has more than `most` bytes,
/// directories, pipes and devices; never waits for a pipe that nobody writes to.
Result<std::string> read_file(const std::string& path, std::size_t most);

}  // namespace papy
