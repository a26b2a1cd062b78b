#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "functions.h"
#include "pool/evaluator.h"

namespace papy::test {

/// A piper and its functions.
struct Piper {
  PlanPiper plan;
  std::vector<const Function*> functions;
  bool skips_late = false;
  std::uint32_t share = UINT32_MAX;

  Piper(std::string name, std::vector<const Function*> chain) : functions(std::move(chain)) {
    plan.name = std::move(name);
    for (std::size_t i = 0; i < functions.size(); ++i)
      plan.worker.push_back(functions[i]->use("f" + std::to_string(i)));
    plan.from = {0};
  }
};

/// One slot that evaluates one group. Nobody else is there.
class Slot {
 public:
  explicit Slot(std::vector<Piper> pipers, std::uint64_t max_item = 1 << 20)
      : pipers_(std::move(pipers)) {
    std::vector<OpenPiper> open;
    for (const Piper& piper : pipers_) {
      OpenPiper& one = open.emplace_back();
      one.piper = &piper.plan;
      one.skips_late = piper.skips_late;
      one.share = piper.share;
      for (std::size_t i = 0; i < piper.functions.size(); ++i) {
        const Function* function = piper.functions[i];
        one.chain.push_back(
            {worker_of(*function), const_cast<Function*>(function), &piper.plan.worker[i]});
      }
    }
    evaluator_.emplace(CallSettings{nullptr, &cancelled_, max_item}, std::move(open), 3);
  }
  explicit Slot(Piper piper) : Slot(std::vector<Piper>{std::move(piper)}) {}

  /// Tasklets of the items in each input.
  TaskResult run(std::vector<std::string_view> inputs, std::uint64_t first = 0,
                 std::uint32_t attempt = 1) {
    return run(task(std::move(inputs), first, attempt));
  }
  TaskResult run(const Task& task) { return evaluator_->run(task); }
  TaskResult run(const Task& task, Duration age) { return evaluator_->run(task, &page_, age); }
  TaskResult flush() {
    Task task;
    task.kind = Task::Kind::flush;
    return evaluator_->run(task);
  }

  Task task(std::vector<std::string_view> inputs, std::uint64_t first = 0,
            std::uint32_t attempt = 1) const {
    const std::uint32_t consume = pipers_.front().plan.consume;
    Task task;
    task.first = first;
    task.attempt = attempt;
    for (const std::string_view input : inputs) {
      const Batch items = batch(input);
      task.n = (items.size() + consume - 1) / consume;
      task.last_places = items.size() - (task.n - 1) * consume;
      task.inputs.push_back({{items, 0, items.size()}});
    }
    return task;
  }

  const SlotPage& page() const { return page_; }

  std::atomic<bool> cancelled_{false};

 private:
  const std::vector<Piper> pipers_;
  SlotPage page_;
  std::optional<Evaluator> evaluator_;
};

/// "in 3, out 3, failed 1 ...": what is not 0.
inline std::string text(const StageCount& count) {
  std::string all;
  const auto add = [&all](const char* name, std::uint64_t n) {
    if (n > 0) all += (all.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(n);
  };
  add("in", count.in);
  add("out", count.out);
  add("failed", count.failed);
  add("passed", count.passed);
  add("skipped", count.skipped);
  add("retried", count.retried);
  return all;
}

}  // namespace papy::test
