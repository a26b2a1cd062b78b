#include "flow/plumber.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace papy {
namespace {

constexpr Duration kProgressEvery = std::chrono::milliseconds(500);

/// A slot that is away for less than this is back soon.
constexpr Duration kSoon = std::chrono::microseconds(500);

/// Bytes that are worth waking a sink for, though a slot is back soon; and the age of any.
constexpr std::uint64_t kWorthAWakeUp = 16 * 1024;
constexpr Duration kOldEnough = std::chrono::milliseconds(2);

/// How long what was read may take to its end after a signal: batch systems often kill 30 s after
/// they asked.
constexpr Duration kGrace = std::chrono::seconds(20);
/// And how long what is under evaluation then may still take.
constexpr Duration kLastGrace = std::chrono::seconds(5);

/// A share of failures means something only beyond a few items.
constexpr std::uint64_t kItemsForAShare = 100;

}  // namespace

Plumber::Plumber(const Plan& plan, Events& events, Report& report, const Flow::Settings& settings)
    : plan_(plan),
      events_(events),
      report_(report),
      reports_batches_(report.wants_batches()),
      flow_(plan, settings),
      parked_slots_(plan.pools.size(), 0),
      parked_inputs_(plan.inputs.size(), 0),
      parked_outputs_(plan.outputs.size(), 0),
      expected_(plan.inputs.size(), 0),
      unwanted_(plan.inputs.size()) {}

void Plumber::attach(std::vector<Waiter*> pools, std::vector<Waiter*> inputs,
                     std::vector<Waiter*> outputs) {
  pools_ = std::move(pools);
  inputs_ = std::move(inputs);
  outputs_ = std::move(outputs);
}

Plumber::End Plumber::run() {
  Time next_progress = kProgressEvery;
  while (true) {
    if (const Time now = events_.now(); now >= next_progress) {
      report_.on_progress(snapshot());
      next_progress = now + kProgressEvery;
    }
    Wakes wakes;
    std::vector<std::string> warnings;
    Time until{0};
    bool over = false;
    {
      MutexLock lock(mutex_);
      waits_until_ = Time{0};  // no need to notify ourselves
      flow_.on_time(events_.now());
      check_limits();
      check_grace();
      if (!flow_.finished() && quiet()) get_unstuck(&wakes);
      after_turn(&wakes);
      over = flow_.finished() || killed_;
      if (over) wake_all(&wakes);
      until = std::min(flow_.next_deadline().value_or(next_progress), next_progress);
      if (grace_ends_) until = std::min(until, *grace_ends_);
      waits_until_ = until;
      warnings.swap(warnings_);
    }
    for (Waiter* waiter : wakes) waiter->wake();
    for (const std::string& warning : warnings) report_.on_warning(warning);
    if (over) break;
    if (const auto signal = events_.wait(until)) on_signal(*signal);
  }
  End end;
  std::vector<Failure> stranded;
  {
    MutexLock lock(mutex_);
    end = end_;
    if (end.how == How::policy) stranded = flow_.stranded_failures();
  }
  for (const Failure& failure : stranded) report_.on_stranded(failure);
  return end;
}

void Plumber::on_signal(int signal) {
  MutexLock lock(mutex_);
  if (end_.how == How::drained || end_.how == How::policy) {
    end_ = {How::killed, signal, {}};
    killed_ = true;
    flow_.stop(Flow::Stop::halt);
  } else {
    end_ = {How::drained, signal, {}};
    flow_.stop(Flow::Stop::drain);
    grace_ends_ = events_.now() + kGrace;
  }
  for (std::atomic<bool>& flag : unwanted_) flag = true;
}

/// A run that drains gets its time; then nothing more is begun, and then nobody waits any more.
void Plumber::check_grace() {
  if (!grace_ends_ || events_.now() < *grace_ends_) return;
  if (flow_.halted()) {
    end_.how = How::killed;
    killed_ = true;
    return;
  }
  flow_.stop(Flow::Stop::halt);
  grace_ends_ = events_.now() + kLastGrace;
}

