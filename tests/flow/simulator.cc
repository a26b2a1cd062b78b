#include "simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "random.h"
#include "reference.h"
#include "worker.h"

namespace papy::sim {
namespace {

/// A result that comes (again) when nobody waits for it.
struct Stale {
  TaskId id;
  GroupId group;
  std::uint32_t n;
  TaskResult result;
};

class Schedule {
 public:
  Schedule(std::uint64_t seed, const Options& options)
      : options_(options),
        random_(mix(seed, 4711)),
        settings_(make_settings()),
        scenario_(with_stages(make_scenario(seed), settings_.fusion)),
        flow_(scenario_.plan, settings_),
        worker_(scenario_, flow_),
        sent_(scenario_.plan.inputs.size(), 0),
        asked_(scenario_.plan.inputs.size(), 0),
        out_(scenario_.plan.outputs.size()),
        written_(scenario_.plan.outputs.size()),
        places_(scenario_.plan.outputs.size()),
        pools_(scenario_.plan.pools.size()) {
    for (PoolId p = 0; p < pools_.size(); ++p) {
      const PlanPool& plan = scenario_.plan.pools[p];
      pools_[p].slots.resize(plan.slots);
      if (plan.type == PoolType::process) pools_[p].depth = random_.between(1, 5);
    }
    for (std::uint32_t& weight : weights_)
      weight = static_cast<std::uint32_t>(random_.percent(20) ? 1 : random_.between(2, 30));
    if (random_.percent(50)) kills_left_ = random_.between(1, 40);
    if (random_.percent(40)) repeat_ = static_cast<std::uint32_t>(random_.between(1, 30));
    if (random_.percent(30)) partial_ = static_cast<std::uint32_t>(random_.between(1, 40));
    if (random_.percent(6)) stop_after_ = random_.below(200);
  }

  Verdict run() {
    std::uint64_t steps = 0;
    while (verdict_.wrong.empty() && !flow_.finished()) {
      if (++steps > 200'000) {
        fail("no end in sight");
        break;
      }
      if (!step()) idle();
      if (!verdict_.wrong.empty()) break;
      if (options_.check_always || steps % 8 == 0) check();
    }
    if (verdict_.wrong.empty()) check();
    if (verdict_.wrong.empty()) compare();
    verdict_.events = steps;
    verdict_.duplicates = flow_.duplicates();
    verdict_.stopped |= flow_.stopped() || flow_.stop_reason().has_value();
    if (!verdict_.wrong.empty())
      verdict_.wrong = fmt::format("{}\n{}{}", verdict_.wrong, describe(scenario_), flow_.dump());
    return verdict_;
  }

 private:
  enum Event {
    hand_out,
    finish,
    ask,
    answer,
    collect,
    deliver,
    kill,
    restart,
    repeat,
    time,
    kEvents
  };

  struct Running {
    const Task* task;
    Task copy;
  };

  /// A thread, or a process that is sent tasks ahead and evaluates them one after the other.
  struct Slot {
    std::deque<Running> queue;
    Worker::Process process;
    bool down = false;  // its process is gone
  };

  struct Pool {
    std::vector<Slot> slots;
    std::uint64_t depth = 1;        // tasks in a slot
    std::deque<Running> for_alone;  // taken, but no slot was empty
  };

  static Scenario with_stages(Scenario scenario, bool fusion) {
    for (const Group& group : fuse(scenario.plan, fusion)) {
      for (std::uint32_t i = 0; i < group.pipers.size(); ++i) scenario.stages[group.pipers[i]] = i;
    }
    return scenario;
  }

