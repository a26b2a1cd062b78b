#include "need.h"

#include <algorithm>

#include "flow/groups.h"

namespace papy::graphs {
namespace {

/// What piper `id` needs of its input `from`.
Need need_of(const Graph& graph, const Evaluation& evaluation, const std::vector<Need>& needs,
             PiperId id, StreamId from) {
  if (!is_exact(graph, evaluation, needs, id)) return Need::some;
  const PlanPiper& piper = graph.plan.pipers[id];
  const std::size_t length = evaluation.streams[from].size();
  bool is_shortest = true, is_alone = true;
  for (const StreamId other : piper.from) {
    is_shortest &= length <= evaluation.streams[other].size();
    is_alone &= other == from || length < evaluation.streams[other].size();
  }
  if (!is_shortest) return Need::some;
  if (is_alone && needs[graph.plan.stream_of_piper(id)] == Need::its_end) return Need::its_end;
  return evaluation.pipers[id].dropped == 0 ? Need::all_items : Need::some;
}

}  // namespace

bool goes_beyond_an_end(const Graph& graph, const Evaluation& evaluation, PiperId id) {
  for (const Group& group : fuse(graph.plan)) {
    const auto me = std::find(group.pipers.begin(), group.pipers.end(), id);
    if (me == group.pipers.end()) continue;
    return std::any_of(group.pipers.begin(), me + 1,
                       [&](PiperId p) { return evaluation.pipers[p].ended; });
  }
  return false;
}

bool is_exact(const Graph& graph, const Evaluation& evaluation, const std::vector<Need>& needs,
              PiperId id) {
  const PlanPiper& piper = graph.plan.pipers[id];
  if (goes_beyond_an_end(graph, evaluation, id)) return false;
  const Need need = needs[graph.plan.stream_of_piper(id)];
  return need == Need::its_end || (need == Need::all_items && !piper.produce.any);
}

std::vector<Need> needs(const Graph& graph, const Evaluation& evaluation) {
  const Plan& plan = graph.plan;
  std::vector<Need> needs(plan.streams(), Need::some);
  for (const PlanOutput& output : plan.outputs) needs[output.from] = Need::its_end;
  for (auto id = static_cast<PiperId>(plan.pipers.size()); id-- > 0;) {
    for (const StreamId from : plan.pipers[id].from)
      needs[from] = std::max(needs[from], need_of(graph, evaluation, needs, id, from));
  }
  return needs;
}

}  // namespace papy::graphs
