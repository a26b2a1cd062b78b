#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "functions.h"
#include "pool/runner.h"

namespace papy::test {

/// Events whose time moves only when somebody waits for it: a wait for a deadline of the flow ends
/// at once, at that time. (Waits that end at full half seconds are for the progress; they end when
/// somebody notifies.)
class ManualEvents final : public Events {
 public:
  std::optional<int> wait(std::optional<Time> deadline) override;
  void notify() override;
  Time now() const override;
  /// As if the process got it. Any thread.
  void signal(int number);
  /// Lets time pass. Any thread.
  void advance(Duration by);
  /// Waits until the plumber has noticed what was told last.
  void wait_until_noticed();
  /// Waits whose time came without anybody having notified.
  int passed() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<int> signals_;
  bool notified_ = false;
  int passed_ = 0;
  Time now_{0};
};

/// Writes down what it is told.
class Notes final : public Report {
 public:
  bool wants_batches() const override { return true; }
  void on_batch(const BatchNote& note) override;
  void on_failure(OutputId output, std::uint64_t place, const Failure& failure) override;
  void on_warning(std::string_view text) override;

  /// Of each output: "place piper kind: message".
  std::map<OutputId, std::vector<std::string>> failures;
  std::vector<std::string> warnings;
  std::uint64_t batches = 0;

 private:
  std::mutex mutex_;
};

/// A workflow whose functions are lambdas, run with real threads.
///
///     Scene scene;
///     const StreamId in = scene.input(numbers(3));
///     scene.output(scene.piper({&kDouble}, {in}));
///     scene.run();
///     scene.written(0);     // "0 2 4"
class Scene {
 public:
  Scene();

  StreamId input(Function source);
  /// On pool 0.
  StreamId piper(const std::vector<const Function*>& chain, std::vector<StreamId> from,
                 PlanPiper how = {});
  /// What comes is written down.
  OutputId output(StreamId from);
  OutputId output(StreamId from, Function sink);
  PoolId pool(PlanPool pool);
  Function* keep(Function function);

  Runner::End run();
  /// run() in two parts.
  Result<void> open();
  Runner::End run_opened();

  /// Words that came to an output, in order.
  std::string written(OutputId output) const;
  /// The flag that each finish() of an output got: "ok", "not ok", both in order.
  std::string finished(OutputId output) const;
  /// "3 written, 1 failed, 2 gaps"
  std::string counted(OutputId output);
  Runner& runner() { return *runner_; }

  Plan plan;
  ManualEvents events;
  Notes notes;
  Runner::Settings settings;

 private:
  struct Written {
    std::string words;
    std::string finished;
  };
  std::deque<Function> functions_;
  std::deque<Written> written_;
  std::optional<Runner> runner_;
};

/// 0, 1 ... n - 1.
Function numbers(std::int64_t n);
/// 0, 1 ... for ever.
Function endless();

}  // namespace papy::test
