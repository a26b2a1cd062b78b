#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "item/bytes.h"

namespace papy {

/// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

/// Appends `value` as JSON reads it back: always with a point or an exponent, and null for what is
/// not a number (JSON has no infinity).
void append_json_real(std::string& out, double value);

/// Appends one msgpack value as JSON, on one line.
///
///     {"name": "r1", "quality": <30 30 28>}   ->   {"name":"r1","quality":{"$base64":"Hh4c"}}
///
/// Binary, and text that is not UTF-8, becomes {"$base64": ...}, so that no byte is lost;
/// extensions become {"$ext": type, "$base64": ...}; keys that are not text become their JSON as
/// text. Requires: `value` is one value that was scanned (item/scan.h).
void append_json(std::string& out, Bytes value);
std::string to_json(Bytes value);

/// The msgpack value that one JSON text stands for; {"$base64": ...} alone becomes binary. Objects
/// keep the order of their keys. The error says at which byte the text is wrong.
Result<std::string> from_json(std::string_view text);

/// RFC 4648, with padding.
std::string base64(Bytes bytes);

}  // namespace papy
