#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/flow.h"
#include "scenario.h"

namespace papy::test {

/// What came to the outputs of a run: of each, its items in order (values as numbers, failures in
/// every part), and what was counted.
struct Outcome {
  std::vector<std::vector<std::string>> outputs;
  std::string ending;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// A random workflow, the same for the same seed: any graph, with failures, gaps, retries, state.
sim::Scenario make_workflow(std::uint64_t seed);

/// What it comes to, evaluated list by list, one tasklet after the other.
Outcome evaluate_in_order(const sim::Scenario& scenario);

/// What it comes to when threads run it: with these pools, which say nothing of the result.
Outcome run_on_threads(const sim::Scenario& scenario, const std::vector<PlanPool>& pools,
                       const Flow::Settings& settings);

}  // namespace papy::test
