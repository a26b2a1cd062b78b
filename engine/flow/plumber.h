#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "flow/desk.h"
#include "flow/events.h"
#include "flow/flow.h"
#include "flow/report.h"

namespace papy {

/// Drives a flow: the desk that slots, sources and sinks come to, and the loop that waits for time,
/// signals and the end.
///
///     Plumber plumber(plan, events, report);
///     plumber.attach(pool_waiters, input_waiters, output_waiters);   // then start their threads
///     Plumber::End end = plumber.run();                              // this thread waits until
///     all is done
class Plumber final : public Desk {
 public:
  enum class How {
    finished,  ///< every item reached its end
    drained,   ///< stopped early by a signal; what was read was finished
    policy,    ///< stopped by the workflow's own rules: max_failures, on_error: stop, memory
    killed,    ///< a second signal: nothing more is done
  };
  struct End {
    How how = How::finished;
    int signal = 0;
    std::string reason;
  };

  /// All are borrowed and must outlive the plumber.
  Plumber(const Plan& plan, Events& events, Report& report, const Flow::Settings& settings);

  /// Who is woken when there is something for a pool, an input, an output. Before any of them
  /// calls.
  void attach(std::vector<Waiter*> pools, std::vector<Waiter*> inputs,
              std::vector<Waiter*> outputs);

  /// The loop; the plumber's thread. After it nobody gets work any more, and all that parked were
  /// woken.
  End run();

  /// True once a second signal came: calls that can be cancelled should be.
  const std::atomic<bool>& killed() const { return killed_; }
  /// True once this source should end, because nobody needs it or the run is stopping. Any thread.
  const std::atomic<bool>& unwanted(InputId input) const { return unwanted_[input]; }
  /// Sources tell how many items they will give, for the progress.
  void expect(InputId input, std::uint64_t items);

  Snapshot snapshot();
  /// Only after run().
  const Flow& flow() const PAPY_THREAD_ANNOTATION(no_thread_safety_analysis) { return flow_; }

  // Desk.
  const Task* next(PoolId pool) override;
  const Task* exchange(const Task* task, TaskResult&& result, std::uint32_t slot, Time began,
                       Duration elapsed) override;
  void bring(const Task* task, TaskResult&& result, std::uint32_t slot, Time began,
             Duration elapsed) override;
  void lose(const Task* task, const Loss& loss) override;
  std::optional<Duration> expected(const Task& task) override;
  void give_up(const Task* task, std::string why) override;
  Wish ask(InputId input) override;
  void give(InputId input, const Batch& items, bool ended, Duration elapsed) override;
  Load collect(OutputId output) override;
  void delivered(OutputId output, const OutputCount& count) override;
  void failure_arrived(OutputId output, std::uint64_t place, const Failure& failure) override;
  Time now() const override { return events_.now(); }

 private:
  using Wakes = std::vector<Waiter*>;
  void take_back(const Task* task, TaskResult&& result, Time ended, Duration elapsed)
      PAPY_REQUIRES(mutex_);
  void note_batch(const Task& task, std::uint32_t slot, Time began, Duration elapsed);
  void after_turn(Wakes* wakes, const Task* begun = nullptr) PAPY_REQUIRES(mutex_);
  bool may_wait(OutputId output, const Task* begun) const PAPY_REQUIRES(mutex_);
  void check_limits() PAPY_REQUIRES(mutex_);
  void wake_all(Wakes* wakes) PAPY_REQUIRES(mutex_);
  void look_at_pools() PAPY_REQUIRES(mutex_);
  bool quiet() PAPY_REQUIRES(mutex_);
  void get_unstuck(Wakes* wakes) PAPY_REQUIRES(mutex_);
  void stop_by_policy(std::string why) PAPY_REQUIRES(mutex_);
  void on_signal(int signal);
  void check_grace() PAPY_REQUIRES(mutex_);

  const Plan& plan_;
  Events& events_;
  Report& report_;
  const bool reports_batches_;
  std::vector<Waiter*> pools_, inputs_, outputs_;  // constant after attach()

  Mutex mutex_;
  Flow flow_ PAPY_GUARDED_BY(mutex_);
  std::vector<std::uint32_t> parked_slots_ PAPY_GUARDED_BY(mutex_);  // of each pool
  std::vector<std::uint8_t> parked_inputs_ PAPY_GUARDED_BY(mutex_);
  std::vector<std::uint8_t> parked_outputs_ PAPY_GUARDED_BY(mutex_);
  std::vector<std::uint64_t> expected_
      PAPY_GUARDED_BY(mutex_);  // items of each input; 0: not known
  End end_ PAPY_GUARDED_BY(mutex_);
  bool over_ PAPY_GUARDED_BY(mutex_) = false;
  std::optional<Time> grace_ends_ PAPY_GUARDED_BY(mutex_);  // of a run that drains
  Time waits_until_ PAPY_GUARDED_BY(mutex_){0};  // when run() looks again, unless it is notified
  std::vector<std::string> warnings_ PAPY_GUARDED_BY(mutex_);  // to tell without the mutex
  std::vector<std::atomic<bool>> unwanted_;
  std::atomic<bool> killed_{false};
};

}  // namespace papy
