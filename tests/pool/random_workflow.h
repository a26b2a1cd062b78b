#pragma once

#include <string>
#include <vector>

#include "flow/flow.h"
#include "graph.h"

namespace papy::test {

/// What came to the outputs of a run: of each, its items in order (values as numbers, failures in
/// every part), and what was counted.
struct Outcome {
  std::vector<std::vector<std::string>> outputs;
  std::string ending;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// What a graph comes to, evaluated list by list, one tasklet after the other.
Outcome evaluate_in_order(const graphs::Graph& graph);

/// What it comes to when threads run it: with these pools, which say nothing of the result.
Outcome run_on_threads(const graphs::Graph& graph, const std::vector<PlanPool>& pools,
                       const Flow::Settings& settings);

/// The graph, for a person who looks into a failed test.
std::string describe(const graphs::Graph& graph);

}  // namespace papy::test
