#pragma once

#include <span>
#include <string_view>

#include "base/diagnostic.h"

namespace papy {

/// A rule that this folder's checks follow.
struct Rule {
  std::string_view name;
  Level level = Level::error;
  std::string_view summary;
};

/// All of them, by name.
std::span<const Rule> rules();

/// Whether `lint.ignore` of a rule at a key path (and below; empty: everywhere) leaves a finding
/// out. Errors stay.
bool suppresses(std::string_view rule, std::string_view at, const Diagnostic& finding);

}  // namespace papy
