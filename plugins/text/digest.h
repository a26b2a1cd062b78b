#pragma once

#include <papy/cpp/reader.hpp>
#include <string>
#include <string_view>

namespace papy::text {

/// XXH3 with 64 and 128 bits and XXH64 are fast and good against chance (xxHash 0.8); SHA-256 (FIPS
/// 180-4) is good against intent, too.
enum class Algorithm { xxh3, xxh128, xxh64, sha256 };

/// In hexadecimal digits, as the programs xxhsum and sha256sum print it.
std::string digest(bytes data, Algorithm algorithm);

}  // namespace papy::text
