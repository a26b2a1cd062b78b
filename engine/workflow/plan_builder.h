#pragma once

#include "workflow/graph.h"

namespace papy {

/// Compiles a workflow in which nothing is wrong: every name becomes a number, pipers come in
/// topological order, and those without a pool share one of a single slot, named "" and added at
/// the end.
Plan build_plan(const Workflow& workflow, const Graph& graph, std::string file, std::string base);

}  // namespace papy
