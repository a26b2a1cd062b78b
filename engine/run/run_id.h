#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace papy {

/// The name of a run, fit for a folder: when it began (UTC) and something that two runs of one
/// moment do not share. Later runs sort later.
///
///     20261121-055730.123-3f9c1a
std::string run_id(std::chrono::system_clock::time_point began, std::uint32_t random);

/// One for a run that begins now.
std::string new_run_id();

/// ISO 8601 with milliseconds, "2026-11-21T05:57:30.123Z".
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace papy