void Plumber::stop_by_policy(std::string why) {
  if (end_.how == How::policy || end_.how == How::killed) return;
  end_ = {How::policy, 0, std::move(why)};
  flow_.stop(Flow::Stop::halt);
  for (std::atomic<bool>& flag : unwanted_) flag = true;
}

void Plumber::give_up(const Task* task, std::string why) {
  {
    MutexLock lock(mutex_);
    if (over_) return;
    if (task != nullptr) flow_.on_lost(task->id, Loss{});
    stop_by_policy(std::move(why));
  }
  events_.notify();
}

void Plumber::check_limits() {
  if (const auto reason = flow_.stop_reason()) return stop_by_policy(*reason);
  const std::uint64_t failures = flow_.failures();
  if (failures == 0) return;
  if (plan_.max_failures.count && failures > *plan_.max_failures.count) {
    return stop_by_policy(fmt::format("{} items failed, run.max_failures allows {}", failures,
                                      *plan_.max_failures.count));
  }
  if (!plan_.max_failures.share) return;
  const auto check = [&](std::string_view kind, const std::string& name, std::uint64_t failed,
                         std::uint64_t of) {
    if (of < kItemsForAShare && !flow_.finished()) return;
    if (static_cast<double>(failed) <= *plan_.max_failures.share * static_cast<double>(of)) return;
    stop_by_policy(fmt::format("{} of {} items failed at {} '{}', run.max_failures allows {:g}%",
                               failed, of, kind, name, *plan_.max_failures.share * 100));
  };
  for (InputId i = 0; i < plan_.inputs.size(); ++i)
    check("input", plan_.inputs[i].name, flow_.input_failures(i), flow_.input_items(i));
  for (PiperId p = 0; p < plan_.pipers.size(); ++p) {
    const StageCount& count = flow_.counts()[p];
    check("piper", plan_.pipers[p].name, count.failed, count.in - std::min(count.in, count.passed));
  }
}

/// True when nothing is under way and nothing can be begun: the flow has ended or is stuck.
bool Plumber::quiet() {
  if (flow_.under_way() > 0 || flow_.next_deadline()) return false;
  for (PoolId p = 0; p < plan_.pools.size(); ++p) {
    if (flow_.has_work(p)) return false;
  }
  for (InputId i = 0; i < plan_.inputs.size(); ++i) {
    if (flow_.input_asked(i) || flow_.wants_input(i) > 0) return false;
  }
  for (OutputId o = 0; o < plan_.outputs.size(); ++o) {
    if (flow_.output_busy(o) || flow_.has_output(o)) return false;
  }
  return true;
}

void Plumber::get_unstuck(Wakes* wakes) {
  Flow::Unstuck unstuck = flow_.unstick();
  switch (unstuck.way) {
    case Flow::Unstuck::Way::moving:
      break;
    case Flow::Unstuck::Way::widened:
      warnings_.push_back(std::move(unstuck.text));
      break;
    case Flow::Unstuck::Way::out_of_memory:
      stop_by_policy(std::move(unstuck.text));
      break;
    case Flow::Unstuck::Way::bug:
      PAPY_CHECK(false, unstuck.text + "\n" + flow_.dump());
  }
  after_turn(wakes);
  events_.notify();  // look again: one step may not be enough
}

/// True when a sink may be left asleep: there is little for it, and the slot that has begun a task
/// will soon be here again. Waking one costs more than what it would do.
bool Plumber::may_wait(OutputId output, const Task* begun) const {
  if (begun == nullptr || flow_.output_bytes(output) >= kWorthAWakeUp ||
      flow_.output_age(output) >= kOldEnough)
    return false;
  const auto time = flow_.expected_time(*begun);
  return time && *time < kSoon;
}

