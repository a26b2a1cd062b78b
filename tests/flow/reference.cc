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

bool is_tried_again(const PlanPiper& piper, Evaluation::Status status, std::uint32_t attempt) {
  const bool again = status == Evaluation::Status::retry ||
                     (status == Evaluation::Status::hangs && piper.retries.on_timeout &&
                      attempt < piper.retries.attempts);
  return again && !has_one_chance(piper);
}

Reference::Stream run_piper(const Scenario& scenario, PiperId id, Reference* reference) {
  using Status = Evaluation::Status;
  const std::vector<Reference::Stream>& streams = reference->streams;
  Reference::Count& count = reference->counts.emplace_back();
  const auto note = [&](Evaluation::What what) {
    ++count.tasklets;
    count.failed += what == Evaluation::What::failed;
    count.passed += what == Evaluation::What::passed;
    count.skipped += what == Evaluation::What::skipped;
  };
  const PlanPiper& piper = scenario.plan.pipers[id];
  const bool ordered = scenario.plan.pools[piper.pool].ordered || piper.produce.any;
  Reference::Stream out;
  out.exact = ordered || !scenario.workers[id].end_at;
  for (const StreamId from : piper.from) out.exact &= streams[from].exact;
  reference->whole &= piper.from.size() == 1 && !scenario.workers[id].end_at;

  std::vector<std::uint64_t> states(piper.spawn, 0);
  const auto inboxes = make_inboxes(piper, streams);
  std::uint64_t end = inboxes.size();
  for (std::uint64_t t = 0; t < end; ++t) {
    std::uint64_t* state = &states[t % piper.spawn];
    Evaluation result;
    std::uint32_t attempt = 0;
    do {
      result = evaluate(scenario, id, t, ++attempt, inboxes[t], state);
    } while (is_tried_again(piper, result.status, attempt));
    if (result.status == Status::retry || loss_of(scenario, id, result.status))
      result = lost_for_good(scenario, id, t, inboxes[t], result.status, attempt);
    // The stream ends before the next tasklet of the replica that has had enough.
    if (result.status == Status::ended_with)
      end = std::min<std::uint64_t>(end, t + (piper.serial ? piper.spawn : 1));
    if (result.status == Status::ended_before) end = t;
    note(result.what);
    out.items.insert(out.items.end(), result.items.begin(), result.items.end());
  }
  for (std::uint32_t r = 0; piper.has_flush && r < piper.spawn; ++r) {
    std::vector<Token> last = flush(scenario, id, r, states[r]);
    if (scenario.workers[id].flush_dies) {
      const Evaluation result = lost_for_good(scenario, id, end + r, {}, Status::dies, 1);
      last = result.items;
      note(result.what);
    }
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
    reference.streams.push_back(run_piper(scenario, p, &reference));
  return reference;
}

}  // namespace papy::sim
