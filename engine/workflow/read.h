#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace papy {

constexpr std::size_t kLargestDocument = std::size_t{4} << 20;  ///< bytes
constexpr std::size_t kMostOpenBrackets = 1000;

/// The bytes of a regular file, or of stdin for "-", without a byte order mark. Never blocks on a
/// FIFO, and refuses what is larger than kLargestDocument, devices and directories.
Result<std::string> read_document(const std::string& path);

/// Why a text is not fit for the parser, and where.
struct Unfit {
  std::size_t offset = 0;
  std::string rule;
  std::string text;
  std::string hint;
};

/// Checks what the YAML library does not: UTF-8 throughout, no NUL, and no flood of open brackets,
/// which it would queue one by one before it says that they nest too deeply. Nothing when the text
/// is fit. `name`: how messages speak of it.
std::optional<Unfit> find_unfit(std::string_view text, std::string_view name);

}  // namespace papy