/// Looks at the pools of those who sleep until there is no news for any of them but work: a stream
/// that ends when one is looked at may be what another, looked at before, was waiting for.
void Plumber::look_at_pools() {
  for (bool again = true; again;) {
    again = false;
    for (PoolId p = 0; p < parked_slots_.size(); ++p) {
      if (parked_slots_[p] > 0 && flow_.has_news(p)) again |= !flow_.has_work(p);
    }
  }
}

/// Says who is to be woken. `begun`: what the caller has to do next.
void Plumber::after_turn(Wakes* wakes, const Task* begun) {
  look_at_pools();
  for (PoolId p = 0; p < parked_slots_.size(); ++p) {
    if (parked_slots_[p] == 0 || !flow_.has_work(p)) continue;
    --parked_slots_[p];
    wakes->push_back(pools_[p]);
  }
  for (InputId i = 0; i < parked_inputs_.size(); ++i) {
    const bool unwanted = flow_.input_unwanted(i);
    if (unwanted && !unwanted_[i].load(std::memory_order_relaxed)) unwanted_[i] = true;
    if (parked_inputs_[i] == 0 || (flow_.wants_input(i) == 0 && !flow_.input_ended(i) && !unwanted))
      continue;
    parked_inputs_[i] = 0;
    wakes->push_back(inputs_[i]);
  }
  for (OutputId o = 0; o < parked_outputs_.size(); ++o) {
    if (parked_outputs_[o] == 0 || !flow_.has_output(o)) continue;
    if (may_wait(o, begun)) continue;
    parked_outputs_[o] = 0;
    wakes->push_back(outputs_[o]);
  }
  if (over_) return;
  const auto deadline = flow_.next_deadline();
  const bool earlier = deadline && *deadline < waits_until_;
  if (earlier) waits_until_ = *deadline;
  if (earlier || (flow_.under_way() == 0 && (flow_.finished() || quiet()))) events_.notify();
}

void Plumber::wake_all(Wakes* wakes) {
  over_ = true;
  for (PoolId p = 0; p < parked_slots_.size(); ++p) {
    for (; parked_slots_[p] > 0; --parked_slots_[p]) wakes->push_back(pools_[p]);
  }
  for (InputId i = 0; i < parked_inputs_.size(); ++i) {
    unwanted_[i] = true;
    if (std::exchange(parked_inputs_[i], 0) != 0) wakes->push_back(inputs_[i]);
  }
  for (OutputId o = 0; o < parked_outputs_.size(); ++o) {
    if (std::exchange(parked_outputs_[o], 0) != 0) wakes->push_back(outputs_[o]);
  }
}

// Slots.

const Task* Plumber::next(PoolId pool) {
  Wakes wakes;
  const Task* task = nullptr;
  {
    MutexLock lock(mutex_);
    if (!over_) {
      task = flow_.next(pool);
      if (task == nullptr) ++parked_slots_[pool];
      after_turn(&wakes);
    }
  }
  for (Waiter* waiter : wakes) waiter->wake();
  return task;
}

const Task* Plumber::exchange(const Task* task, TaskResult&& result, std::uint32_t slot, Time began,
                              Duration elapsed) {
  const PoolId pool = task->pool;
  note_batch(*task, slot, began, elapsed);
  Wakes wakes;
  const Task* more = nullptr;
  {
    MutexLock lock(mutex_);
    if (over_) return nullptr;
    take_back(task, std::move(result), began + elapsed, elapsed);
    more = flow_.next(pool);
    if (more == nullptr) ++parked_slots_[pool];
    after_turn(&wakes, more);
  }
  for (Waiter* waiter : wakes) waiter->wake();
  return more;
}

void Plumber::bring(const Task* task, TaskResult&& result, std::uint32_t slot, Time began,
                    Duration elapsed) {
  note_batch(*task, slot, began, elapsed);
  Wakes wakes;
  {
    MutexLock lock(mutex_);
    if (over_) return;
    take_back(task, std::move(result), began + elapsed, elapsed);
    after_turn(&wakes);
  }
  for (Waiter* waiter : wakes) waiter->wake();
}

