#include "pool/guardian.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "pool/descendants.h"
#include "pool/private_folder.h"

namespace papy {
namespace {

using Kind = Guardian::Event::Kind;

const std::string kHost = PAPY_GUARDIAN_HOST;
constexpr int kPatienceMs = 60'000;  // for what must come: a test that waits so long has failed

/// A pipe whose writing end goes to children: at its end, all who had it are gone.
class Voice {
 public:
  Voice() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    from_.reset(ends[0]);
    to_.reset(ends[1]);
  }
  int to() const { return to_.get(); }
  void close() { to_.reset(); }

  /// The next line; "" at the end.
  std::string line() {
    std::string line;
    char letter = 0;
    while (read_one(letter) && letter != '\n') line += letter;
    return line;
  }
  /// Everything up to the end.
  std::string rest() {
    std::string text;
    char letter = 0;
    while (read_one(letter)) text += letter;
    return text;
  }
  /// Whether somebody has the writing end now.
  bool is_held() const {
    pollfd wanted{from_.get(), POLLIN, 0};
    return poll(&wanted, 1, 0) == 0;
  }

 private:
  bool read_one(char& letter) const {
    pollfd wanted{from_.get(), POLLIN, 0};
    REQUIRE(poll(&wanted, 1, kPatienceMs) == 1);
    return read(from_.get(), &letter, 1) == 1;
  }

  Descriptor from_;
  Descriptor to_;
};

std::unique_ptr<Guardian> start(const std::string& folder = "",
                                const std::string& program = kHost) {
  auto guardian = Guardian::start({.program = program, .folder = folder});
  REQUIRE(guardian);
  return std::move(*guardian);
}

/// Runs a script with `voice` as its descriptor 3, and as its output.
Child script(std::uint32_t number, const std::string& text, const Voice& voice) {
  return {.number = number, .argv = {"sh", "-c", text}, .fds = {voice.to()}, .output = voice.to()};
}

/// Waits for so many events.
std::vector<Guardian::Event> wait_for(Guardian& guardian, std::size_t count) {
  std::vector<Guardian::Event> all;
  while (all.size() < count) {
    pollfd wanted{guardian.fd(), POLLIN, 0};
    REQUIRE(poll(&wanted, 1, kPatienceMs) == 1);
    const auto events = guardian.events();
    all.insert(all.end(), events.begin(), events.end());
  }
  return all;
}

/// Runs a script to its end, and returns what it said.
std::string run(const std::string& text, ChildLimits limits = {}) {
  Voice voice;
  const auto guardian = start();
  Child child = script(1, text, voice);
  child.limits = limits;
  REQUIRE(guardian->spawn(child));
  voice.close();
  wait_for(*guardian, 2);
  return voice.rest();
}

bool ended_by(const Guardian::Event& event, int signal) {
  return event.kind == Kind::ended && WIFSIGNALED(event.status) && WTERMSIG(event.status) == signal;
}

/// Waits until a process that need not be our child has ended.
void wait_for_end(pid_t pid) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process) return;  // it is gone already
  pollfd wanted{process.get(), POLLIN, 0};
  REQUIRE(poll(&wanted, 1, kPatienceMs) == 1);
}

std::string make_folder() {
  auto folder = make_private_folder();
  REQUIRE(folder);
  return *folder;
}

void make_socket(const std::string& path) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A process in a session of its own whose parent has ended; it says "ready".
const std::string kDaemon = "(setsid sh -c 'echo ready >&3; exec sleep 1000' &)";

/// An engine in a process of its own, for the tests that kill it.
class Engine {
 public:
  Engine(const std::string& mode, const std::string& folder, const std::string& script) {
    pid_ = fork();
    if (pid_ == 0) {
      dup2(said_.to(), STDOUT_FILENO);
      dup2(voice_.to(), 5);
      fcntl(5, F_SETFD, 0);  // if it was 5 already, it would be closed by execl
      execl(kHost.c_str(), "host", mode.c_str(), folder.c_str(), script.c_str(), nullptr);
      _exit(127);
    }
    voice_.close();
    said_.close();
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() { end(SIGKILL); }

  /// The lines "ready" of the child and "guardian PID" of the engine; returns the number.
  pid_t wait_until_ready() {
    std::vector<std::string> lines{voice_.line(), voice_.line()};
    std::sort(lines.begin(), lines.end());
    REQUIRE(lines[1] == "ready");
    REQUIRE(lines[0].starts_with("guardian "));
    return std::stoi(lines[0].substr(9));
  }
  Voice& children() { return voice_; }
  Voice& said() { return said_; }

  int end(int signal) {
    int status = 0;
    if (pid_ > 0) {
      kill(pid_, signal);
      waitpid(pid_, &status, 0);
    }
    pid_ = -1;
    return status;
  }

 private:
  Voice voice_;  // its descriptor 5, and its children's 3
  Voice said_;   // its stdout
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("a child's start and its exit code are told") {
  Voice voice;
  const auto guardian = start();
  REQUIRE(guardian->spawn(script(42, "exit 7", voice)));
  const auto events = wait_for(*guardian, 2);
  REQUIRE(events.size() == 2);
  CHECK(events[0].kind == Kind::started);
  CHECK(events[0].child == 42);
  CHECK(events[0].pid > 0);
  CHECK(events[1].kind == Kind::ended);
  CHECK(events[1].child == 42);
  CHECK(events[1].pid == events[0].pid);
  CHECK(WIFEXITED(events[1].status));
  CHECK(WEXITSTATUS(events[1].status) == 7);
}

TEST_CASE("a child's end by a signal is told, and signals reach its whole group") {
  Voice voice;
  const auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "sleep 1000 & echo ready; wait", voice)));
  voice.close();
  CHECK(voice.line() == "ready");
  guardian->signal(1, SIGTERM);
  const auto events = wait_for(*guardian, 2);
  CHECK(ended_by(events.at(1), SIGTERM));
  CHECK(voice.rest().empty());
  guardian->signal(1, SIGTERM);  // it is gone: nothing happens
  CHECK(guardian->events().empty());
  CHECK(guardian->alive());
}

