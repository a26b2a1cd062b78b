#pragma once

#include <papy/cpp/args.hpp>
#include <string>

namespace papy::io {

/// The character that an argument is. Throws papy::fail when it is not one, or ends lines.
char one_character(const std::string& text, const char* what);

/// The path of a file to write. Throws papy::fail when it is "-".
std::string file_path(const papy::path& path);

}  // namespace papy::io
