#include "scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "flow/failing.h"
#include "item/failure.h"
#include "random.h"

namespace papy::sim {
namespace {

PlanPool make_pool(Random& random, std::size_t number) {
  PlanPool pool;
  pool.name = fmt::format("pool{}", number);
  pool.slots = static_cast<std::uint32_t>(random.between(1, 4));
  if (random.percent(50)) pool.stride = random.between(1, 7);
  if (random.percent(60)) pool.buffer = random.between(1, random.percent(50) ? 4 : 20);
  if (random.percent(40)) pool.batch = random.between(1, 5);
  pool.ordered = random.percent(70);
  if (random.percent(60)) pool.type = PoolType::process;
  pool.max_crashes = static_cast<std::uint32_t>(random.between(1, 3));
  pool.skip = random.percent(20);
  return pool;
}

std::vector<StreamId> make_from(Random& random, std::size_t streams,
                                const std::vector<std::uint32_t>& used) {
  const std::uint64_t width = random.percent(65) ? 1 : random.between(2, 4);
  std::vector<StreamId> from;
  for (std::uint64_t tries = 0; from.size() < width && tries < 12; ++tries) {
    const auto stream = static_cast<StreamId>(random.below(streams));
    const bool twice = std::find(from.begin(), from.end(), stream) != from.end();
    if (twice && !random.percent(10)) continue;
    if (used[stream] > 0 && tries < 8 && random.percent(60)) continue;
    from.push_back(stream);
  }
  if (from.empty()) from.push_back(static_cast<StreamId>(streams - 1));
  return from;
}

Produce make_produce(Random& random) {
  Produce produce;
  const std::uint64_t kind = random.below(100);
  if (kind < 65) return produce;
  if (kind < 80) {
    produce.any = true;
    return produce;
  }
  produce.n = static_cast<std::uint32_t>(random.between(2, 4));
  produce.repeat = random.percent(40);
  return produce;
}

PlanPiper make_piper(Random& random, const Scenario& scenario, std::vector<std::uint32_t>* used) {
  const Plan& plan = scenario.plan;
  PlanPiper piper;
  piper.name = fmt::format("p{}", plan.pipers.size());
  piper.from = make_from(random, plan.streams(), *used);
  for (const StreamId from : piper.from) ++(*used)[from];
  if (piper.from.size() > 1 && random.percent(25)) piper.join = Join::first;
  if (random.percent(25)) piper.consume = static_cast<std::uint32_t>(random.between(2, 5));
  piper.rest = static_cast<Rest>(random.below(3));
  piper.produce = make_produce(random);
  if (random.percent(20)) piper.spawn = static_cast<std::uint32_t>(random.between(2, 4));
  piper.pool = static_cast<PoolId>(random.below(plan.pools.size()));
  piper.serial = random.percent(25);
  if (piper.serial && random.percent(60)) {
    piper.has_flush = true;
    piper.produce = {.any = true};
  }
  piper.track = random.percent(10);
  if (random.percent(30)) {
    piper.retries.attempts = static_cast<std::uint32_t>(random.between(2, 4));
    if (random.percent(60)) piper.retries.backoff = Duration(random.between(1, 1000));
    piper.retries.on_timeout = random.percent(50);
  }
  if (random.percent(30)) piper.on_error = OnError::skip;
  return piper;
}

/// What only a process survives.
void make_deadly(Random& random, PlanPiper& piper, Behaviour& worker) {
  const auto some = [&](std::uint64_t likely, std::uint64_t most) {
    return static_cast<std::uint32_t>(random.percent(likely) ? random.between(1, most) : 0);
  };
  worker.poison = some(30, 20);
  worker.flaky = some(30, 40);
  worker.corrupts = some(20, 30);
  worker.hangs = some(25, 40);
  worker.overdue = some(10, 20);
  worker.many = random.percent(30);
  worker.flush_dies = piper.has_flush && random.percent(20);
  // The simulator says itself what is late: these limits are never reached, but for a deadline
  // before the first backoff ends.
  if (worker.hangs > 0) piper.timeout = std::chrono::hours(1);
  if (worker.overdue > 0) piper.deadline = std::chrono::hours(1'000);
  if (piper.retries.backoff.count() > 0 && random.percent(20))
    piper.deadline = Duration(random.between(1, piper.retries.backoff.count()));
}

Behaviour make_behaviour(Random& random, PlanPiper& piper) {
  Behaviour worker;
  worker.salt = random.next();
  if (random.percent(30)) worker.fails = static_cast<std::uint32_t>(random.between(1, 30));
  if (random.percent(30)) worker.skips = static_cast<std::uint32_t>(random.between(1, 40));
  if (piper.retries.attempts > 1)
    worker.transient = static_cast<std::uint32_t>(random.between(1, 50));
  worker.most = static_cast<std::uint32_t>(random.between(0, 4));
  if (random.percent(8)) {
    worker.end_at = random.below(12);
    worker.end_emits = random.percent(50);
    // What the other replicas saw before the end depends on the schedule, and a flush would tell.
    if (piper.has_flush) piper.spawn = 1;
  }
  return worker;
}

std::uint64_t make_length(Random& random) {
  const std::uint64_t kind = random.below(100);
  if (kind < 8) return 0;
  if (kind < 16) return 1;
  if (kind < 92) return random.between(2, 30);
  return random.between(60, 250);
}

bool inbox_is_gap(const std::vector<Token>& place) {
  return std::any_of(place.begin(), place.end(),
                     [](const Token& token) { return token.kind == ItemKind::gap; });
}

/// What the worker gets: the values, or the failures when there are some.
void sort_inbox(const PlanPiper& piper, const std::vector<Token>& inbox, std::vector<Token>* values,
                std::vector<Token>* failures) {
  const std::size_t width = piper.from.size();
  for (std::size_t at = 0; at < inbox.size(); at += width) {
    std::vector<Token> place(inbox.begin() + static_cast<std::ptrdiff_t>(at),
                             inbox.begin() + static_cast<std::ptrdiff_t>(at + width));
    if (piper.join == Join::first) {
      const auto first = std::find_if(place.begin(), place.end(), [](const Token& token) {
        return token.kind != ItemKind::gap;
      });
      if (first == place.end()) continue;
      place = {*first};
    }
    for (const Token& token : place) {
      if (token.kind == ItemKind::failure) failures->push_back(token);
    }
    if (!inbox_is_gap(place)) values->insert(values->end(), place.begin(), place.end());
  }
}

std::vector<Token> same(const PlanPiper& piper, const Token& token) {
  return std::vector<Token>(piper.produce.any ? token.kind != ItemKind::gap : piper.produce.n,
                            token);
}

constexpr Token kGap{ItemKind::gap, 0};

}  // namespace

void write(const Token& token, std::uint32_t padding, BatchBuilder* out) {
  if (token.kind == ItemKind::gap) return out->add({token.kind, {}});
  std::uint8_t* at = out->reserve(10 + padding);
  *at++ = 0xc4;  // msgpack: bin 8
  *at++ = static_cast<std::uint8_t>(8 + padding);
  for (int shift = 56; shift >= 0; shift -= 8)
    *at++ = static_cast<std::uint8_t>(token.number >> shift);
  std::fill_n(at, padding, std::uint8_t{0});
  out->moved_to(at + padding);
  out->close_item(token.kind);
}

/// A failure that the flow made: a number of all that it says, and one more for each piper that it
/// passed.
Token read_failure(Failure failure) {
  const std::uint32_t hops = std::exchange(failure.hops, 0);
  std::uint64_t number = 0;
  for (const char byte : encode(failure)) number = mix(number, static_cast<std::uint8_t>(byte));
  for (std::uint32_t i = 0; i < hops; ++i) number = mix(1, number);
  return {ItemKind::failure, number};
}

Token read(const ItemView& item) {
  if (item.kind == ItemKind::gap) return kGap;
  if (item.bytes.data()[0] != 0xc4) return read_failure(decode_failure(item.bytes));
  Token token{item.kind, 0};
  for (int i = 0; i < 8; ++i) token.number = token.number << 8 | item.bytes[2 + i];
  return token;
}

std::string text(const std::vector<Token>& tokens) {
  std::string out;
  for (const Token& token : tokens) {
    const char* kind = token.kind == ItemKind::value ? "" : "!";
    out += token.kind == ItemKind::gap ? " -" : fmt::format(" {}{:04x}", kind, token.number >> 48);
  }
  return out;
}

Token input_item(const Scenario& scenario, InputId input, std::uint64_t place) {
  const std::uint64_t number = mix(mix(scenario.seed, input), place);
  const bool fails = mix(number, 1) % 100 < scenario.input_fails;
  return {fails ? ItemKind::failure : ItemKind::value, number};
}

Scenario make_scenario(std::uint64_t seed) {
  Random random(mix(seed, 17));
  Scenario scenario;
  scenario.seed = seed;
  Plan& plan = scenario.plan;
  plan.name = fmt::format("seed {}", seed);
  const std::uint64_t inputs = random.between(1, 3), pools = random.between(1, 3);
  const std::uint64_t pipers = random.between(1, random.percent(60) ? 4 : 10);
  const std::uint64_t usual = make_length(random);
  for (InputId i = 0; i < inputs; ++i) {
    plan.inputs.push_back({fmt::format("in{}", i), {}});
    scenario.lengths.push_back(random.percent(60) ? usual : make_length(random));
  }
  for (std::size_t p = 0; p < pools; ++p) plan.pools.push_back(make_pool(random, p));
  std::vector<std::uint32_t> used(inputs + pipers, 0);
  scenario.stages.resize(pipers, 0);
  for (PiperId p = 0; p < pipers; ++p) {
    plan.pipers.push_back(make_piper(random, scenario, &used));
    scenario.workers.push_back(make_behaviour(random, plan.pipers.back()));
    if (plan.pools[plan.pipers.back().pool].type == PoolType::process && random.percent(50))
      make_deadly(random, plan.pipers.back(), scenario.workers.back());
  }
  for (StreamId s = 0; s < plan.streams(); ++s) {
    if (used[s] > 0 && !random.percent(8)) continue;
    plan.outputs.push_back({fmt::format("out{}", plan.outputs.size()), {}, s});
  }
  if (random.percent(25)) scenario.input_fails = static_cast<std::uint32_t>(random.between(1, 20));
  if (random.percent(30)) scenario.padding = static_cast<std::uint32_t>(random.between(1, 200));
  if (random.percent(10)) plan.memory = random.between(200, 4000);
  return scenario;
}

Evaluation evaluate(const Scenario& scenario, PiperId id, std::uint64_t number,
                    std::uint32_t attempt, const std::vector<Token>& inbox, std::uint64_t* state) {
  using Status = Evaluation::Status;
  using What = Evaluation::What;
  const PlanPiper& piper = scenario.plan.pipers[id];
  const Behaviour& worker = scenario.workers[id];
  std::vector<Token> values, failures;
  sort_inbox(piper, inbox, &values, &failures);
  if (!failures.empty()) {
    std::uint64_t travelled = failures.size() == 1 ? 1 : mix(worker.salt, number);
    for (const Token& failure : failures) travelled = mix(travelled, failure.number);
    return {Status::settled, What::passed, same(piper, {ItemKind::failure, travelled})};
  }
  if (values.empty()) return {Status::settled, What::skipped, same(piper, kGap)};

  std::uint64_t seen = mix(worker.salt, inbox.size() * 64 + values.size());
  for (const Token& value : values) seen = mix(seen, value.number);
  const auto failed = [&] {
    if (piper.on_error == OnError::skip)
      return Evaluation{Status::settled, What::skipped, same(piper, kGap)};
    return Evaluation{Status::settled, What::failed,
                      same(piper, {ItemKind::failure, mix(seen, attempt)})};
  };
  if (piper.rest == Rest::fail && inbox.size() < piper.consume * piper.from.size()) return failed();
  if (mix(seen, 6) % 100 < worker.poison) return {.status = Status::dies, .called = true};
  if (mix(seen, 7) % 100 < worker.hangs && attempt <= mix(seen, 8) % 4)
    return {.status = Status::hangs, .called = true};
  if (mix(seen, 9) % 100 < worker.overdue) return {.status = Status::overdue, .called = true};
  if (mix(seen, 1) % 100 < worker.transient && attempt <= mix(seen, 2) % 4) {
    if (attempt < piper.retries.attempts) return {.status = Status::retry, .called = true};
    return failed();
  }
  Evaluation result;
  result.called = true;
  result.flaky = mix(seen, 10) % 100 < worker.flaky;
  result.corrupts = mix(seen, 11) % 100 < worker.corrupts;
  const auto with = [&](Evaluation other) {
    other.called = true;
    other.flaky = result.flaky;
    other.corrupts = result.corrupts;
    return other;
  };
  if (mix(seen, 3) % 100 < worker.fails) return with(failed());
  const bool ends = worker.end_at && number >= *worker.end_at;
  if (ends && !worker.end_emits) return with({.status = Status::ended_before});
  if (!ends && mix(seen, 4) % 100 < worker.skips)
    return with({Status::settled, What::skipped, same(piper, kGap)});
  if (piper.serial) seen = *state = mix(*state, seen);

  std::uint64_t n = piper.produce.n;
  if (piper.produce.any) n = mix(seen, 5) % (worker.most + 1);
  if (ends) {
    result.status = Status::ended_with;
    if (piper.produce.any) n = std::max<std::uint64_t>(n, 1);
  }
  for (std::uint64_t i = 0; i < n; ++i) {
    result.items.push_back({ItemKind::value, mix(seen, piper.produce.repeat ? 100 : 100 + i)});
  }
  return result;
}

std::optional<Loss> loss_of(const Scenario& scenario, PiperId id, Evaluation::Status status) {
  using Status = Evaluation::Status;
  Loss loss;
  loss.function = "sim." + scenario.plan.pipers[id].name;
  loss.stage = scenario.stages[id];
  loss.elapsed = Duration(1);
  switch (status) {
    case Status::dies:
      loss.why = Loss::Why::died;
      loss.kind = "crash";
      loss.code = 11;
      loss.message = "killed by signal 11";
      return loss;
    case Status::hangs:
    case Status::overdue:
      loss.why = Loss::Why::timed_out;
      loss.kind = status == Status::hangs ? "timeout" : "deadline";
      loss.message = "took too long";
      return loss;
    default:
      return std::nullopt;
  }
}

Failure error_of(const Scenario& scenario, PiperId id) {
  Failure failure;
  failure.function = "sim." + scenario.plan.pipers[id].name;
  failure.kind = "error";
  failure.code = 3;
  failure.message = "not yet";
  return failure;
}

bool has_one_chance(const PlanPiper& piper) {
  return piper.deadline && *piper.deadline <= piper.retries.backoff;
}

Evaluation lost_for_good(const Scenario& scenario, PiperId id, std::uint64_t number,
                         const std::vector<Token>& inbox, Evaluation::Status status,
                         std::uint32_t attempt) {
  const PlanPiper& piper = scenario.plan.pipers[id];
  const PlanPool& pool = scenario.plan.pools[piper.pool];
  Failure failure = error_of(scenario, id);
  if (const auto loss = loss_of(scenario, id, status)) {
    failure.kind = loss->kind;
    failure.code = loss->code;
    failure.message = loss->message;
  }
  const bool again = status == Evaluation::Status::retry ||
                     (status == Evaluation::Status::hangs && piper.retries.on_timeout &&
                      attempt < piper.retries.attempts);
  if (again) {
    failure.kind = "deadline";
    failure.message = fmt::format(
        "1 attempt failed and the deadline of {}ns leaves no time for another; the last: {}",
        piper.deadline->count(), failure.message);
  }
  failure.attempts = attempt;
  if (status == Evaluation::Status::dies) failure.attempts += pool.max_crashes - 1;
  failure.piper = piper.name;
  failure.place = number;
  if (scenario.stages[id] == 0) {
    std::vector<Token> values, failures;
    sort_inbox(piper, inbox, &values, &failures);
    for (const Token& value : values) {
      BatchBuilder out;
      write(value, scenario.padding_of(value), &out);
      failure.inbox.emplace_back(text_of(out.item(0).bytes));
    }
  }
  const bool gap = piper.on_error == OnError::skip ||
                   (pool.skip && (failure.kind == "timeout" || failure.kind == "deadline"));
  return {Evaluation::Status::settled, gap ? Evaluation::What::skipped : Evaluation::What::failed,
          same(piper, gap ? kGap : read_failure(std::move(failure)))};
}

std::vector<Token> flush(const Scenario& scenario, PiperId id, std::uint32_t replica,
                         std::uint64_t state) {
  const std::uint64_t seen = mix(mix(scenario.workers[id].salt, replica), state);
  std::vector<Token> items(seen % 3);
  for (std::size_t i = 0; i < items.size(); ++i) items[i].number = mix(seen, i);
  return items;
}

namespace {

std::string describe(const Behaviour& worker) {
  std::string text;
  const auto add = [&](const char* name, std::uint32_t percent) {
    if (percent > 0) text += fmt::format(" {} {}%", name, percent);
  };
  add("poison", worker.poison);
  add("flaky", worker.flaky);
  add("corrupts", worker.corrupts);
  add("hangs", worker.hangs);
  add("overdue", worker.overdue);
  if (worker.many) text += " many";
  if (worker.flush_dies) text += " flush dies";
  return text;
}

}  // namespace

std::string describe(const Scenario& scenario) {
  const Plan& plan = scenario.plan;
  const auto maybe = [](const std::optional<std::uint64_t>& value) {
    return value ? std::to_string(*value) : std::string("auto");
  };
  std::string text = fmt::format("seed {} memory {} padding {}\n", scenario.seed,
                                 maybe(plan.memory), scenario.padding);
  for (InputId i = 0; i < plan.inputs.size(); ++i)
    text += fmt::format("  {}: {} items\n", plan.inputs[i].name, scenario.lengths[i]);
  for (const PlanPool& pool : plan.pools) {
    text += fmt::format("  {}: {} slots {} stride {} buffer {} batch {} {} max_crashes {}{}\n",
                        pool.name, pool.type == PoolType::process ? "process" : "thread",
                        pool.slots, maybe(pool.stride), maybe(pool.buffer), maybe(pool.batch),
                        pool.ordered ? "ordered" : "unordered", pool.max_crashes,
                        pool.skip ? " skip" : "");
  }
  for (PiperId p = 0; p < plan.pipers.size(); ++p) {
    const PlanPiper& piper = plan.pipers[p];
    const Behaviour& worker = scenario.workers[p];
    text += fmt::format("  {}: from", piper.name);
    for (const StreamId from : piper.from) text += " " + plan.stream_name(from);
    text += fmt::format(" on {}", plan.pools[piper.pool].name);
    if (piper.join == Join::first) text += " join first";
    if (piper.consume > 1)
      text += fmt::format(" consume {} rest {}", piper.consume, static_cast<int>(piper.rest));
    if (piper.produce != Produce{}) {
      text += piper.produce.any ? std::string(" produce any")
                                : fmt::format(" produce {}", piper.produce.n);
      if (piper.produce.repeat) text += " repeat";
    }
    if (piper.spawn > 1) text += fmt::format(" spawn {}", piper.spawn);
    if (piper.serial) text += piper.has_flush ? " serial flush" : " serial";
    if (piper.retries.attempts > 1) {
      text += fmt::format(" attempts {} backoff {}", piper.retries.attempts,
                          piper.retries.backoff.count());
    }
    if (worker.end_at)
      text += fmt::format(" end {} {}", worker.end_emits ? "with" : "before", *worker.end_at);
    if (piper.on_error == OnError::skip) text += " on_error skip";
    text += describe(worker);
    text += '\n';
  }
  for (const PlanOutput& output : plan.outputs)
    text += fmt::format("  {}: from {}\n", output.name, plan.stream_name(output.from));
  return text;
}

}  // namespace papy::sim
