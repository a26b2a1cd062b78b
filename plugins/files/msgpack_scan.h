#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace papy::files {

/// How far a msgpack value at the start of some bytes goes.
struct Scan {
  enum class Is {
    whole,    ///< `size` bytes
    cut_off,  ///< it goes on behind the bytes that are there
    none,     ///< no value begins like this, or it is nested deeper than 64 levels
  };
  Is is;
  std::size_t size = 0;
};

/// Looks at the value at the start of `data` without reading it. Allocates nothing.
Scan scan_msgpack(std::string_view data);

}  // namespace papy::files
