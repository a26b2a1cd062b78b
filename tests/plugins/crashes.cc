// Functions that end the process in which they are called, each in another way, at the item 17.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <papy/plugin.hpp>

PAPY_PLUGIN(crashes, "1", "MIT", "");

namespace {

constexpr std::int64_t kFatal = 17;

volatile std::uintptr_t nowhere = 8;

// Deeper than any stack.
std::int64_t dive(std::int64_t depth) {
  volatile char page[1 << 12];
  page[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : dive(depth - 1) + page[0];
}

}  // namespace

std::int64_t segfault(std::int64_t value) {
  if (value == kFatal) *reinterpret_cast<volatile int*>(nowhere) = 0;
  return value;
}
PAPY_WORKER(segfault, "writes where nothing is");

std::int64_t give_up(std::int64_t value) {
  if (value == kFatal) std::abort();
  return value;
}
PAPY_WORKER(give_up, "aborts");

std::int64_t leave(std::int64_t value) {
  if (value == kFatal) std::exit(0);
  return value;
}
PAPY_WORKER(leave, "ends the program as if all were well");

std::int64_t fork_a_child(std::int64_t value) {
  if (value != kFatal) return value;
  const pid_t child = fork();
  if (child == 0) std::exit(0);
  int status = 1;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}
PAPY_WORKER(fork_a_child, "gives how a child of its own ended by exit(0)");

std::int64_t divide(std::int64_t value) {
  if (value == kFatal) std::raise(SIGFPE);
  return value;
}
PAPY_WORKER(divide, "gets SIGFPE");

std::int64_t overflow(std::int64_t value) { return value == kFatal ? dive(1 << 30) : value; }
PAPY_WORKER(overflow, "overflows the stack");
