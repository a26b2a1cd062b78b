#include "reference.h"

#include <algorithm>
#include <limits>

namespace papy::sim {
namespace {

Reference::Stream read_input(const Scenario& scenario, InputId input) {
  Reference::Stream stream;
  for (std::uint64_t place = 0; place < scenario.lengths[input]; ++place)
    stream.items.push_back(input_item(scenario, input, place));
  return stream;
}

/// The inboxes of all tasklets.
std::vector<std::vector<Token>> make_inboxes(const PlanPiper& piper,
                                             const std::vector<Reference::Stream>& streams) {
  std::size_t length = std::numeric_limits<std::size_t>::max();
  for (const StreamId from : piper.from) length = std::min(length, streams[from].items.size());
  std::vector<std::vector<Token>> inboxes;
  for (std::size_t place = 0; place < length; ++place) {
    if (place % piper.consume == 0) inboxes.emplace_back();
    for (const StreamId from : piper.from) inboxes.back().push_back(streams[from].items[place]);
  }
  if (length % piper.consume != 0 && piper.rest == Rest::drop) inboxes.pop_back();
  return inboxes;
}

Reference::Stream run_piper(const Scenario& scenario, PiperId id,
                            const std::vector<Reference::Stream>& streams) {
  using Status = Evaluation::Status;
  const PlanPiper& piper = scenario.plan.pipers[id];
  const bool ordered = scenario.plan.pools[piper.pool].ordered || piper.produce.any;
  Reference::Stream out;
  out.exact = ordered || !scenario.workers[id].end_at;
  for (const StreamId from : piper.from) out.exact &= streams[from].exact;

  std::vector<std::uint64_t> states(piper.spawn, 0);
  const auto inboxes = make_inboxes(piper, streams);
  std::uint64_t end = inboxes.size();
  for (std::uint64_t t = 0; t < end; ++t) {
    std::uint64_t* state = &states[t % piper.spawn];
    Evaluation result;
    std::uint32_t attempt = 0;
    do {
      result = evaluate(scenario, id, t, ++attempt, inboxes[t], state);
    } while (result.status == Status::retry);
    // The stream ends before the next tasklet of the replica that has had enough.
    if (result.status == Status::ended_with)
      end = std::min<std::uint64_t>(end, t + (piper.serial ? piper.spawn : 1));
    if (result.status == Status::ended_before) end = t;
    out.items.insert(out.items.end(), result.items.begin(), result.items.end());
  }
  for (std::uint32_t r = 0; piper.has_flush && r < piper.spawn; ++r) {
    const std::vector<Token> last = flush(scenario, id, r, states[r]);
    out.items.insert(out.items.end(), last.begin(), last.end());
  }
  return out;
}

}  // namespace

Reference evaluate_in_order(const Scenario& scenario) {
  Reference reference;
  const Plan& plan = scenario.plan;
  for (InputId i = 0; i < plan.inputs.size(); ++i)
    reference.streams.push_back(read_input(scenario, i));
  for (PiperId p = 0; p < plan.pipers.size(); ++p)
    reference.streams.push_back(run_piper(scenario, p, reference.streams));
  return reference;
}

}  // namespace papy::sim
