#include "cli/run_workflow.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <utility>

#include "cli/function_table.h"
#include "cli/interrupts.h"
#include "cli/print.h"
#include "cli/provisional_files.h"
#include "plugin/host.h"
#include "pool/crash_note.h"
#include "pool/poller.h"
#include "pool/runner.h"
#include "run/run_id.h"
#include "run/run_report.h"
#include "run/summary.h"
#include "run/units.h"

namespace papy {
namespace {

/// How long inputs and outputs may still take to open when the run is not wanted any more.
constexpr Duration kOpeningPatience = std::chrono::milliseconds(500);

Telling telling(const RunSettings& settings, const Screen& screen) {
  if (settings.quiet) return Telling::nothing;
  if (settings.progress == ShowProgress::never) return Telling::warnings;
  return screen.live() ? Telling::redraw : Telling::lines;
}

/// Lines of plugins below it are not shown.
int log_level(const RunSettings& settings) {
  return static_cast<int>(settings.quiet ? LogLevel::off : settings.log_level);
}

/// Takes the lines of plugins.
Host::Settings host_settings(const RunSettings& settings, Screen& screen) {
  static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
  const int least = log_level(settings);
  return {.log = [&screen, least](int level, std::string_view text) {
    level = std::clamp(level, 0, 3);
    if (level >= least) screen.message(fmt::format("{}: {}", kNames[level], text));
  }};
}

Ending ending_of(const Runner::End& end) {
  if (end.how == Plumber::How::killed) return Ending::killed;
  if (!end.io_errors.empty()) return end.io_code == EPIPE ? Ending::stdout_closed : Ending::broken;
  switch (end.how) {
    case Plumber::How::finished:
      return Ending::finished;
    case Plumber::How::drained:
      return Ending::drained;
    case Plumber::How::policy:
      return Ending::policy;
    case Plumber::How::killed:
      return Ending::killed;
  }
  return Ending::bug;
}

Account account_of(const Runner::End& end, Plumber& plumber) {
  Account account;
  account.ending = ending_of(end);
  account.signal = end.signal;
  account.reason = end.signal != 0 ? signal_name(end.signal) : end.reason;
  if (!end.io_errors.empty()) account.reason = end.io_errors.front();
  account.end = plumber.snapshot();
  account.unwritten = end.unwritten;
  account.edges = plumber.flow().edge_counts();
  return account;
}

/// The document came from there: an input that reads it too gets an error instead of nothing.
void close_standard_input() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  dup2(nowhere, STDIN_FILENO);
  close(nowhere);
}

/// One run of one plan, from loaded libraries to the exit code.
class WorkflowRun {
 public:
  WorkflowRun(const RunSettings& settings, const Plan& plan, Screen& screen)
      : settings_(settings),
        plan_(plan),
        screen_(screen),
        poller_({SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGUSR1}),
        interrupts_(poller_, screen, settings.quiet),
        host_(PAPY_VERSION, host_settings(settings, screen)),
        libraries_(host_.raw()) {}

  int run();

 private:
  Runner::Settings runner_settings();
  std::optional<int> open(Runner& runner);
  void tell_not_begun(int signal);
  int tell(const Runner::End& end, Account& account);

