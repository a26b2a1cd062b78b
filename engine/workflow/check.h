#pragma once

#include "workflow/graph.h"

namespace papy {

/// Checks what needs more than one place of the document: pools that pipers name, numbers of
/// inputs, functions whose flags do not go with the piper's keys. Requires: functions are resolved.
void check_workflow(const Workflow& workflow, const Graph& graph, const Reading& reading);

}  // namespace papy
