#pragma once

#include <string_view>

namespace papy {

/// How papy ends, where it is not a run (see run/account.h).
inline constexpr int kOk = 0;
inline constexpr int kFindings = 1;  ///< of lint; of call: the function failed
inline constexpr int kUsage = 2;     ///< wrong words, or a file that is no good; nothing was done
inline constexpr int kBroken = 5;    ///< reading or writing failed
inline constexpr int kStdoutClosed = 141;

/// Writes results to stdout, whole and at once. Returns kOk, kStdoutClosed when nobody reads any
/// more (and says nothing), or kBroken when it cannot be written (and says why on stderr).
int print(std::string_view text);

/// Writes "error: <text>" to stderr and returns `code`.
int fail(int code, std::string_view text);

}  // namespace papy