TEST_CASE("a signal right behind the order to start finds the child") {
  Voice voice;
  const auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "exec sleep 1000", voice)));
  guardian->signal(1, SIGTERM);
  CHECK(ended_by(wait_for(*guardian, 2).at(1), SIGTERM));
}

TEST_CASE("a child that ignores SIGTERM is killed") {
  Voice voice;
  auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "trap '' TERM; echo ready; exec sleep 1000", voice)));
  voice.close();
  CHECK(voice.line() == "ready");
  guardian->signal(1, SIGTERM);
  SECTION("by SIGKILL") {
    guardian->signal(1, SIGKILL);
    CHECK(ended_by(wait_for(*guardian, 2).at(1), SIGKILL));
  }
  SECTION("at the end") { guardian.reset(); }
  CHECK(voice.rest().empty());
}

TEST_CASE("when a child's end is told, nothing of its group is left") {
  Voice voice;
  auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "sleep 1000 & exit 7", voice)));
  voice.close();
  const auto events = wait_for(*guardian, 2);
  CHECK(events.at(1).kind == Kind::ended);
  CHECK_FALSE(voice.is_held());
}

TEST_CASE("a process in a session of its own outlives its child, and is gone at the end") {
  Voice voice;
  auto guardian = start();
  REQUIRE(guardian->spawn(script(1, kDaemon + "; exec sleep 1000", voice)));
  voice.close();
  CHECK(voice.line() == "ready");
  guardian->signal(1, SIGTERM);
  CHECK(wait_for(*guardian, 2).at(1).kind == Kind::ended);
  CHECK(voice.is_held());  // so its end is the guardian's work
  guardian.reset();
  CHECK_FALSE(voice.is_held());
}

TEST_CASE("many layers of processes in sessions of their own are gone at the end") {
  Voice voice;
  auto guardian = start();
  // Each layer waits for the next in another session, so that they come to the guardian one by one.
  const std::string nested =
      "n=$1; [ $n = 0 ] && { echo ready >&3; exec sleep 1000; }; setsid sh -c \"$0\" \"$0\" "
      "$((n-1)) & wait";
  Child child = script(1, nested, voice);
  child.argv = {"sh", "-c", nested, nested, "5"};
  REQUIRE(guardian->spawn(child));
  voice.close();
  CHECK(voice.line() == "ready");
  guardian.reset();
  CHECK_FALSE(voice.is_held());
}

TEST_CASE("when the engine is killed, nothing is left") {
  const int signal = GENERATE(SIGKILL, SIGTERM);
  const std::string folder = make_folder();
  make_socket(folder + "/post");
  Engine engine("engine", folder, "trap '' TERM; " + kDaemon + "; exec sleep 1000");
  const pid_t guardian = engine.wait_until_ready();
  CHECK(WTERMSIG(engine.end(signal)) == signal);
  CHECK(engine.children().rest().empty());
  wait_for_end(guardian);
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("when the engine is killed and others hold its socket, nothing is left") {
  const std::string folder = make_folder();
  Engine engine("shared-engine", folder, kDaemon + "; exec sleep 1000");
  const pid_t guardian = engine.wait_until_ready();
  const std::string holder = engine.said().line();
  REQUIRE(holder.starts_with("holder "));
  engine.end(SIGKILL);
  CHECK(engine.children().rest().empty());
  wait_for_end(guardian);
  CHECK_FALSE(std::filesystem::exists(folder));
  CHECK(engine.said().is_held());  // by the holder: so it was the engine's end that told
  kill(std::stoi(holder.substr(7)), SIGKILL);
}

TEST_CASE("when the guardian is killed, its children die and are told as ended") {
  Voice voice;
  const auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "sleep 1000 & echo ready; wait", voice)));
  voice.close();
  CHECK(voice.line() == "ready");
  CHECK(wait_for(*guardian, 1).at(0).kind == Kind::started);
  CHECK(guardian->alive());
  kill(guardian->pid(), SIGKILL);
  CHECK(ended_by(wait_for(*guardian, 1).at(0), SIGKILL));
  CHECK_FALSE(guardian->alive());
  CHECK(guardian->fd() < 0);
  CHECK(voice.rest().empty());
  CHECK_FALSE(guardian->spawn(script(2, "exit 0", voice)));
}

