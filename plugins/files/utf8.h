#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace papy::files {

/// Where `text` stops being UTF-8 (RFC 3629); its size when all of it is.
std::size_t first_not_utf8(std::string_view text);

/// Requires: `code` is a code point and no surrogate.
void put_utf8(std::string& out, std::uint32_t code);

}  // namespace papy::files
