#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"

namespace papy {

enum class Level { error, warning, note };

/// A second place that explains a finding.
struct Related {
  Span span;
  std::string text;  ///< behind its marks: "the first one"
  friend bool operator==(const Related&, const Related&) = default;
};

/// Something to say about a document: what is wrong, where, and what would be right.
struct Diagnostic {
  Level level = Level::error;
  std::string rule;  ///< kebab-case; its meaning never changes
  Span span;
  std::string message;  ///< one lower-case line without a full stop
  std::string at;       ///< key path, "pools.cpu.bufer"; empty: the whole document
  std::string hint;     ///< behind the caret; may be empty
  std::optional<Related> related;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

enum class Colour { off, on };

/// "error", "warning", "note".
std::string_view name_of(Level level);

bool has_errors(const std::vector<Diagnostic>& findings);

/// By source, then place; of one place in the order they were found.
void sort_by_place(std::vector<Diagnostic>& findings);

/// One finding as people read it:
///
///     error[unknown-key] reads.yaml:24:52: pool 'cpu' has no key 'bufer'
///        |
///     24 |   cpu:   {type: thread, workers: 4, stride: 8, bufer: 32}
///        |                                                ^^^^^ did you mean 'buffer'?
///        = at pools.cpu.bufer
///
/// Requires: every span's source is in `sources`.
std::string render(const Diagnostic& finding, const std::vector<Source>& sources,
                   Colour colour = Colour::off);

/// All of them, an empty line between two.
std::string render(const std::vector<Diagnostic>& findings, const std::vector<Source>& sources,
                   Colour colour = Colour::off);

}  // namespace papy
