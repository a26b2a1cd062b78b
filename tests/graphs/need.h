#pragma once

#include <vector>

#include "evaluation.h"
#include "graph.h"

namespace papy::graphs {

/// How much of a stream is needed by those who take from it, whatever the schedule.
enum class Need {
  some,       ///< it may be closed before its end
  all_items,  ///< each item; but others may know first that it is over
  its_end,    ///< and that it has ended
};

/// Of each stream of the graph.
std::vector<Need> needs(const Graph& graph, const Evaluation& evaluation);

/// Whether tasklets of a piper may be evaluated that come to nothing: behind an END that it says,
/// or one that is evaluated in one go with it. They are counted, and what they were to say is not
/// known.
bool goes_beyond_an_end(const Graph& graph, const Evaluation& evaluation, PiperId piper);

/// Whether all tasklets of a piper are evaluated, and no more: its counts are known.
bool is_exact(const Graph& graph, const Evaluation& evaluation, const std::vector<Need>& needs,
              PiperId piper);

}  // namespace papy::graphs