TEST_CASE("when the guardian is killed, its children die before the engine knows") {
  Voice voice;
  const auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "echo ready; exec sleep 1000", voice)));
  voice.close();
  CHECK(voice.line() == "ready");
  kill(guardian->pid(), SIGKILL);
  CHECK(voice.rest().empty());
  CHECK(guardian->alive());  // events() was not called: it was the parent-death signal alone
}

TEST_CASE("an order that a killed guardian did not obey is told as not started") {
  Voice voice;
  const auto guardian = start();
  kill(guardian->pid(), SIGSTOP);
  REQUIRE(guardian->spawn(script(1, "exit 0", voice)));
  kill(guardian->pid(), SIGKILL);
  const auto events = wait_for(*guardian, 1);
  CHECK(events.at(0).kind == Kind::not_started);
  CHECK(events.at(0).text == "the guardian of worker processes was killed");
}

TEST_CASE("without the parent-death signal a process outlives a killed guardian") {
  Voice voice;
  const auto guardian = start();
  // The twin of the tests above: they would see it. A new process does not inherit that signal.
  REQUIRE(guardian->spawn(
      script(1, "(setsid sh -c 'echo $$ >&3; exec sleep 1000' &); exec sleep 1000", voice)));
  voice.close();
  const pid_t outside = std::stoi(voice.line());
  wait_for(*guardian, 1);
  kill(guardian->pid(), SIGKILL);
  CHECK(wait_for(*guardian, 1).at(0).kind == Kind::ended);
  CHECK(voice.is_held());
  kill(outside, SIGKILL);
  CHECK(voice.rest().empty());
}

TEST_CASE("signals do not end or stop the guardian") {
  Voice voice;
  const auto guardian = start();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGUSR1})
    kill(guardian->pid(), signal);
  REQUIRE(guardian->spawn(script(1, "exit 0", voice)));
  CHECK(wait_for(*guardian, 2).at(1).kind == Kind::ended);
}

TEST_CASE("a child has its descriptors, its environment and its place, and nothing else") {
  Voice third;
  Voice fourth;
  Voice output;
  const auto guardian = start();
  const Child child{
      .number = 1,
      .argv = {"sh", "-c",
               "ls /proc/$$/fd; readlink /proc/$$/fd/0; pwd; echo $PAPY_SLOT $HOME; echo "
               "err >&2; echo 3 >&3; echo 4 >&4"},
      .env = {{"PAPY_SLOT", "a"}, {"HOME", "/nowhere"}},
      .fds = {third.to(), fourth.to()},
      .output = output.to(),
      .directory = "/usr"};
  REQUIRE(guardian->spawn(child));
  third.close();
  fourth.close();
  output.close();
  wait_for(*guardian, 2);
  CHECK(output.rest() == "0\n1\n2\n3\n4\n/dev/null\n/usr\na /nowhere\nerr\n");
  CHECK(third.rest() == "3\n");
  CHECK(fourth.rest() == "4\n");
}

TEST_CASE("a child cannot gain rights, and no signal is blocked for it") {
  CHECK(run("exec grep -E 'SigBlk|NoNewPrivs' /proc/self/status") ==
        "SigBlk:\t0000000000000000\nNoNewPrivs:\t1\n");
}

TEST_CASE("signals do to a child what they usually do, whatever the engine ignores") {
  signal(SIGUSR2, SIG_IGN);
  Voice voice;
  const auto guardian = start();
  REQUIRE(guardian->spawn(script(1, "kill -USR2 $$", voice)));
  CHECK(ended_by(wait_for(*guardian, 2).at(1), SIGUSR2));
  signal(SIGUSR2, SIG_DFL);
}

TEST_CASE("a child leads a group of its own, and the system takes it before the engine") {
  CHECK(run("[ $(cut -d' ' -f5 /proc/$$/stat) = $$ ] && cat /proc/$$/oom_score_adj") == "500\n");
}

TEST_CASE("a child's limits are set") {
  CHECK(run("ulimit -d; ulimit -n; ulimit -t; ulimit -c",
            {.memory = 64 << 20, .open_files = 20, .cpu_time = 9}) == "65536\n20\n9\n0\n");
}

