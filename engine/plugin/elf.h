#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plugin/library_file.h"

namespace papy {

/// The bytes of a section of a shared library for this machine, or nothing when it has none of that
/// name. Runs no line of the library and believes no number in it: every offset is checked against
/// the size of the file, and the section may have at most 16 MiB.
Result<std::optional<std::string>> read_section(const LibraryFile& file, std::string_view name);

}  // namespace papy
