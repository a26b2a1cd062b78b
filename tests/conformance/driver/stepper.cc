#include "stepper.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "base/check.h"

namespace conformance {
namespace {

/// What the evaluation of a tasklet takes beside what its function sleeps, so that an endless input
/// is read for ever only in an endless time.
constexpr papy::Duration kTasklet = std::chrono::microseconds(100);

}  // namespace

Stepper::Stepper(const papy::Plan& plan, const papy::Resolver& resolver, OwnTime& time)
    : plan_(plan),
      time_(time),
      flow_(plan),
      instances_(resolver, time.raw(), plan.base),
      settings_{time.raw(), &never_},
      outputs_(plan.outputs.size()) {
  for (const papy::PlanInput& input : plan.inputs)
    inputs_.push_back(std::make_unique<InputReader>(input, plan.base, resolver, time.raw()));
  for (const papy::PlanPool& pool : plan.pools) busy_.emplace_back(pool.slots, false);
}

Stepper::Pulled Stepper::pull(papy::OutputId output, std::optional<papy::Duration> patience) {
  const auto limit = patience ? std::optional(now_ + *patience) : std::nullopt;
  std::deque<OwnItem>& mine = outputs_[output];
  while (true) {
    while (!mine.empty() && mine.front().kind == papy::ItemKind::gap) mine.pop_front();
    if (!mine.empty()) {
      Pulled pulled{Pulled::Way::item, std::move(mine.front()), {}};
      mine.pop_front();
      return pulled;
    }
    if (move(Wish::one_output, output)) continue;
    if (flow_.output_ended(output)) return {Pulled::Way::ended, {}, {}};
    if (limit && next_event().value_or(*limit) >= *limit) {
      now_ = *limit;
      flow_.on_time(now_);
      return {Pulled::Way::late, {}, {}};
    }
    if (wait_until(limit)) continue;
    std::string why;
    if (!go_on(&why)) return {Pulled::Way::stuck, {}, std::move(why)};
  }
}

void Stepper::pass(papy::Duration time, bool draining) {
  const papy::Time limit = now_ + time;
  std::string why;
  while (true) {
    if (move(draining ? Wish::all_outputs : Wish::no_output, 0)) continue;
    if (next_event().value_or(limit + limit) <= limit) {
      wait_until(limit);
      continue;
    }
    if (flights_.empty() && draining && !flow_.finished() && go_on(&why)) continue;
    break;
  }
  now_ = limit;
  flow_.on_time(now_);
}

bool Stepper::drain() {
  flow_.stop(papy::Flow::Stop::drain);
  std::string why;
  while (true) {
    const bool moved = move(Wish::all_outputs, 0);
    if (flow_.finished()) return true;
    if (!moved && !wait_until(std::nullopt) && !go_on(&why)) return false;
  }
}

/// Does what can be done without waiting; false: nothing.
bool Stepper::move(Wish wish, papy::OutputId one) {
  bool moved = false;
  for (papy::OutputId o = 0; o < outputs_.size(); ++o) {
    if (wish == Wish::all_outputs || (wish == Wish::one_output && o == one)) moved |= take(o);
  }
  moved |= hand_out();
  return feed() || moved;
}

bool Stepper::feed() {
  bool moved = false;
  for (papy::InputId i = 0; i < inputs_.size(); ++i) {
    const std::uint64_t wanted = flow_.wants_input(i);
    if (wanted == 0) continue;
    flow_.begin_input(i);
    const InputReader::Items items = inputs_[i]->read(wanted);
    flow_.on_input(i, items.batch, items.ended, kTasklet * items.batch.size());
    moved = true;
  }
  return moved;
}

bool Stepper::hand_out() {
  bool moved = false;
  for (papy::PoolId p = 0; p < busy_.size(); ++p) {
    for (std::uint32_t slot = 0; slot < busy_[p].size(); ++slot) {
      const papy::Task* task = busy_[p][slot] ? nullptr : flow_.next(p);
      if (task == nullptr) continue;
      evaluate(*task, slot);
      moved = true;
    }
  }
  return moved;
}

bool Stepper::take(papy::OutputId output) {
  const std::vector<papy::Flow::Part> parts = flow_.take_output(output);
  if (parts.empty()) return false;
  papy::OutputCount count;
  for (const auto& [first, slice] : parts) {
    for (std::uint32_t i = 0; i < slice.size(); ++i) {
      const papy::ItemView item = slice.item(i);
      count.written += item.kind == papy::ItemKind::value ? 1 : 0;
      count.failed += item.kind == papy::ItemKind::failure ? 1 : 0;
      count.gaps += item.kind == papy::ItemKind::gap ? 1 : 0;
      outputs_[output].push_back({item.kind, std::string(papy::text_of(item.bytes))});
    }
  }
  flow_.on_output(output, count);
  return true;
}

/// The result is there at once, but comes back when its time has passed.
void Stepper::evaluate(const papy::Task& task, std::uint32_t slot) {
  busy_[task.pool][slot] = true;
  time_.take();
  Flight flight{task.id, task.pool, slot, evaluator(task, slot).run(task), {}};
  flight.elapsed = time_.take() + kTasklet * std::max(task.n, 1u);
  track(task, flight.result);
  flights_.emplace(now_ + flight.elapsed, std::move(flight));
}

papy::Evaluator& Stepper::evaluator(const papy::Task& task, std::uint32_t slot) {
  const std::vector<papy::PiperId>& pipers = flow_.groups()[task.group].pipers;
  const bool is_serial = plan_.pipers[pipers.front()].serial;
  auto& mine = evaluators_[{task.group, is_serial ? task.replica : slot, is_serial}];
  if (mine) return *mine;
  std::vector<papy::OpenPiper> open;
  for (const papy::PiperId p : pipers) {
    auto opened = instances_.open(plan_.pipers[p], task.pool, slot, task.replica);
    if (!opened) throw std::runtime_error(opened.error().text);
    opened->skips_late = plan_.pools[task.pool].skip;
    opened->share = plan_.pools[task.pool].share();
    open.push_back(std::move(*opened));
  }
  mine = std::make_unique<papy::Evaluator>(settings_, std::move(open), slot);
  return *mine;
}

/// Requires, for a piper that says `track`: it emits one item a tasklet.
void Stepper::track(const papy::Task& task, const papy::TaskResult& result) {
  const papy::PlanPiper& piper = plan_.pipers[flow_.groups()[task.group].pipers.back()];
  if (!piper.track || task.kind == papy::Task::Kind::flush) return;
  for (std::uint32_t t = 0; t < result.items.size(); ++t) {
    const papy::ItemView item = result.items.item(t);
    tracked_[piper.name][task.first + std::uint64_t{t} * task.step] = {
        item.kind, std::string(papy::text_of(item.bytes))};
  }
}

std::optional<papy::Time> Stepper::next_event() const {
  std::optional<papy::Time> next = flow_.next_deadline();
  if (!flights_.empty()) next = std::min(next.value_or(papy::Time::max()), flights_.begin()->first);
  return next;
}

/// Waits for what comes next. False: nothing will come before the limit.
bool Stepper::wait_until(std::optional<papy::Time> limit) {
  const auto next = next_event();
  if (!next || (limit && *next > *limit)) return false;
  now_ = std::max(now_, *next);
  flow_.on_time(now_);
  while (!flights_.empty() && flights_.begin()->first <= now_) {
    Flight flight = std::move(flights_.extract(flights_.begin()).mapped());
    busy_[flight.pool][flight.slot] = false;
    flow_.on_done(flight.id, std::move(flight.result), flight.elapsed);
  }
  return true;
}

/// Nothing moves and nothing is under way: makes room, or says why there is none.
bool Stepper::go_on(std::string* why) {
  papy::Flow::Unstuck how = flow_.unstick();
  *why = std::move(how.text);
  return how.way == papy::Flow::Unstuck::Way::moving ||
         how.way == papy::Flow::Unstuck::Way::widened;
}

}  // namespace conformance
