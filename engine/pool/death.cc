#include "pool/death.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

namespace papy {
namespace {

/// What the signal may mean, where that is not in its name.
const char* hint(int signal) {
  switch (signal) {
    case SIGKILL:
      return "; somebody sent it, or the system ran out of memory";
    case SIGXCPU:
      return "; limits.cpu_time was used up";
    default:
      return "";
  }
}

bool is_sent_by_others(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

}  // namespace

Death death_of(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* const name = sigabbrev_np(signal);
    return {true, is_sent_by_others(signal), signal,
            fmt::format("was killed by signal {} (SIG{}{})", signal, name == nullptr ? "?" : name,
                        hint(signal))};
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return {true, false, code, fmt::format("ended with exit code {}", code)};
}

}  // namespace papy
