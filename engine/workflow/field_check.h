#pragma once

#include "workflow/section_reader.h"

namespace papy {

/// Whether a value is what its field wants; reports it when not. Looks at what stands there itself;
/// of sections only at their shape: a SectionReader of their own looks inside.
bool check_field(const Field& field, const Node& value, const KeyPath& path,
                 const Reading& reading);

/// Whether a text is one of the words that YAML 1.1 reads as a boolean (`yes`, `off`), unquoted;
/// reports it when so.
bool report_ambiguous(const Node& node, const KeyPath& path, const Reading& reading);

/// Whether a word may name something: letters, digits, `_` and `-`, not beginning with `-`, at most
/// 255.
bool is_name(std::string_view word);

/// Index of a word among the field's, or nothing.
std::optional<std::size_t> find_word(const Field& field, std::string_view word);

}  // namespace papy
