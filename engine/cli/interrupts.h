#pragma once

#include <optional>

#include "flow/events.h"
#include "run/screen.h"

namespace papy {

/// Events that tell the user what a signal does: the first stops the sources, the second
/// everything.
class Interrupts final : public Events {
 public:
  /// Both are borrowed. `quiet`: nothing is said.
  Interrupts(Events& events, Screen& screen, bool quiet)
      : events_(events), screen_(screen), quiet_(quiet) {}

  std::optional<int> wait(std::optional<Time> deadline) override;
  void notify() override { events_.notify(); }
  Time now() const override { return events_.now(); }

 private:
  Events& events_;
  Screen& screen_;
  const bool quiet_;
  bool first_ = true;
};

/// "SIGINT", "SIGTERM", "SIGHUP", else "signal".
const char* signal_name(int signal);

}  // namespace papy
