#pragma once

#include <string>

namespace papy {

/// The JSON Schema (draft 7) of a workflow document, made from the table of keys. It is what
/// editors check by; papy itself checks more. Ends in a newline; the same bytes each time.
std::string schema_json();

/// The reference of all keys as Markdown: a table a section, made from the same table.
std::string reference_markdown();

}  // namespace papy
