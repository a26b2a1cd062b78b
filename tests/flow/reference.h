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
  std::vector<Stream> streams;
};

Reference evaluate_in_order(const Scenario& scenario);

}  // namespace papy::sim