void Plumber::note_batch(const Task& task, std::uint32_t slot, Time began, Duration elapsed) {
  if (!reports_batches_) return;
  report_.on_batch({task.pool, task.group, slot, task.first, task.n, task.attempt, began, elapsed});
}

void Plumber::take_back(const Task* task, TaskResult&& result, Time ended, Duration elapsed) {
  flow_.on_time(ended);
  const std::uint64_t failures = flow_.failures();
  flow_.on_done(task->id, std::move(result), elapsed);
  if (flow_.failures() != failures || flow_.stop_reason()) check_limits();
}

void Plumber::lose(const Task* task, const Loss& loss) {
  Wakes wakes;
  {
    MutexLock lock(mutex_);
    if (over_) return;
    flow_.on_time(events_.now());
    const std::uint64_t failures = flow_.failures();
    flow_.on_lost(task->id, loss);
    if (flow_.failures() != failures || flow_.stop_reason()) check_limits();
    after_turn(&wakes);
  }
  for (Waiter* waiter : wakes) waiter->wake();
}

std::optional<Duration> Plumber::expected(const Task& task) {
  MutexLock lock(mutex_);
  return flow_.expected_time(task);
}

// Sources.

Desk::Wish Plumber::ask(InputId input) {
  Wakes wakes;
  Wish wish;
  {
    MutexLock lock(mutex_);
    if (over_ || flow_.input_ended(input) || flow_.input_unwanted(input)) return {0, true};
    wish.items = flow_.wants_input(input);
    if (wish.items > 0) {
      flow_.begin_input(input);
    } else {
      parked_inputs_[input] = 1;
    }
    after_turn(&wakes);
  }
  for (Waiter* waiter : wakes) waiter->wake();
  return wish;
}

void Plumber::give(InputId input, const Batch& items, bool ended, Duration elapsed) {
  Wakes wakes;
  {
    MutexLock lock(mutex_);
    if (over_) return;
    const std::uint64_t failures = flow_.failures();
    flow_.on_time(events_.now());
    flow_.on_input(input, items, ended, elapsed);
    if (flow_.failures() != failures) check_limits();
    after_turn(&wakes);
  }
  for (Waiter* waiter : wakes) waiter->wake();
}

void Plumber::expect(InputId input, std::uint64_t items) {
  MutexLock lock(mutex_);
  expected_[input] = items;
}

// Sinks.

Desk::Load Plumber::collect(OutputId output) {
  Wakes wakes;
  Load load;
  {
    MutexLock lock(mutex_);
    if (over_) return {{}, true};
    load.parts = flow_.take_output(output);
    if (load.parts.empty()) parked_outputs_[output] = 1;
    after_turn(&wakes);
  }
  for (Waiter* waiter : wakes) waiter->wake();
  return load;
}

void Plumber::delivered(OutputId output, const OutputCount& count) {
  Wakes wakes;
  {
    MutexLock lock(mutex_);
    if (over_) return;
    flow_.on_output(output, count);
    after_turn(&wakes);
  }
  for (Waiter* waiter : wakes) waiter->wake();
}

void Plumber::failure_arrived(OutputId output, std::uint64_t place, const Failure& failure) {
  report_.on_failure(output, place, failure);
}

Snapshot Plumber::snapshot() {
  MutexLock lock(mutex_);
  Snapshot now;
  now.elapsed = events_.now();
  for (InputId i = 0; i < plan_.inputs.size(); ++i) {
    now.inputs.push_back({flow_.input_items(i), flow_.input_ended(i),
                          expected_[i] > 0 ? std::optional(expected_[i]) : std::nullopt,
                          flow_.input_busy(i)});
  }
  now.pipers = flow_.counts();
  for (OutputId o = 0; o < plan_.outputs.size(); ++o) now.outputs.push_back(flow_.output_count(o));
  now.failures = flow_.failures();
  now.bytes = flow_.bytes();
  return now;
}

}  // namespace papy
