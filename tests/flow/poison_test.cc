// One poison item among 20,000, in slots that are sent tasks ahead: it fails, after as many deaths
// as it may have, and nothing else does, whatever dies around it.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "item/failure.h"
#include "random.h"

namespace papy::sim {
namespace {

constexpr std::uint32_t kItems = 20'000;

/// What the pool does wrong on purpose.
enum class Wrong { nothing, blames_all, counts_shared_deaths, no_quarantine };

/// An item: msgpack's uint 32.
void write(std::uint32_t number, BatchBuilder* out) {
  std::uint8_t* at = out->reserve(5);
  *at++ = 0xce;
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(number >> shift);
  out->moved_to(at);
  out->close_item(ItemKind::value);
}

std::uint32_t read(const ItemView& item) {
  std::uint32_t number = 0;
  for (std::size_t i = 1; i < 5; ++i) number = number << 8 | item.bytes[i];
  return number;
}

const Batch& all_items() {
  static const Batch items = [] {
    BatchBuilder out;
    for (std::uint32_t i = 0; i < kItems; ++i) write(i, &out);
    return out.finish();
  }();
  return items;
}

Plan make_plan(Random& random) {
  Plan plan;
  plan.inputs.push_back({"in", {}});
  PlanPool& pool = plan.pools.emplace_back();
  pool.name = "pool";
  pool.type = PoolType::process;
  pool.slots = 2u << random.below(5);
  pool.max_crashes = static_cast<std::uint32_t>(random.between(1, 3));
  PlanPiper& piper = plan.pipers.emplace_back();
  piper.name = "p";
  piper.from = {0};
  plan.outputs.push_back({"out", {}, 1});
  return plan;
}

/// A pool of processes, and what happens to it.
class Pool {
 public:
  Pool(std::uint64_t seed, Wrong wrong)
      : random_(mix(seed, 20'000)),
        plan_(make_plan(random_)),
        flow_(plan_, make_settings(random_)),
        wrong_(wrong),
        poison_(number()),
        slots_(plan_.pools[0].slots),
        depth_(random_.between(1, 8)),
        kills_(random_.percent(50) ? random_.between(1, 5) : 0) {
    for (std::uint64_t i = random_.below(4); i > 0; --i) flaky_.insert(number());
    for (std::uint64_t i = random_.below(4); i > 0; --i) corrupts_.insert(number());
  }

  /// What is wrong in the end, or nothing.
  std::string run() {
    flow_.begin_input(0);
    flow_.on_input(0, all_items(), true, Duration(1000));
    for (std::uint32_t steps = 0; !flow_.finished(); ++steps) {
      if (steps > 50 * kItems) return "no end in sight\n" + flow_.dump();
      fill();
      Slot& slot = slots_[random_.below(slots_.size())];
      if (!slot.queue.empty()) work(slot);
      deliver();
      if (!late_.empty() && random_.percent(1)) come_late();
    }
    while (!late_.empty()) come_late();
    if (const std::string invariants = flow_.check_invariants(); !invariants.empty())
      return invariants;
    if (deaths_ > plan_.pools[0].max_crashes + 1) return fmt_deaths();
    if (flow_.duplicates() != came_late_) return "a late result was taken";
    return compare();
  }

 private:
  struct Slot {
    std::deque<const Task*> queue;
    bool corrupted = false;   // what comes next dies
    bool quarantine = false;  // nothing but its task was ever in this process
  };

  static Flow::Settings make_settings(Random& random) {
    Flow::Settings settings;
    settings.processes.target = std::chrono::microseconds(random.between(10, 2000));
    return settings;
  }

  std::uint32_t number() { return static_cast<std::uint32_t>(random_.below(kItems)); }
  std::string fmt_deaths() const { return "the poison killed " + std::to_string(deaths_); }

  /// Every slot gets what it may have, one in quarantine nothing more.
  void fill() {
    for (Slot& slot : slots_) {
      while (slot.queue.size() < depth_ && (slot.queue.empty() || !slot.quarantine)) {
        if (!alone_.empty() && slot.queue.empty()) {
          slot = {{alone_.front()}, false, true};
          alone_.pop_front();
          break;
        }
        const Task* task = flow_.next(0);
        if (task == nullptr) return;
        if (task->alone && wrong_ != Wrong::no_quarantine) {
          alone_.push_back(task);
        } else {
          slot.quarantine = false;
          slot.queue.push_back(task);
        }
      }
    }
  }

  /// The slot does its first task, or dies of it.
  void work(Slot& slot) {
    const Task& task = *slot.queue.front();
    if (kills_ > 0 && !task.alone && random_.percent(2)) {
      --kills_;
      return die(slot, random_.percent(50) ? std::optional(random_.below(task.n)) : std::nullopt);
    }
    BatchBuilder out;
    std::uint32_t t = 0;
    for (const Slice& slice : task.inputs[0]) {
      for (std::uint32_t i = 0; i < slice.size(); ++i, ++t) {
        const ItemView item = slice.item(i);
        const std::uint32_t n = read(item);
        if (n != task.first + t) broken_ = "a tasklet has another's inbox";
        if (is_condemned(n)) {
          out.add({ItemKind::failure, bytes_of(std::string_view(condemned_))});
          continue;
        }
        deaths_ += n == poison_;
        if (n == poison_ || slot.corrupted || (flaky_.contains(n) && !slot.quarantine))
          return die(slot, t);
        slot.corrupted = corrupts_.contains(n);
        out.add(item);
      }
    }
    slot.queue.pop_front();
    TaskResult result;
    result.done = task.n;
    result.items = out.finish();
    const TaskId id = task.id;
    const Duration elapsed = std::chrono::microseconds(task.n);
    if (random_.percent(1)) late_.emplace_back(id, result);
    flow_.on_done(id, std::move(result), elapsed);
  }

  /// The slot's process ends, and is replaced.
  void die(Slot& slot, std::optional<std::uint64_t> at) {
    const Slot dead = std::exchange(slot, {});
    Loss loss{.why = Loss::Why::died,
              .function = "t.f",
              .kind = "crash",
              .code = 11,
              .message = "killed by signal 11"};
    if (at) loss.at = static_cast<std::uint32_t>(*at);
    for (const Task* task : dead.queue) {
      const bool is_front = task == dead.queue.front();
      if (wrong_ == Wrong::blames_all) {
        for (std::uint32_t t = 0; t < task->n; ++t) ++charged_[task->first + t];
      } else if (wrong_ == Wrong::counts_shared_deaths && is_front && at) {
        ++charged_[task->first + *at];
      }
      const bool keeps = wrong_ == Wrong::blames_all || wrong_ == Wrong::counts_shared_deaths;
      if (keeps) loss.at.reset();
      if (random_.percent(20)) late_.emplace_back(task->id, TaskResult{});
      flow_.on_lost(task->id, is_front ? loss : Loss{});
    }
  }

  bool is_condemned(std::uint32_t n) const {
    const auto charged = charged_.find(n);
    return charged != charged_.end() && charged->second > plan_.pools[0].max_crashes;
  }

  /// A result of a task that came back already.
  void come_late() {
    ++came_late_;
    flow_.on_done(late_.front().first, std::move(late_.front().second), Duration(1));
    late_.pop_front();
  }

  void deliver() {
    while (flow_.has_output(0)) {
      OutputCount count;
      for (auto& [first, slice] : flow_.take_output(0)) {
        count.written += slice.size();
        written_.push_back(std::move(slice));
      }
      flow_.on_output(0, count);
    }
  }

  std::string compare() const {
    if (!broken_.empty()) return broken_;
    std::uint32_t place = 0;
    for (const Slice& slice : written_) {
      for (std::uint32_t i = 0; i < slice.size(); ++i, ++place) {
        const ItemView item = slice.item(i);
        const bool failed = item.kind == ItemKind::failure;
        if (failed != (place == poison_)) return "item " + std::to_string(place) + " is not right";
        if (!failed && read(item) != place) return "an item is not in its place";
        if (failed && wrong_ == Wrong::nothing && decode_failure(item.bytes) != expected())
          return "the failure is not right";
      }
    }
    return place == kItems ? "" : std::to_string(place) + " items were written";
  }

  Failure expected() const {
    return {.piper = "p",
            .function = "t.f",
            .kind = "crash",
            .code = 11,
            .message = "killed by signal 11",
            .inbox = {std::string(text_of(all_items().item(poison_).bytes))},
            .place = poison_,
            .attempts = plan_.pools[0].max_crashes};
  }

  Random random_;
  const Plan plan_;
  Flow flow_;
  const Wrong wrong_;
  const std::uint32_t poison_;  // kills its slot each time
  std::set<std::uint32_t> flaky_, corrupts_;
  std::vector<Slot> slots_;
  const std::uint64_t depth_;      // tasks in a slot
  std::deque<const Task*> alone_;  // no slot was empty
  std::deque<std::pair<TaskId, TaskResult>> late_;
  std::uint64_t kills_;  // from outside, to come
  std::uint64_t deaths_ = 0;
  std::uint64_t came_late_ = 0;
  std::map<std::uint64_t, std::uint32_t> charged_;  // by a pool that counts on its own
  const std::string condemned_ = encode(Failure{.piper = "p"});
  std::vector<Slice> written_;
  std::string broken_;
};

std::uint64_t seeds() {
  const char* effort = std::getenv("PAPY_TEST_EFFORT");
  return effort != nullptr && std::string_view(effort) == "short" ? 20 : 1000;
}

TEST_CASE("one poison item among 20,000 fails, and no healthy one is ever blamed") {
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    const std::string wrong = Pool(seed, Wrong::nothing).run();
    if (!wrong.empty()) FAIL("seed " << seed << ": " << wrong);
  }
}

TEST_CASE("healthy items are blamed when a pool counts otherwise") {
  const auto red = [](Wrong wrong) {
    int red = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) red += !Pool(seed, wrong).run().empty();
    return red;
  };
  CHECK(red(Wrong::nothing) == 0);
  CHECK(red(Wrong::blames_all) > 10);
  CHECK(red(Wrong::counts_shared_deaths) > 3);
  CHECK(red(Wrong::no_quarantine) > 3);
}

}  // namespace
}  // namespace papy::sim
