#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace papy::script {

/// Makes a file, not flushed to the disk. Throws papy::fail with the path.
void write_content(const std::string& path, std::string_view content);

/// What is in a file; nothing when it is not there. Throws papy::fail with the path, also for one
/// of more than `most` bytes.
std::optional<std::string> read_content(const std::string& path, std::size_t most);

}  // namespace papy::script
