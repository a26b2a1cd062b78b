#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workflow/workflow.h"

namespace papy {

/// The streams of a workflow by number: first the inputs, then the pipers, each in the document's
/// order.
struct Graph {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t inputs = 0;
  std::vector<std::vector<std::uint32_t>> from;  ///< by piper; kNone where the name is undefined
  std::vector<std::uint32_t> outputs;            ///< by output
  std::vector<std::uint32_t>
      order;  ///< pipers, each behind those it takes from; complete when there is no cycle
};

/// Resolves every `from`, and reports names that stand twice, undefined ones, cycles, results that
/// nobody uses, and workflows without inputs or outputs.
Graph check_graph(const Workflow& workflow, const Reading& reading);

}  // namespace papy
