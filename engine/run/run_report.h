#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "flow/report.h"
#include "run/account.h"
#include "run/dead_letters.h"
#include "run/events.h"
#include "run/failure_tally.h"
#include "run/progress.h"
#include "run/screen.h"

namespace papy {

/// What the user asked to be told while a run goes on.
enum class Telling {
  nothing,  ///< not even warnings
  warnings,
  lines,   ///< and a line of progress every few seconds
  redraw,  ///< and a line of progress that is redrawn; needs a live screen
};

/// Hands what happens in a run on to all who keep an account of it: the screen, the event log, the
/// dead letters and the tally of failures.
class RunReport final : public Report {
 public:
  static constexpr Duration kBetweenLines = std::chrono::seconds(5);

  /// The plan, the screen and the event log (nullptr: none) are borrowed.
  RunReport(const Plan& plan, Screen& screen, Telling telling, EventLog* events, std::string run,
            std::string dead_letters);

  bool wants_batches() const override { return events_ != nullptr; }
  void on_batch(const BatchNote& note) override;
  void on_failure(OutputId output, std::uint64_t place, const Failure& failure) override;
  void on_stranded(const Failure& failure) override { dead_letters_.write_stranded(failure); }
  void on_warning(std::string_view text) override;
  void on_progress(const Snapshot& now) override;

  /// The run is over: no event comes any more. Completes the account (failures and where they are),
  /// writes the end of the event log, tells about files that could not be written.
  void finish(Account& account);

 private:
  void tell_errors();

  const Plan& plan_;
  Screen& screen_;
  const Telling telling_;
  EventLog* const events_;
  const std::string run_;
  Progress progress_;
  Duration last_line_{0};
  FailureTally tally_;
  DeadLetters dead_letters_;
};

}  // namespace papy
