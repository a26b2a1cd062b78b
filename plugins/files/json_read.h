#pragma once

#include <string>
#include <string_view>

namespace papy::files {

/// Appends to `out` the msgpack of one JSON text (RFC 8259, strict), the keys of its objects in
/// their order.
///
///     json_read("{\"a\": [1, 2.0]}", out);
///
/// Numbers without fraction and exponent that fit into 64 bits are integers, others floats;
/// {"$base64": "..."} alone is bytes. Nesting up to 64 levels.
/// Throws papy::bad_value: "column 7: expected ':'"; `out` is then as it was. Columns count bytes
/// from 1.
void json_read(std::string_view json, std::string& out);

}  // namespace papy::files
