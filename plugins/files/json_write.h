#pragma once

#include <papy/cpp/any.hpp>
#include <string>
#include <string_view>

namespace papy::files {

/// Appends one value as JSON on one line, without spaces.
///
///     {"name": "r1", "quality": <30 30 28>}   ->   {"name":"r1","quality":{"$base64":"Hh4c"}}
///
/// Maps keep their order; keys that are not text become their JSON as text. Floats take the
/// shortest form that reads back as the same float and never look like an integer; those that are
/// not finite become null. Bytes, and text that is not UTF-8, become {"$base64": ...}; extensions
/// {"$ext": type, "$base64": ...}. json_read takes the bytes back.
void json_write(any value, std::string& out);

/// The text in quotes, escaped. Requires: it is UTF-8.
void json_write_text(std::string_view text, std::string& out);

}  // namespace papy::files
