#pragma once

#include "workflow/graph.h"

namespace papy {

/// Checks that what is joined has one length. The balance of synchronous dataflow (Lee and
/// Messerschmitt, 1987): a piper with `consume: c` and `produce: n` makes n items of c, so the
/// lengths of streams that stem from one source are known relative to each other. `produce: any`
/// makes a length that nothing is known of.
void check_rates(const Workflow& workflow, const Graph& graph, const Reading& reading);

}  // namespace papy
