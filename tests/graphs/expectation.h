#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "evaluation.h"
#include "graph.h"

namespace papy::graphs {

/// What a run of the graph's document must come to, for a program that compares:
///
///     {"seed": 17, "pools": {"pool0": "thread"},
///      "outputs": {"out0": {"ordered": true, "length": 9, "written": 7, "gaps": 1,
///                           "letters": [[8, {"piper": ...}]]}},          failures by place
///      "inputs": {"in0": 9}, "pipers": {"p0": {"in": 9, ...}}, "edges": [{"from": ...}],
///      "stop": "never" | "may" | "must", "reasons": ["on_error: stop"],   why it may stop
///      "covered": {"a failure": 1}, "left_out": {}}
///
/// Inputs, pipers and edges are there when their counts do not depend on the schedule: a stream
/// that nobody needs any more may be read and evaluated some way further.
nlohmann::json expectation(const Graph& graph, const Evaluation& evaluation);

/// What the output's file holds, line by line.
std::string lines_of_output(const Graph& graph, const Evaluation& evaluation, OutputId output);

}  // namespace papy::graphs
