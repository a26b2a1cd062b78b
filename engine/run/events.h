#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/report.h"
#include "run/account.h"
#include "run/line_file.h"

namespace papy {

/// The story of a run as JSON lines, for programs: all that the progress line and the summary say
/// is made of the same. Any thread.
///
/// Every line has "event" and "t", seconds since the run began. Lines of one thread are in order;
/// "t" of different threads may be out of it by a little. Counts are those so far, not since the
/// last line. Fields are only ever added.
///
///     run      once, first: "time" (UTC), "run" (its id), "papy" (version), "workflow", "file",
///     "pid" plan     once: "pools" [{name, type, slots, ordered}], "inputs" [{name, function}],
///              "pipers" [{name, functions, from, pool}], "outputs" [{name, function, from}],
///              "groups" [[piper, ...]]: those that are evaluated in one go
///     input    about twice a second, when it changed: "name", "items", "ended", "size" where known
///     piper    likewise: "name", "in", "out", "failed", "passed", "skipped", "retried", "busy_s",
///     "waited_s" output   likewise: "name", "written", "failed", "gaps" batch    one a task:
///     "pool", "slot", "group", "first", "tasklets", "attempt", "began_s", "elapsed_s" failure  one
///     a failed item: "output", "place", "failure" {...} (as in the dead letters) warning  "text"
///     end      once, last: "ending" (finished, drained, policy, broken, stdout-closed, killed,
///     bug),
///              "reason", "exit_code", "elapsed_s", "failures" [{piper, function, kind, code,
///              count, example}], "outputs" [{name, length, length_known, written, failed, gaps,
///              not_done}], "edges" [{from, to, consumed, dropped, unmatched, not_done, length}],
///              "dead_letters"
class EventLog {
 public:
  struct Run {
    std::string id;
    std::string time;     ///< UTC, when it began
    std::string version;  ///< of papy
  };
  /// Time since the run began; called by any thread.
  using Clock = std::function<Duration()>;

  /// `path` is replaced. The plan is borrowed.
  static Result<std::unique_ptr<EventLog>> create(const std::string& path, const Plan& plan,
                                                  Clock clock);

  void run(const Run& run);
  void plan();
  void batch(const BatchNote& note);
  void failure(OutputId output, std::uint64_t place, const Failure& failure);
  void warning(std::string_view text);
  /// One thread at a time. Writes what changed, and all lines so far to the file.
  void progress(const Snapshot& now);
  void end(const Account& account);

  /// Why the file could not be written, once.
  std::optional<Error> take_error() { return file_->take_error(); }

 private:
  EventLog(std::unique_ptr<LineFile> file, const Plan& plan, Clock clock)
      : plan_(plan), clock_(std::move(clock)), file_(std::move(file)) {}

  const Plan& plan_;
  const Clock clock_;
  const std::unique_ptr<LineFile> file_;
  Snapshot before_;  // what progress() told last
};

}  // namespace papy
