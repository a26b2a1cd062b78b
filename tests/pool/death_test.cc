#include "pool/death.h"

#include <signal.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

namespace papy {
namespace {

/// As waitpid() says it.
int ended_with(int code) { return W_EXITCODE(code, 0); }
int killed_by(int signal) { return W_EXITCODE(0, signal); }

TEST_CASE("the end of a process is told in words") {
  CHECK(death_of(ended_with(0)).text == "ended with exit code 0");
  CHECK(death_of(ended_with(7)).text == "ended with exit code 7");
  CHECK(death_of(ended_with(7)).code == 7);
  CHECK(death_of(killed_by(SIGSEGV)).text == "was killed by signal 11 (SIGSEGV)");
  CHECK(death_of(killed_by(SIGSEGV)).code == SIGSEGV);
  CHECK(death_of(killed_by(SIGXCPU)).text ==
        "was killed by signal 24 (SIGXCPU; limits.cpu_time was used up)");
  CHECK(death_of(killed_by(SIGKILL)).text ==
        "was killed by signal 9 (SIGKILL; somebody sent it, or the system ran out of memory)");
  CHECK(death_of(killed_by(SIGRTMIN + 1)).text == "was killed by signal 35 (SIG?)");
}

TEST_CASE("signals that people send are not what code runs into") {
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP})
    CHECK(death_of(killed_by(signal)).by_others);
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGXCPU})
    CHECK_FALSE(death_of(killed_by(signal)).by_others);
  CHECK_FALSE(death_of(ended_with(9)).by_others);
}

TEST_CASE("a core dump does not change what it is") {
  CHECK(death_of(killed_by(SIGABRT) | 0x80).text == "was killed by signal 6 (SIGABRT)");
}

}  // namespace
}  // namespace papy
