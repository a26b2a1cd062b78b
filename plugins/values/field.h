#pragma once

#include <optional>
#include <papy/cpp/any.hpp>
#include <string_view>

namespace papy::values {

/// The value at a path of keys with points between them, as "read.name", or nothing. A list takes a
/// number from 0 as its key. An empty path is the value itself.
std::optional<any> find_field(any value, std::string_view path);

/// The same; throws papy::fail when it is not there.
any get_field(any value, std::string_view path);

}  // namespace papy::values