  const RunSettings& settings_;
  const Plan& plan_;
  Screen& screen_;
  Poller poller_;  // before any thread, which plugins may start
  Interrupts interrupts_;
  Host host_;
  Libraries libraries_;
  std::unique_ptr<EventLog> events_;
};

int WorkflowRun::run() {
  note_crashes();
  const ExitWatch loading;
  const std::string began = utc_text(std::chrono::system_clock::now());
  const std::string id = new_run_id();
  const auto functions = FunctionTable::load(plan_, libraries_);
  if (!functions) return fail(kUsage, functions.error().text);
  const ExitWatch running;
  if (!settings_.events.empty()) {
    auto log = EventLog::create(settings_.events, plan_, [this] { return poller_.now(); });
    if (!log) return fail(kBroken, log.error().text);
    events_ = std::move(*log);
    events_->run({id, began, PAPY_VERSION});
    events_->plan();
  }
  RunReport report(plan_, screen_, telling(settings_, screen_), events_.get(), id,
                   plan_.dead_letters.value_or(".papy/runs/" + id + "/failed.jsonl"));
  Runner runner(
      plan_,
      [&](const FunctionUse& use) { return Result<const papy_worker*>(functions->find(use)); },
      host_.raw(), interrupts_, report, runner_settings());
  if (const auto code = open(runner)) return *code;
  poller_.around_stop([&] { runner.stop_processes(); }, [&] { runner.continue_processes(); });
  const Runner::End end = runner.run();
  Account account = account_of(end, runner.plumber());
  if (account.ending != Ending::finished) account.provisional = provisional_files(plan_);
  report.finish(account);
  const int code = tell(end, account);
  // Whatever still runs is foreign code that would be torn from under itself.
  if (!end.left_behind) return code;
  host_.remove_scratch();
  _exit(code);
}

Runner::Settings WorkflowRun::runner_settings() {
  Runner::Settings settings;
  settings.processes.program = "papy " PAPY_VERSION;
  settings.processes.log_level = log_level(settings_);
  settings.processes.say = [this](std::string_view line) { screen_.message(line); };
  return settings;
}

/// Opens inputs and outputs in a thread of its own, since an open may block (a pipe without a
/// writer) and Ctrl-C must end that: after a moment, so that what was opened is closed again. An
/// exit code when it did not go well.
std::optional<int> WorkflowRun::open(Runner& runner) {
  Result<void> opened;
  std::atomic<bool> done{false};
  std::thread opener([&] {
    opened = runner.open();
    done = true;
    poller_.notify();
  });
  std::optional<int> signal;
  Time patience_ends{0};
  while (!done) {
    const auto came = poller_.wait(signal ? std::optional(patience_ends) : std::nullopt);
    const bool again = came && signal;
    if (came && !signal) {
      signal = came;
      patience_ends = poller_.now() + kOpeningPatience;
    }
    if (signal && !done && (again || poller_.now() >= patience_ends)) {
      tell_not_begun(*signal);
      _exit(128 + *signal);
    }
  }
  opener.join();
  if (signal) {
    tell_not_begun(*signal);
    return 128 + *signal;
  }
  if (!opened) return fail(kBroken, opened.error().text);
  return std::nullopt;
}

void WorkflowRun::tell_not_begun(int signal) {
  screen_.message(fmt::format("{}: ended by {} before anything was read or written",
                              plan_.name.empty() ? plan_.file : plan_.name, signal_name(signal)));
}

int WorkflowRun::tell(const Runner::End& end, Account& account) {
  const int code = exit_code(plan_, account);
  if (account.ending == Ending::stdout_closed) return code;
  if (!settings_.quiet) {
    screen_.message(summary(plan_, account));
    for (std::size_t i = 1; i < end.io_errors.size(); ++i)
      screen_.message("error: " + end.io_errors[i]);
  } else if (!account.reason.empty()) {
    screen_.message("error: " + account.reason);
  } else if (code != 0) {
    std::uint64_t failed = 0;
    for (const OutputCount& count : account.end.outputs) failed += count.failed;
    screen_.message(
        fmt::format("error: {} failed{}", counted(failed, "item"),
                    account.dead_letters.empty() ? "" : ", see " + account.dead_letters));
  }
  return code;
}

}  // namespace

int run_workflow(const RunSettings& settings) {
  const auto options = settings.load.options();
  if (!options) return fail(kUsage, options.error().text);
  PluginFinder finder = settings.load.plugins.finder();
  PluginCatalog catalog(finder);
  const Loaded loaded = settings.text ? load_workflow_text(*settings.text, settings.file,
                                                           options->cwd, catalog, *options)
                                      : load_workflow(settings.file, catalog, *options);
  if (settings.file == "-") close_standard_input();
  const Level least = settings.quiet ? Level::error : Level::warning;
  fmt::print(stderr, "{}", findings_text(loaded, least, colour_of_stderr()));
  Screen screen(STDERR_FILENO,
                can_redraw(STDERR_FILENO) && settings.progress != ShowProgress::never);
  if (!loaded.plan) return kUsage;
  return WorkflowRun(settings, *loaded.plan, screen).run();
}

}  // namespace papy
