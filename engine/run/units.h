#pragma once

#include <cstdint>
#include <string>

#include "flow/task.h"

namespace papy {

/// A duration with three figures, for people: "850 ns", "1.23 us", "45.6 ms", "12.3 s", "2m05s",
/// "3h07m".
std::string duration_text(Duration duration);

/// A number with about three figures, for a line that is short of room: "999", "1.2k", "45.6M".
std::string short_number(double number);

/// "1 item", "2 items".
std::string counted(std::uint64_t n, const char* noun);

}  // namespace papy
