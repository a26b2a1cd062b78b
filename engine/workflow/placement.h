#pragma once

#include <string_view>
#include <unordered_map>

#include "workflow/workflow.h"

namespace papy {

/// What evaluates a piper, as far as the document says.
enum class Placement {
  threads,    ///< of papy's own process
  processes,  ///< papy's, each with the plugins that it needs
  programs,   ///< what a pool's `command` starts, or may start: functions that papy cannot look at
  unknown,    ///< threads or processes: it depends on a parameter without a value, or is wrong, and
              ///< reported
};

/// Says where the pipers of a workflow are evaluated.
///
///     Placements placements(workflow);
///     if (placements.of(piper) == Placement::threads) ...
///
/// The workflow is borrowed; its pools do not change meanwhile.
class Placements {
 public:
  explicit Placements(const Workflow& workflow);

  Placement of(const PiperDecl& piper) const;

  /// The pool of that name, or null.
  const PoolDecl* pool(std::string_view name) const;

 private:
  std::unordered_map<std::string_view, const PoolDecl*> pools_;
  bool has_programs_ = false;  // a pool has a `command`
};

}  // namespace papy
