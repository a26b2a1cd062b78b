#include "pool/thread_pool.h"

#include <string>
#include <utility>

#include "pool/crash_note.h"

namespace papy {

/// One thread.
class ThreadPool::Slot final : public CrashPlace {
 public:
  Slot(ThreadPool& pool, std::uint32_t number)
      : pool_(pool), number_(number), evaluators_(pool.groups_.size()) {}

  void run() {
    const CrashWatch watch(*this);
    const Task* task = nullptr;
    while (!pool_.over_.load(std::memory_order_acquire)) {
      if (task == nullptr) task = pool_.desk_.next(pool_.pool_);
      if (task == nullptr) {
        pool_.parking_.park();
        continue;
      }
      Evaluator* evaluator = evaluator_for(*task);
      if (evaluator == nullptr) return;
      task = work(*evaluator, task);
      if (task == nullptr) pool_.parking_.park();
    }
  }

  void describe(CrashText& text) const override {
    const Task* task = at_work_;
    const SlotPage::At at = SlotPage::unpack(page_.at.load(std::memory_order_relaxed));
    if (task == nullptr || task->n == 0 || !at.in_function) return;
    const PlanPiper& piper = pool_.plan_.pipers[pool_.groups_[task->group].pipers[at.stage]];
    const FunctionUse& use = piper.worker[at.function];
    const std::uint64_t item = task->first + std::uint64_t{at.tasklet} * task->step;
    const std::uint64_t last = task->first + std::uint64_t{task->n - 1} * task->step;
    text << use.plugin << "." << use.function << " (piper '" << piper.name << "', ";
    if (at.many && item < last)
      text << "one of the items " << item << " to " << last << ")";
    else
      text << "item " << item << ")";
  }

 private:
  const Task* work(Evaluator& evaluator, const Task* task) {
    const std::uint64_t now = monotonic_ns();
    const Time began = Duration(static_cast<std::int64_t>(now)) - run_began_;
    std::optional<Duration> age;
    if (task->since) age = began - *task->since;
    at_work_ = task;
    evaluator.run(*task, &page_, now, age, &result_);
    at_work_ = nullptr;
    Duration elapsed{0};
    for (const StageCount& stage : result_.stages) elapsed += stage.busy;
    return pool_.desk_.exchange(task, std::move(result_), number_, began, elapsed);
  }

  std::unique_ptr<Evaluator> make(const Task& task) {
    std::vector<OpenPiper> pipers;
    for (const PiperId p : pool_.groups_[task.group].pipers) {
      auto opened =
          pool_.instances_.open(pool_.plan_.pipers[p], pool_.pool_, number_, task.replica);
      if (!opened) {
        pool_.desk_.give_up(&task, opened.error().text);
        return nullptr;
      }
      opened->skips_late = pool_.plan_.pools[pool_.pool_].skip;
      opened->share = pool_.plan_.pools[pool_.pool_].share();
      pipers.push_back(std::move(*opened));
    }
    return std::make_unique<Evaluator>(pool_.settings_, std::move(pipers), number_);
  }

  /// Opens what the task's pipers need, the first time. nullptr: it cannot, and the desk knows.
  Evaluator* evaluator_for(const Task& task) {
    if (!pool_.plan_.pipers[pool_.groups_[task.group].pipers.front()].serial) {
      std::unique_ptr<Evaluator>& mine = evaluators_[task.group];
      if (!mine) mine = make(task);
      return mine.get();
    }
    const std::pair key{task.group, task.replica};
    {
      MutexLock lock(pool_.serial_mutex_);
      const auto known = pool_.serial_.find(key);
      if (known != pool_.serial_.end()) return known->second.get();
    }
    std::unique_ptr<Evaluator> fresh = make(task);  // nobody else has this replica now
    if (!fresh) return nullptr;
    MutexLock lock(pool_.serial_mutex_);
    return (pool_.serial_[key] = std::move(fresh)).get();
  }

  ThreadPool& pool_;
  const std::uint32_t number_;
  const Duration run_began_ =
      Duration(static_cast<std::int64_t>(monotonic_ns())) - pool_.desk_.now();
  TaskResult result_;  // of one task after the other
  SlotPage page_;
  const Task* volatile at_work_ = nullptr;  // read by the handler of a crash, in this thread
  std::vector<std::unique_ptr<Evaluator>> evaluators_;
};

ThreadPool::ThreadPool(PoolId pool, const Plan& plan, const std::vector<Group>& groups, Desk& desk,
                       Instances& instances, const CallSettings& settings)
    : pool_(pool),
      plan_(plan),
      groups_(groups),
      desk_(desk),
      instances_(instances),
      settings_(settings) {
  for (std::uint32_t s = 0; s < plan.pools[pool].slots; ++s)
    slots_.push_back(std::make_unique<Slot>(*this, s));
}

ThreadPool::~ThreadPool() { join(); }

void ThreadPool::start() {
  for (auto& slot : slots_) {
    threads_.emplace_back([this, &slot] {
      slot->run();
      ended_.release();
    });
  }
}

void ThreadPool::join() {
  over_.store(true, std::memory_order_release);
  for (std::size_t i = 0; i < threads_.size(); ++i) parking_.wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool ThreadPool::join_within(Duration patience) {
  over_.store(true, std::memory_order_release);
  for (std::size_t i = 0; i < threads_.size(); ++i) parking_.wake();
  const auto until = std::chrono::steady_clock::now() + patience;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (!ended_.try_acquire_until(until)) return false;
  }
  join();
  return true;
}

bool ThreadPool::cancels() const {
  return std::any_of(plan_.pipers.begin(), plan_.pipers.end(), [&](const PlanPiper& piper) {
    return piper.pool == pool_ &&
           std::any_of(piper.worker.begin(), piper.worker.end(),
                       [](const FunctionUse& use) { return (use.flags & PAPY_CANCELS) != 0; });
  });
}

}  // namespace papy
