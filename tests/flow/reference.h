#pragma once

#include <vector>

#include "scenario.h"

namespace papy::sim {

/// What a scenario comes to when it is evaluated list by list, one tasklet after the other.
struct Reference {
  struct Stream {
    std::vector<Token> items;
    bool exact = true;  // false: which items there are depends on the schedule
  };
  /// What a piper's tasklets came to.
  struct Count {
    std::uint64_t tasklets = 0, failed = 0, passed = 0, skipped = 0;
  };
  std::vector<Stream> streams;
  std::vector<Count> counts;  // of each piper
  bool whole = true;          // false: tasklets may be evaluated whose results nobody needs
};

Reference evaluate_in_order(const Scenario& scenario);

}  // namespace papy::sim
