#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace papy {

/// The file that a sink with these packed arguments writes: its argument 'path', where that is the
/// absolute path that a document's path has become. Nothing where it has none.
std::optional<std::string> written_file(std::string_view packed_args);

}  // namespace papy
