#include "cli/interrupts.h"

#include <fmt/format.h>
#include <signal.h>

namespace papy {

std::optional<int> Interrupts::wait(std::optional<Time> deadline) {
  const auto signal = events_.wait(deadline);
  if (signal && first_ && !quiet_) {
    screen_.message(fmt::format(
        "{}: reading stops here, what was read is finished (within 20 s); once more ends at once",
        signal_name(*signal)));
  }
  if (signal) first_ = false;
  return signal;
}

const char* signal_name(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "signal";
  }
}

}  // namespace papy
