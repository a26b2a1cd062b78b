#include "random_workflow.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>

#include "item/failure.h"
#include "random.h"
#include "scene.h"

namespace papy::test {
namespace {

using sim::mix;

struct Item {
  ItemKind kind = ItemKind::value;
  std::int64_t value = 0;
  std::shared_ptr<const Failure> failure;
};
using Stream = std::vector<Item>;

constexpr const char* kMessage = "no luck";

/// What the function of a piper says to one inbox.
struct Said {
  papy_status status = PAPY_OK;
  std::int32_t code = 0;
  std::vector<std::int64_t> values;
};

std::int64_t as_value(std::uint64_t number) { return static_cast<std::int64_t>(number >> 1); }

Said say(const PlanPiper& piper, const sim::Behaviour& worker, std::uint64_t tasklet,
         std::uint32_t attempt, const std::vector<std::int64_t>& inbox, std::uint64_t* state) {
  std::uint64_t seen = mix(worker.salt, inbox.size());
  for (const std::int64_t value : inbox) seen = mix(seen, static_cast<std::uint64_t>(value));
  const auto code = static_cast<std::int32_t>(seen % 1000);
  if (mix(seen, 1) % 100 < worker.transient && attempt <= mix(seen, 2) % 4)
    return {PAPY_RETRY, code, {}};
  if (mix(seen, 3) % 100 < worker.fails) return {PAPY_FAIL, code, {}};
  const bool ends = worker.end_at && tasklet >= *worker.end_at;
  if (ends && !worker.end_emits) return {PAPY_END, 0, {}};
  if (!ends && mix(seen, 4) % 100 < worker.skips) return {PAPY_SKIP, 0, {}};
  if (piper.serial) seen = *state = mix(*state, seen);
  std::uint64_t n = piper.produce.repeat ? 1 : piper.produce.n;
  if (piper.produce.any) n = std::max<std::uint64_t>(mix(seen, 5) % (worker.most + 1), ends);
  Said said{ends ? PAPY_END : PAPY_OK, 0, {}};
  for (std::uint64_t i = 0; i < n; ++i) said.values.push_back(as_value(mix(seen, 100 + i)));
  return said;
}

std::vector<std::int64_t> say_at_the_end(const sim::Behaviour& worker, std::uint64_t replica,
                                         std::uint64_t state) {
  const std::uint64_t seen = mix(mix(worker.salt, replica), state);
  std::vector<std::int64_t> values(seen % 3);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = as_value(mix(seen, i));
  return values;
}

// In order.

Item failed(Failure failure) {
  return {ItemKind::failure, 0, std::make_shared<const Failure>(std::move(failure))};
}

/// An inbox as the rules of a piper leave it.
struct Inbox {
  std::vector<std::int64_t> values;
  std::vector<Failure> failures;
  std::uint32_t places = 0;
};

Inbox take(const PlanPiper& piper, const std::vector<Stream>& streams, std::uint64_t from,
           std::uint64_t to) {
  Inbox inbox;
  for (std::uint64_t place = from; place < to; ++place, ++inbox.places) {
    Stream items;
    for (const StreamId stream : piper.from) items.push_back(streams[stream][place]);
    if (piper.join == Join::first) {
      std::erase_if(items, [](const Item& item) { return item.kind == ItemKind::gap; });
      items.resize(std::min<std::size_t>(items.size(), 1));
    }
    bool gap = false;
    for (const Item& item : items) {
      gap |= item.kind == ItemKind::gap;
      if (item.kind == ItemKind::failure) inbox.failures.push_back(*item.failure);
    }
    for (const Item& item : items) {
      if (!gap && item.kind == ItemKind::value) inbox.values.push_back(item.value);
    }
  }
  return inbox;
}

Item travelled(const PlanPiper& piper, std::uint64_t tasklet, std::vector<Failure> failures) {
  if (failures.size() == 1) {
    ++failures[0].hops;
    return failed(std::move(failures[0]));
  }
  Failure joined{.piper = piper.name, .kind = "joined", .place = tasklet};
  joined.message = std::to_string(failures.size()) + " items of the inbox failed";
  joined.causes = std::move(failures);
  return failed(std::move(joined));
}

/// Evaluates one tasklet with all its attempts. False: the stream ends before it.
bool evaluate(const PlanPiper& piper, const sim::Behaviour& worker, std::uint64_t tasklet,
              const Inbox& inbox, std::uint64_t* state, Stream* out, bool* ends) {
  const auto put = [&](const Item& item) {
    const std::uint32_t places = piper.produce.any ? item.kind != ItemKind::gap : piper.produce.n;
    out->insert(out->end(), places, item);
  };
  if (!inbox.failures.empty()) return put(travelled(piper, tasklet, inbox.failures)), true;
  if (inbox.values.empty()) return put({ItemKind::gap, 0, nullptr}), true;
  Failure failure{.piper = piper.name, .place = tasklet};
  for (const std::int64_t value : inbox.values) failure.inbox.push_back(packed(value));
  if (piper.rest == Rest::fail && inbox.places < piper.consume) {
    failure.kind = "incomplete";
    failure.message = "the last group has " + std::to_string(inbox.places) + " of " +
                      std::to_string(piper.consume) + " places";
  } else {
    Said said;
    std::uint32_t attempt = 0;
    do {
      said = say(piper, worker, tasklet, ++attempt, inbox.values, state);
    } while (said.status == PAPY_RETRY && attempt < piper.retries.attempts);
    if (said.status == PAPY_SKIP) return put({ItemKind::gap, 0, nullptr}), true;
    if (said.status == PAPY_END && said.values.empty()) return false;
    *ends = said.status == PAPY_END;
    if (said.status >= 0) {
      for (const std::int64_t value : said.values) {
        out->insert(out->end(), piper.produce.repeat ? piper.produce.n : 1,
                    {ItemKind::value, value, nullptr});
      }
      return true;
    }
    failure.function = "test.f0";
    failure.kind = said.status == PAPY_RETRY ? "retry" : "fail";
    failure.code = said.code;
    failure.message = kMessage;
    failure.attempts = attempt;
  }
  put(piper.on_error == OnError::skip ? Item{ItemKind::gap, 0, nullptr} : failed(failure));
  return true;
}

Stream run_piper(const PlanPiper& piper, const sim::Behaviour& worker,
                 const std::vector<Stream>& streams) {
  std::uint64_t length = std::numeric_limits<std::uint64_t>::max();
  for (const StreamId from : piper.from)
    length = std::min<std::uint64_t>(length, streams[from].size());
  std::uint64_t total = (length + piper.consume - 1) / piper.consume;
  if (length % piper.consume != 0 && piper.rest == Rest::drop) --total;
  Stream out;
  std::vector<std::uint64_t> states(piper.spawn, 0);
  for (std::uint64_t t = 0; t < total; ++t) {
    const Inbox inbox =
        take(piper, streams, t * piper.consume, std::min(length, (t + 1) * piper.consume));
    bool ends = false;
    if (!evaluate(piper, worker, t, inbox, &states[t % piper.spawn], &out, &ends)) break;
    // The replica that has had enough gets no more: the stream ends before its next tasklet.
    if (ends) total = std::min(total, t + (piper.serial ? piper.spawn : 1));
  }
  for (std::uint32_t r = 0; piper.has_flush && r < piper.spawn; ++r) {
    for (const std::int64_t value : say_at_the_end(worker, r, states[r]))
      out.push_back({ItemKind::value, value, nullptr});
  }
  return out;
}

Item item_of_input(const sim::Scenario& scenario, InputId input, std::uint64_t place) {
  const sim::Token token = sim::input_item(scenario, input, place);
  if (token.kind == ItemKind::value) return {ItemKind::value, as_value(token.number), nullptr};
  return failed({.piper = scenario.plan.inputs[input].name,
                 .function = "test.source",
                 .kind = "error",
                 .code = 1,
                 .message = kMessage,
                 .place = place});
}

bool comes_in_order(const Plan& plan, StreamId stream) {
  if (stream < plan.inputs.size()) return true;
  const PlanPiper& piper = plan.pipers[stream - plan.inputs.size()];
  return plan.pools[piper.pool].ordered || piper.produce.any;
}

std::string described(const Failure& failure) { return "!" + encode(failure); }

}  // namespace

sim::Scenario make_workflow(std::uint64_t seed) {
  sim::Scenario scenario = sim::make_scenario(seed);
  Plan& plan = scenario.plan;
  plan.memory.reset();
  plan.base = "/";
  for (PiperId p = 0; p < plan.pipers.size(); ++p) {
    // Where an unordered stream ends depends on the schedule.
    PlanPiper& piper = plan.pipers[p];
    if (!comes_in_order(plan, plan.stream_of_piper(p))) scenario.workers[p].end_at.reset();
    if (piper.retries.backoff.count() > 0) piper.retries.backoff = Duration(1000);
  }
  return scenario;
}

Outcome evaluate_in_order(const sim::Scenario& scenario) {
  const Plan& plan = scenario.plan;
  std::vector<Stream> streams;
  for (InputId i = 0; i < plan.inputs.size(); ++i) {
    Stream& stream = streams.emplace_back();
    for (std::uint64_t place = 0; place < scenario.lengths[i]; ++place)
      stream.push_back(item_of_input(scenario, i, place));
  }
  for (PiperId p = 0; p < plan.pipers.size(); ++p)
    streams.push_back(run_piper(plan.pipers[p], scenario.workers[p], streams));
  Outcome outcome{.outputs = {}, .ending = "finished"};
  for (const PlanOutput& output : plan.outputs) {
    std::vector<std::string>& items = outcome.outputs.emplace_back();
    std::uint64_t gaps = 0;
    for (const Item& item : streams[output.from]) {
      if (item.kind == ItemKind::value) items.push_back(std::to_string(item.value));
      if (item.kind == ItemKind::failure) items.push_back(described(*item.failure));
      gaps += item.kind == ItemKind::gap ? 1 : 0;
    }
    if (!comes_in_order(plan, output.from)) std::sort(items.begin(), items.end());
    items.push_back(std::to_string(gaps) + " gaps");
  }
  return outcome;
}

namespace {

/// Writes down what comes to the outputs, failures in their places.
class Collector final : public Report {
 public:
  explicit Collector(std::size_t outputs) : items(outputs) {}
  void on_failure(OutputId output, std::uint64_t, const Failure& failure) override {
    items[output].push_back(described(failure));
  }
  void on_warning(std::string_view) override {}