  Flow::Settings make_settings() {
    Flow::Settings settings;
    settings.fusion = random_.percent(70);
    settings.threads.target = Duration(random_.percent(50) ? 100'000 : random_.between(1, 1000));
    settings.threads.bytes = random_.percent(50) ? 64 * 1024 : random_.between(10, 2000);
    settings.processes = settings.threads;
    return settings;
  }

  void fail(std::string what) {
    if (verdict_.wrong.empty()) verdict_.wrong = std::move(what);
  }

  template <typename... Args>
  void trace(fmt::format_string<Args...> format, Args&&... args) {
    if (options_.trace) fmt::print(format, std::forward<Args>(args)...);
  }

  /// One event that is possible now. False: there is none.
  bool step() {
    if (stop_after_ && (*stop_after_)-- == 0) {
      stop_after_.reset();
      const auto how = random_.percent(75) ? Flow::Stop::drain : Flow::Stop::halt;
      trace("stop {}\n", how == Flow::Stop::drain ? "drain" : "halt");
      flow_.stop(how);
      return true;
    }
    std::uint64_t total = 0;
    for (const std::uint32_t weight : weights_) total += weight;
    for (int tries = 0; tries < 6; ++tries) {
      std::uint64_t at = random_.below(total);
      int event = 0;
      while (at >= weights_[static_cast<std::size_t>(event)])
        at -= weights_[static_cast<std::size_t>(event++)];
      if (happens(static_cast<Event>(event))) return true;
    }
    for (const Event event : {hand_out, finish, ask, answer, collect, deliver, restart}) {
      if (happens(event)) return true;
    }
    return false;
  }

  bool happens(Event event) {
    switch (event) {
      case hand_out:
        return some(scenario_.plan.pools.size(), [&](auto p) { return take(p); });
      case finish:
        return some(scenario_.plan.pools.size(), [&](auto p) { return land(p); });
      case ask:
        return some(asked_.size(), [&](auto i) { return ask_input(i); });
      case answer:
        return some(asked_.size(), [&](auto i) { return answer_input(i); });
      case collect:
        return some(out_.size(), [&](auto o) { return collect_output(o); });
      case deliver:
        return some(out_.size(), [&](auto o) { return deliver_output(o); });
      case kill:
        return some(pools_.size(), [&](auto p) { return kill_slot(p); });
      case restart:
        return some(pools_.size(), [&](auto p) { return restart_slot(p); });
      case repeat:
        return deliver_stale();
      case time:
        if (!flow_.next_deadline()) return false;
        now_ += Duration(random_.below(300));
        flow_.on_time(now_);
        return true;
      case kEvents:
        break;
    }
    return false;
  }

  /// Tries all from a random one on until one does.
  template <typename Do>
  bool some(std::size_t n, Do&& act) {
    const std::uint64_t begin = random_.below(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      if (act(static_cast<std::uint32_t>((begin + i) % n))) return true;
    }
    return false;
  }

  bool take(PoolId id) {
    Pool& pool = pools_[id];
    if (place_alone(pool)) return true;
    const auto open = [&](const Slot& slot) {
      return !slot.down && slot.queue.size() < pool.depth &&
             (slot.queue.empty() || !slot.process.quarantine);
    };
    const auto first = static_cast<std::size_t>(random_.below(pool.slots.size()));
    std::size_t s = first;
    while (!open(pool.slots[s])) {
      s = (s + 1) % pool.slots.size();
      if (s == first) return false;
    }
    const bool expected = flow_.has_work(id);
    const Task* task = flow_.next(id);
    if (task == nullptr) return expected;
    if (!expected) fail("work came from a pool that said it had none");
    trace("pool {} takes task {} group {} {} first {} n {} attempt {} replica {} crashes {}{}\n",
          id, task->id, task->group, task->kind == Task::Kind::flush ? "flush" : "evaluate",
          task->first, task->n, task->attempt, task->replica, task->crashes,
          task->alone ? " alone" : "");
    check_task(id, *task);
    if (task->alone && options_.sabotage != Sabotage::no_quarantine) {
      ++verdict_.alone;
      pool.for_alone.push_back({task, *task});
      if (!place_alone(pool)) give_back(pool.slots[s]);
      return true;
    }
    Slot& slot = pool.slots[s];
    slot.process.quarantine = false;
    slot.queue.push_back({task, *task});
    return true;
  }

  /// A task that must be alone gets a process that has not done anything.
  bool place_alone(Pool& pool) {
    if (pool.for_alone.empty()) return false;
    for (Slot& slot : pool.slots) {
      if (slot.down || !slot.queue.empty()) continue;
      slot.process = {.quarantine = true};
      slot.queue.push_back(std::move(pool.for_alone.front()));
      pool.for_alone.pop_front();
      return true;
    }
    return false;
  }

  /// What a slot has not begun is taken from it.
  void give_back(Slot& slot) {
    while (slot.queue.size() > 1) {
      const Running run = std::move(slot.queue.back());
      slot.queue.pop_back();
      lose(run, {});
    }
  }

  void check_task(PoolId pool, const Task& task) {
    const PlanPiper& piper = scenario_.plan.pipers[flow_.groups()[task.group].pipers.front()];
    if (task.pool != pool || piper.pool != pool) fail("a task came from another pool");
    if (const std::string wrong = worker_.check(task); !wrong.empty()) fail(wrong);
    if (task.alone && task.n > 1) fail("a task in quarantine has neighbours");
    std::uint64_t slots = 1;
    each_running(pool, [&](const Running& other) {
      if (other.copy.group != task.group) return;
      ++slots;
      if (piper.serial && other.copy.replica == task.replica)
        fail(fmt::format("two tasks of one replica of '{}' at once", piper.name));
    });
    check_stride(scenario_.plan.pools[pool], slots);
    std::size_t size = 0;
    for (const auto& slices : task.inputs) {
      for (const Slice& slice : slices) size += bytes_of(slice);
    }
    largest_task_ = std::max(largest_task_, size);
  }

  /// Each slot evaluates at most its share of a task at once. Which processes get the tasks of a
  /// piper is their pool's affair.
  void check_stride(const PlanPool& pool, std::uint64_t slots) {
    if (!pool.stride || pool.type == PoolType::process) return;
    if (slots * pool.share() > *pool.stride)
      fail("more tasklets under evaluation than the stride allows");
  }

  template <typename Do>
  void each_running(PoolId id, Do&& act) {
    for (const Slot& slot : pools_[id].slots) {
      for (const Running& run : slot.queue) act(run);
    }
    for (const Running& run : pools_[id].for_alone) act(run);
  }

  /// A slot that has something to do, from a random one on.
  Slot* busy_slot(PoolId id) {
    std::vector<Slot>& slots = pools_[id].slots;
    const std::uint64_t begin = random_.below(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
      Slot& slot = slots[(begin + i) % slots.size()];
      if (!slot.queue.empty()) return &slot;
    }
    return nullptr;
  }

  bool land(PoolId pool) {
    Slot* const slot = busy_slot(pool);
    if (slot == nullptr) return false;
    const Running& front = slot->queue.front();
    const Task& task = *front.task;
    if (task.id != front.copy.id || task.n != front.copy.n) fail("a task changed while it was out");
    const bool partial = task.n > 1 && random_.percent(partial_);
    const auto most = partial ? static_cast<std::uint32_t>(random_.below(task.n)) : task.n;
    Worker::Outcome outcome = worker_.run(task, most, &slot->process);
    if (outcome.loss) {
      ++(outcome.loss->why == Loss::Why::died ? verdict_.deaths : verdict_.time_outs);
      if (outcome.by_poison) note_poison(outcome.piper, outcome.tasklet);
      die(*slot, *outcome.loss);
      return true;
    }
    const Running run = std::move(slot->queue.front());
    slot->queue.pop_front();
    TaskResult& result = outcome.result;
    if (options_.sabotage != Sabotage::none) spoil(&result);
    largest_result_ = std::max(largest_result_, bytes_of({result.items, 0, result.items.size()}));
    trace("task {} done {} of {} retry {}{}\n", run.copy.id, result.done, run.copy.n,
          result.retry.size(), result.ended ? " END" : "");
    worker_.accept(task);
    if (random_.percent(repeat_))
      stale_.push_back({run.copy.id, run.copy.group, run.copy.n, result});
    const Duration elapsed(random_.percent(50) ? random_.below(500) : random_.below(300'000));
    flow_.on_done(run.copy.id, std::move(result), elapsed);
    return true;
  }

  /// It dies once among others (and once in call_many), and then as often as it may alone.
  void note_poison(PiperId id, std::uint64_t tasklet) {
    const PlanPiper& piper = scenario_.plan.pipers[id];
    const std::uint32_t most =
        scenario_.plan.pools[piper.pool].max_crashes + 1 + (scenario_.workers[id].many ? 1 : 0);
    const std::uint32_t times = ++poison_[{id, tasklet}];
    if (times > most)
      fail(fmt::format("tasklet {} of '{}' killed {} slots", tasklet, piper.name, times));
  }

  /// Somebody kills a slot's process. It looks like a crash of what was under evaluation, but for
  /// one in quarantine: there that would be charged.
  bool kill_slot(PoolId pool) {
    if (kills_left_ == 0 || scenario_.plan.pools[pool].type != PoolType::process) return false;
    Slot* const slot = busy_slot(pool);
    if (slot == nullptr) return false;
    --kills_left_;
    Loss loss{.why = Loss::Why::died, .kind = "crash", .elapsed = Duration(random_.below(100))};
    const Task& task = slot->queue.front().copy;
    if (!task.alone && random_.percent(60)) {
      loss.at = static_cast<std::uint32_t>(random_.below(std::max(task.n, 1u)));
      loss.many = random_.percent(30);
    }
    die(*slot, loss);
    return true;
  }

  bool restart_slot(PoolId pool) {
    for (Slot& slot : pools_[pool].slots) {
      if (std::exchange(slot.down, false)) return true;
    }
    return false;
  }

  /// The slot's process ends: what it was at is lost, what was sent ahead goes back.
  void die(Slot& slot, const Loss& loss) {
    ++verdict_.losses;
    std::deque<Running> queue = std::exchange(slot.queue, {});
    slot.process = {};
    slot.down = true;
    const bool charges_all = options_.sabotage == Sabotage::blames_all;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const bool is_front = i == 0;
      if (charges_all && loss.why == Loss::Why::died) {
        const auto& group = flow_.groups()[queue[i].copy.group].pipers;
        for (std::uint32_t t = 0; t < queue[i].copy.n; ++t)
          charge(queue[i].copy, t, group[is_front ? loss.stage : 0]);
      }
      if (options_.sabotage == Sabotage::counts_shared_deaths && is_front && loss.at &&
          loss.why == Loss::Why::died) {
        charge(queue[i].copy, *loss.at, flow_.groups()[queue[i].copy.group].pipers[loss.stage]);
      }
      lose(queue[i], is_front ? told(loss) : Loss{});
    }
  }

  /// What the flow is told: pools that charge deaths on their own keep the blame to themselves.
  Loss told(Loss loss) const {
    const bool keeps = options_.sabotage == Sabotage::blames_all ||
                       options_.sabotage == Sabotage::counts_shared_deaths;
    if (keeps && loss.why == Loss::Why::died) loss.at.reset();
    return loss;
  }

  void charge(const Task& task, std::uint32_t t, PiperId piper) {
    const std::uint64_t tasklet = task.first + std::uint64_t{t} * task.step;
    const PlanPool& pool = scenario_.plan.pools[scenario_.plan.pipers[piper].pool];
    if (++charged_[{piper, tasklet}] > pool.max_crashes) worker_.condemn(piper, tasklet);
  }

  void lose(const Running& run, const Loss& loss) {
    const TaskId id = run.copy.id;
    trace("task {} lost, why {} at {}{} kind {}\n", id, static_cast<int>(loss.why),
          loss.at ? static_cast<int>(*loss.at) : -1, loss.many ? " many" : "", loss.kind);
    // It may have been done all the same, by a slot that was thought to be lost.
    Worker::Process healthy{.quarantine = true};
    if (random_.percent(40)) {
      Worker::Outcome late = worker_.run(*run.task, run.copy.n, &healthy);
      if (!late.loss) stale_.push_back({id, run.copy.group, run.copy.n, std::move(late.result)});
    }
    if (options_.sabotage != Sabotage::forgets_lost_tasks) flow_.on_lost(id, loss);
  }

  void spoil(TaskResult* result) {
    if (options_.sabotage == Sabotage::changes_a_value && result->items.size() > 0) {
      BatchBuilder out;
      for (std::uint32_t i = 0; i < result->items.size(); ++i) {
        Token token = read(result->items.item(i));
        if (token.kind == ItemKind::value && random_.percent(5)) ++token.number;
        write(token, 0, &out);
      }
      result->items = out.finish();
    }
  }

  bool deliver_stale() {
    if (stale_.empty()) return false;
    const auto at = static_cast<std::ptrdiff_t>(random_.below(stale_.size()));
    Stale stale = std::move(stale_[static_cast<std::size_t>(at)]);
    stale_.erase(stale_.begin() + at);
    if (options_.sabotage == Sabotage::duplicates_as_new) {
      for (PoolId p = 0; p < pools_.size(); ++p) {
        each_running(p, [&](const Running& run) {
          if (run.copy.group == stale.group && run.copy.n == stale.n) stale.id = run.copy.id;
        });
      }
    }
    trace("task {} comes again\n", stale.id);
    const std::uint64_t before = flow_.duplicates();
    flow_.on_done(stale.id, std::move(stale.result), Duration(100));
    if (flow_.duplicates() != before + 1 && options_.sabotage == Sabotage::none)
      fail("a duplicate was not seen");
    return true;
  }

  bool ask_input(InputId input) {
    if (asked_[input] > 0) return false;
    const std::uint64_t wanted = flow_.wants_input(input);
    if (wanted == 0) return false;
    trace("input {} is asked for {}\n", input, wanted);
    asked_[input] = wanted;
    flow_.begin_input(input);
    return true;
  }

  bool answer_input(InputId input) {
    if (asked_[input] == 0) return false;
    const std::uint64_t left = scenario_.lengths[input] - sent_[input];
    const std::uint64_t most = std::min(asked_[input], left);
    const std::uint64_t n = random_.percent(60) ? most : random_.below(most + 1);
    BatchBuilder out;
    for (std::uint64_t i = 0; i < n; ++i) {
      const Token token = input_item(scenario_, input, sent_[input] + i);
      write(token, scenario_.padding_of(token), &out);
    }
    sent_[input] += n;
    asked_[input] = 0;
    const bool ended = n == left && random_.percent(60);
    trace("input {} gives {}{}\n", input, n, ended ? " and ends" : "");
    const Batch items = out.finish();
    largest_answer_ = std::max(largest_answer_, bytes_of({items, 0, items.size()}));
    flow_.on_input(input, items, ended, Duration(random_.below(20'000)));
    return true;
  }

  bool collect_output(OutputId output) {
    if (!out_[output].empty()) return false;
    const bool expected = flow_.has_output(output);
    const std::vector<Flow::Part> parts = flow_.take_output(output);
    if (expected == parts.empty()) fail("an output says it has items when it has none");
    if (parts.empty()) return false;
    for (const auto& [first, slice] : parts) {
      for (std::uint32_t i = 0; i < slice.size(); ++i) {
        out_[output].push_back(read(slice.item(i)));
        places_[output].push_back(first + i);
      }
    }
    trace("output {} takes{}\n", output, text(out_[output]));
    return true;
  }

  bool deliver_output(OutputId output) {
    std::vector<Token>& items = out_[output];
    if (items.empty()) return false;
    OutputCount count;
    for (const Token& token : items) {
      ++(token.kind == ItemKind::value     ? count.written
         : token.kind == ItemKind::failure ? count.failed
                                           : count.gaps);
    }
    if (options_.sabotage == Sabotage::delivers_out_of_order && items.size() > 1)
      std::swap(items.front(), items.back());
    written_[output].insert(written_[output].end(), items.begin(), items.end());
    items.clear();
    trace("output {} has written {}\n", output, written_[output].size());
    flow_.on_output(output, count);
    return true;
  }

  /// Nothing can happen but that time goes on, or that a buffer is widened.
  void idle() {
    if (deliver_stale()) return;
    if (const auto deadline = flow_.next_deadline()) {
      trace("time goes on to {}\n", deadline->count());
      now_ = std::max(now_, *deadline);
      flow_.on_time(now_);
      return;
    }
    const Flow::Unstuck unstuck = flow_.unstick();
    trace("unstick: {} {}\n", static_cast<int>(unstuck.way), unstuck.text);
    switch (unstuck.way) {
      case Flow::Unstuck::Way::moving:
        if (++moved_ > 200) fail("unstick says that it moves, but it does not");
        break;
      case Flow::Unstuck::Way::widened:
        ++verdict_.widened;
        break;
      case Flow::Unstuck::Way::out_of_memory:
        verdict_.out_of_memory = true;
        if (flow_.bytes() < scenario_.plan.memory.value_or(settings_.memory))
          fail("out of memory although there is some: " + unstuck.text);
        flow_.stop(Flow::Stop::halt);
        break;
      case Flow::Unstuck::Way::bug:
        fail(unstuck.text);
    }
  }

  void check() {
    if (const std::string wrong = flow_.check_invariants(); !wrong.empty()) fail(wrong);
  }

  /// Beyond its limit a run may hold what was under way when it came to it: an answer of each
  /// input, an inbox and a result of each slot; and an eighth, for what is evaluated alone.
  void check_memory() {
    if (!scenario_.plan.memory) return;
    std::uint64_t slots = 0;
    for (const Pool& pool : pools_) slots += pool.slots.size() * pool.depth;
    const std::uint64_t limit = *scenario_.plan.memory * 9 / 8 +
                                scenario_.plan.inputs.size() * largest_answer_ +
                                slots * (largest_task_ + largest_result_);
    if (flow_.peak_bytes() > limit)
      fail(fmt::format("{} bytes were held, the limit is {}", flow_.peak_bytes(), limit));
  }

  void compare() {
    check_memory();
    check_accounts();
    if (flow_.stopped() || flow_.stop_reason()) return;
    const Reference reference = evaluate_in_order(scenario_);
    const Plan& plan = scenario_.plan;
    if (reference.whole) check_counts(reference);
    for (OutputId o = 0; o < plan.outputs.size(); ++o) {
      const StreamId from = plan.outputs[o].from;
      const Reference::Stream& stream = reference.streams[from];
      if (!stream.exact) continue;
      const std::vector<Token>& expected = stream.items;
      const std::vector<Token> got = comes_unordered(from) ? by_place(o) : written_[o];
      if (expected != got) {
        return fail(fmt::format("output '{}' differs\n  expected{}\n  got     {}",
                                plan.outputs[o].name, text(expected), text(got)));
      }
      if (!comes_unordered(from) && !std::is_sorted(places_[o].begin(), places_[o].end()))
        return fail("items of an ordered stream have places in any order");
    }
  }

  /// In = values + failed + passed + skipped + retried.
  void check_counts(const Reference& reference) {
    for (PiperId p = 0; p < reference.counts.size(); ++p) {
      const StageCount& got = flow_.counts()[p];
      const Reference::Count& expected = reference.counts[p];
      if (got.in - got.retried == expected.tasklets && got.failed == expected.failed &&
          got.passed == expected.passed && got.skipped == expected.skipped)
        continue;
      return fail(fmt::format(
          "piper '{}' counts in {} - {} failed {} passed {} skipped {}, not {} {} {} {}",
          scenario_.plan.pipers[p].name, got.in, got.retried, got.failed, got.passed, got.skipped,
          expected.tasklets, expected.failed, expected.passed, expected.skipped));
    }
  }

  /// What was written to an output, in the order of its places; those that have no place of the
  /// stream come last.
  std::vector<Token> by_place(OutputId output) const {
    std::multimap<Place, Token> items;
    for (std::size_t i = 0; i < written_[output].size(); ++i)
      items.emplace(places_[output][i], written_[output][i]);
    std::vector<Token> sorted;
    for (const auto& [place, token] : items) sorted.push_back(token);
    return sorted;
  }

  bool comes_unordered(StreamId stream) const {
    const Plan& plan = scenario_.plan;
    if (stream < plan.inputs.size()) return false;
    const PlanPiper& piper = plan.pipers[stream - plan.inputs.size()];
    return !plan.pools[piper.pool].ordered && !piper.produce.any;
  }

  /// DESIGN.md 2.12.
  void check_accounts() {
    const bool early = flow_.stopped() || flow_.stop_reason();
    const auto edges = flow_.edge_counts();
    for (const Flow::EdgeCount& edge : edges) {
      const std::uint64_t sum = edge.consumed + edge.dropped + edge.unmatched + edge.not_done;
      const std::string name = edge.from + " -> " + edge.to;
      if (edge.length && *edge.length != sum && !early)
        return fail(
            fmt::format("edge {}: {} of {} items are accounted for", name, sum, *edge.length));
      if (edge.not_done > 0 && !early) return fail("items lie on edge " + name + " at the end");
    }
    for (OutputId o = 0; o < scenario_.plan.outputs.size(); ++o) {
      const OutputCount& count = flow_.output_count(o);
      if (count.written + count.failed + count.gaps != written_[o].size())
        return fail("an output is miscounted");
      for (const Flow::EdgeCount& edge : edges) {
        if (edge.to != scenario_.plan.outputs[o].name) continue;
        if (edge.consumed != written_[o].size() && !early)
          return fail("what an output consumed is miscounted");
      }
    }
  }

  const Options options_;
  Random random_;
  const Flow::Settings settings_;
  const Scenario scenario_;
  Flow flow_;
  Worker worker_;
  Verdict verdict_;
  Time now_{0};
  std::vector<std::uint64_t> sent_, asked_;  // of each input
  std::vector<std::vector<Token>> out_;      // of each output: what is being written
  std::vector<std::vector<Token>> written_;
  std::vector<std::vector<Place>> places_;  // of each output: of what it took, in that order
  std::vector<Pool> pools_;
  std::map<std::pair<PiperId, std::uint64_t>, std::uint32_t> poison_;   // slots that it killed
  std::map<std::pair<PiperId, std::uint64_t>, std::uint32_t> charged_;  // by sabotage: deaths
  std::vector<Stale> stale_;
  std::uint32_t weights_[kEvents] = {};
  std::uint32_t repeat_ = 0, partial_ = 0;  // percent
  std::uint64_t kills_left_ = 0;
  std::uint32_t moved_ = 0;
  std::size_t largest_answer_ = 0, largest_task_ = 0, largest_result_ = 0;  // bytes
  std::optional<std::uint64_t> stop_after_;
};

}  // namespace

Verdict simulate(std::uint64_t seed, const Options& options) {
  return Schedule(seed, options).run();
}

}  // namespace papy::sim
