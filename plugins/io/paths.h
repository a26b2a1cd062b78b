#pragma once

#include <string>
#include <vector>

namespace papy::io {

enum class Links { follow, skip };

/// The files that match a shell pattern (`*`, `?`, `[a-z]`), in the order of their bytes;
/// directories are left out. Throws papy::fatal when a directory cannot be read.
std::vector<std::string> files_that_match(const std::string& pattern, Links links);

/// The whole of a file, gzip read through. Throws papy::fail with the path.
std::string content_of(const std::string& path);

}  // namespace papy::io