TEST_CASE("a child that uses up its time is ended") {
  Voice voice;
  const auto guardian = start();
  Child child = script(1, "while :; do :; done", voice);
  child.limits.cpu_time = 1;
  REQUIRE(guardian->spawn(child));
  CHECK(ended_by(wait_for(*guardian, 2).at(1), SIGXCPU));
}

TEST_CASE("a program that cannot be started is told with the reason") {
  Voice voice;
  const auto guardian = start();
  Child child{.number = 1, .argv = {"/no/such/program"}, .output = voice.to()};
  std::string text = "cannot start '/no/such/program': No such file or directory";
  int code = ENOENT;
  SECTION("there is none") {}
  SECTION("none is on the path") {
    child.argv = {"no-such-program"};
    text = "cannot start 'no-such-program': No such file or directory";
  }
  SECTION("it is not one") {
    child.program = "/etc/passwd";
    text = "cannot start '/etc/passwd': Permission denied";
    code = EACCES;
  }
  SECTION("its folder is missing") {
    child.directory = "/no/such/folder";
    text = "cannot enter '/no/such/folder': No such file or directory";
  }
  REQUIRE(guardian->spawn(child));
  const auto events = wait_for(*guardian, 1);
  CHECK(events.at(0).kind == Kind::not_started);
  CHECK(events.at(0).error == code);
  CHECK(events.at(0).text == text);
  // And it goes on.
  REQUIRE(guardian->spawn(script(2, "exit 0", voice)));
  CHECK(wait_for(*guardian, 2).at(1).child == 2);
}

TEST_CASE("a process that cannot be forked is told as not started") {
  Engine engine("starved", "", "");
  CHECK(engine.said().rest() == "cannot start a process: Resource temporarily unavailable\n");
}

TEST_CASE("a guardian that cannot be started is an error") {
  const auto guardian = Guardian::start({.program = "/no/such/papy"});
  REQUIRE_FALSE(guardian);
  CHECK(
      guardian.error().text ==
      "cannot start the guardian of worker processes, '/no/such/papy': No such file or directory");
}

TEST_CASE("an order that is too long is an error, and the next one is not") {
  Voice voice;
  const auto guardian = start();
  const auto sent = guardian->spawn(script(1, std::string(70'000, ' '), voice));
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == E2BIG);
  REQUIRE(guardian->spawn(script(2, "exit 0", voice)));
  CHECK(wait_for(*guardian, 2).at(1).child == 2);
}

TEST_CASE("the program itself can be started after it was deleted") {
  const std::string folder = make_folder();
  const std::string copy = folder + "/copy";
  std::filesystem::copy_file(kHost, copy);
  Voice voice;
  const auto guardian = start("", copy);
  std::filesystem::remove_all(folder);
  REQUIRE(guardian->spawn({.number = 1,
                           .program = "/proc/self/exe",
                           .argv = {"papy", "say"},
                           .fds = {voice.to()},
                           .output = voice.to()}));
  voice.close();
  CHECK(voice.line() == "here");
}

TEST_CASE("many children start and end at once, and no descriptor is left") {
  constexpr std::uint32_t kMany = 200;
  const std::size_t before = open_descriptors();
  {
    Voice voice;
    const auto guardian = start();
    for (std::uint32_t number = 0; number < kMany; ++number)
      REQUIRE(guardian->spawn(script(number, "exec sleep 1000", voice)));
    for (std::uint32_t number = 0; number < kMany; ++number) guardian->signal(number, SIGKILL);
    voice.close();
    std::vector<int> told(kMany, 0);
    for (const Guardian::Event& event : wait_for(*guardian, 2 * std::size_t{kMany})) {
      const bool in_order = told.at(event.child) == (event.kind == Kind::ended ? 1 : 0);
      CHECK(in_order);
      ++told[event.child];
    }
    CHECK(told == std::vector<int>(kMany, 2));
    CHECK(voice.rest().empty());
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("children that are at work are gone when the guardian is destroyed, and the folder") {
  constexpr std::uint32_t kMany = 100;
  const std::string folder = make_folder();
  make_socket(folder + "/post");
  Voice voice;
  auto guardian = start(folder);
  for (std::uint32_t number = 0; number < kMany; ++number)
    REQUIRE(guardian->spawn(script(number, "exec sleep 1000", voice)));
  voice.close();
  guardian.reset();
  CHECK_FALSE(voice.is_held());
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("the children of a process are found with and without the system's list") {
  Voice voice;
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  CHECK(children_by_search() == std::vector<pid_t>{child});
  CHECK(children_of_this_process() == std::vector<pid_t>{child});
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(children_by_search().empty());
  CHECK(children_of_this_process().empty());
}

}  // namespace papy