  std::vector<std::vector<std::string>> items;  // each by its output's thread alone
};

Function source_of(const sim::Scenario& scenario, InputId input) {
  const auto at = std::make_shared<std::uint64_t>(0);
  return {.call = [&scenario, input, at](papy_call* call) {
    for (std::uint64_t i = 0; i < call->wanted && *at < scenario.lengths[input]; ++i) {
      const sim::Token token = sim::input_item(scenario, input, (*at)++);
      if (token.kind == ItemKind::failure) return fails(call, PAPY_ERROR, 1, kMessage);
      emit(call, as_value(token.number));
    }
    return papy_status{*at == scenario.lengths[input] ? PAPY_END : PAPY_OK};
  }};
}

Function worker_of_piper(const sim::Scenario& scenario, PiperId id) {
  const PlanPiper& piper = scenario.plan.pipers[id];
  const sim::Behaviour& worker = scenario.workers[id];
  const auto states = std::make_shared<std::vector<std::uint64_t>>(piper.spawn, 0);
  const auto flushed = std::make_shared<std::atomic<std::uint32_t>>(0);
  Function function;
  function.call = [&piper, &worker, states](papy_call* call) {
    std::vector<std::int64_t> inbox;
    for (std::uint32_t i = 0; i < call->n_inputs; ++i) inbox.push_back(number(call, i));
    std::uint64_t* const state = &(*states)[call->tasklet % piper.spawn];
    const Said said = say(piper, worker, call->tasklet, call->attempt, inbox, state);
    for (const std::int64_t value : said.values) emit(call, value);
    return said.status < 0 ? fails(call, said.status, said.code, kMessage) : said.status;
  };
  if (piper.has_flush) {
    function.flush = [&worker, states, flushed](papy_call* call) {
      const std::uint32_t replica = (*flushed)++;
      for (const std::int64_t value : say_at_the_end(worker, replica, (*states)[replica]))
        emit(call, value);
      return papy_status{PAPY_OK};
    };
  }
  function.flags = piper.serial ? PAPY_SERIAL : 0;
  return function;
}

}  // namespace

Outcome run_on_threads(const sim::Scenario& scenario, const std::vector<PlanPool>& pools,
                       const Flow::Settings& settings) {
  Plan plan = scenario.plan;
  plan.pools = pools;
  Collector collector(plan.outputs.size());
  std::deque<Function> functions;
  for (InputId i = 0; i < plan.inputs.size(); ++i) {
    functions.push_back(source_of(scenario, i));
    plan.inputs[i].source = functions.back().use("source");
  }
  for (PiperId p = 0; p < plan.pipers.size(); ++p) {
    functions.push_back(worker_of_piper(scenario, p));
    plan.pipers[p].worker = {functions.back().use("f0")};
  }
  for (OutputId o = 0; o < plan.outputs.size(); ++o) {
    functions.push_back({.call = [&collector, o](papy_call* call) {
      collector.items[o].push_back(std::to_string(number(call)));
      return papy_status{PAPY_OK};
    }});
    plan.outputs[o].sink = functions.back().use("sink");
  }
  ManualEvents events;
  Runner runner(plan, resolve, nullptr, events, collector, {.flow = settings});
  Outcome outcome;
  if (auto opened = runner.open(); !opened) return {{}, opened.error().text};
  const Runner::End end = runner.run();
  outcome.ending = end.how == Plumber::How::finished ? "finished" : end.reason;
  for (OutputId o = 0; o < plan.outputs.size(); ++o) {
    std::vector<std::string>& items = outcome.outputs.emplace_back(collector.items[o]);
    if (!comes_in_order(plan, plan.outputs[o].from)) std::sort(items.begin(), items.end());
    const OutputCount& count = runner.plumber().flow().output_count(o);
    items.push_back(std::to_string(count.gaps) + " gaps");
  }
  const std::string wrong = runner.plumber().flow().check_invariants();
  if (!wrong.empty()) outcome.ending += "; " + wrong;
  return outcome;
}

}  // namespace papy::test
