#pragma once

#include <papy/cpp/writer.hpp>
#include <string>
#include <string_view>

namespace papy::io {

/// What the text of a field in a table stands for.
enum class CellType { text, integer, real, boolean, json };

/// Throws papy::fail when there is no such name, as "integer".
CellType cell_type_of(const std::string& name);

/// Writes the value that a text stands for; nil where an empty one is no text. Throws
/// papy::bad_value: "'4x' is no integer".
void write_cell(writer& to, std::string_view text, CellType type);

}  // namespace papy::io
