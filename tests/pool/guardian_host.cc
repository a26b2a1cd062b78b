// A program around the guardian, as papy is one, for the tests that kill its engine.
//
//     guardian_host guardian [FOLDER]            is the guardian
//     guardian_host engine FOLDER SCRIPT         starts a guardian with a child that runs SCRIPT by
//                                                sh, writes "guardian PID" to descriptor 5, waits
//     guardian_host shared-engine FOLDER SCRIPT  the same, and a process that keeps the guardian's
//                                                socket open when the engine has ended
//     guardian_host starved                      says what comes of a child that cannot be forked
//     guardian_host say                          writes "here" to descriptor 3
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "pool/guardian.h"
#include "pool/guardian_main.h"

namespace papy {
namespace {

constexpr int kChildSays = 3;
constexpr int kEngineSays = 5;
constexpr uid_t kNobody = 65534;

void say(int to, const std::string& line) {
  if (write(to, line.data(), line.size()) < 0) std::perror("guardian_host");
}

Guardian::Event next_event(Guardian& guardian) {
  for (;;) {
    pollfd wanted{guardian.fd(), POLLIN, 0};
    poll(&wanted, 1, -1);
    const auto events = guardian.events();
    if (!events.empty()) return events.front();
  }
}

int engine(const std::string& folder, const std::string& script, bool shared) {
  auto guardian = Guardian::start({.folder = folder});
  const Child child{
      .number = 1, .argv = {"sh", "-c", script}, .fds = {kEngineSays}, .output = STDERR_FILENO};
  if (!guardian || !(*guardian)->spawn(child)) return 1;
  next_event(**guardian);
  say(kEngineSays, fmt::format("guardian {}\n", (*guardian)->pid()));
  close(kEngineSays);
  if (shared) {
    if (fork() == 0) say(STDOUT_FILENO, fmt::format("holder {}\n", getpid()));
  }
  for (;;) pause();
}

int starved() {
  // Limits of processes do not hold for root.
  if (geteuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0) return 1;
  prctl(PR_SET_DUMPABLE, 1);  // a change of user takes it away, and a leak checker needs it
  auto guardian = Guardian::start({});
  if (!guardian) return 1;
  const rlimit none{0, 0};
  if (prlimit((*guardian)->pid(), RLIMIT_NPROC, &none, nullptr) != 0) return 1;
  if (!(*guardian)->spawn({.number = 1, .argv = {"true"}, .output = STDERR_FILENO})) return 1;
  const Guardian::Event event = next_event(**guardian);
  if (event.kind != Guardian::Event::Kind::not_started) return 1;
  fmt::print("{}\n", event.text);
  return 0;
}

int main_of(int argc, char** argv) {
  const auto word = [&](int at) { return std::string(at < argc ? argv[at] : ""); };
  if (word(1) == kGuardianCommand) return guardian_main(word(2));
  if (word(1) == "engine") return engine(word(2), word(3), false);
  if (word(1) == "shared-engine") return engine(word(2), word(3), true);
  if (word(1) == "starved") return starved();
  if (word(1) != "say") return 2;
  say(kChildSays, "here\n");
  return 0;
}

}  // namespace
}  // namespace papy

int main(int argc, char** argv) { return papy::main_of(argc, argv); }
