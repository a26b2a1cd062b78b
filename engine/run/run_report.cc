#include "run/run_report.h"

#include <fmt/format.h>

#include "run/units.h"

namespace papy {

RunReport::RunReport(const Plan& plan, Screen& screen, Telling telling, EventLog* events,
                     std::string run, std::string dead_letters)
    : plan_(plan),
      screen_(screen),
      telling_(telling),
      events_(events),
      run_(run),
      progress_(plan),
      dead_letters_(std::move(dead_letters), std::move(run)) {}

void RunReport::on_batch(const BatchNote& note) {
  if (events_ != nullptr) events_->batch(note);
}

void RunReport::on_failure(OutputId output, std::uint64_t place, const Failure& failure) {
  tally_.add(output, place, failure);
  dead_letters_.write(plan_.outputs[output].name, place, failure);
  if (events_ != nullptr) events_->failure(output, place, failure);
}

void RunReport::on_warning(std::string_view text) {
  if (telling_ != Telling::nothing) screen_.message(fmt::format("warning: {}", text));
  if (events_ != nullptr) events_->warning(text);
}

void RunReport::on_progress(const Snapshot& now) {
  tell_errors();
  if (events_ != nullptr) events_->progress(now);
  progress_.see(now);
  switch (telling_) {
    case Telling::nothing:
    case Telling::warnings:
      return;
    case Telling::redraw:
      screen_.status(progress_.line(screen_.width() - 1));
      return;
    case Telling::lines:
      if (now.elapsed - last_line_ < kBetweenLines) return;
      last_line_ = now.elapsed;
      screen_.message(fmt::format("{}: {}", duration_text(now.elapsed), progress_.line(200)));
      return;
  }
}

void RunReport::finish(Account& account) {
  screen_.status({});
  dead_letters_.flush();
  account.run = run_;
  account.failures = tally_.groups();
  account.other_failures = tally_.others();
  account.dead_letters_lost = dead_letters_.lost();
  if (dead_letters_.written() > 0) account.dead_letters = dead_letters_.path();
  tell_errors();
  if (events_ == nullptr) return;
  events_->end(account);
  if (const auto error = events_->take_error()) on_warning(error->text);
}

/// Each file's error is told once. The event log cannot tell its own.
void RunReport::tell_errors() {
  if (const auto error = dead_letters_.take_error())
    on_warning(error->text + ": failed items are not kept any more");
  if (events_ == nullptr) return;
  if (const auto error = events_->take_error())
    on_warning(error->text + ": events are not written any more");
}

}  // namespace papy
