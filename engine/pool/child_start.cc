#include "pool/child_start.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace papy {
namespace {

using Step = ChildNews::Step;

constexpr int kFirstGiven = 3;
constexpr const char* kOomScore =
    "500";  // out of memory, the system takes a slot before the engine

/// What the new process turns itself into; made before the fork.
class Start {
 public:
  explicit Start(const Child& child)
      : child_(child), program_(child.program.empty() ? child.argv.at(0) : child.program) {
    for (const std::string& word : child.argv) argv_.push_back(const_cast<char*>(word.c_str()));
    argv_.push_back(nullptr);
    for (const auto& [name, value] : child.env) environment_.push_back(name + "=" + value);
    for (char** each = environ; *each; ++each) {
      if (!is_replaced(*each)) environment_.emplace_back(*each);
    }
    for (const std::string& each : environment_) envp_.push_back(const_cast<char*>(each.c_str()));
    envp_.push_back(nullptr);
  }

  /// In the new process. Returns only with what went wrong.
  /// `report` is moved out of the way of the child's descriptors.
  StartFailure run(pid_t guardian, int& report) const;

 private:
  bool is_replaced(const std::string& inherited) const {
    return std::any_of(child_.env.begin(), child_.env.end(), [&inherited](const auto& pair) {
      return inherited.starts_with(pair.first + "=");
    });
  }
  int set_limits() const;
  int place_descriptors(int& report) const;

  const Child& child_;
  const std::string program_;
  std::vector<std::string> environment_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
};

/// Soft and hard, but never above what is allowed here. Returns an errno, or 0.
int limit(__rlimit_resource what, rlim_t soft, rlim_t hard) {
  rlimit now{};
  if (getrlimit(what, &now) != 0) return errno;
  now.rlim_max = std::min(hard, now.rlim_max);
  now.rlim_cur = std::min(soft, now.rlim_max);
  return setrlimit(what, &now) == 0 ? 0 : errno;
}

int Start::set_limits() const {
  const ChildLimits& limits = child_.limits;
  int code = limit(RLIMIT_CORE, 0, 0);
  if (code == 0 && limits.memory) code = limit(RLIMIT_DATA, *limits.memory, *limits.memory);
  if (code == 0 && limits.open_files)
    code = limit(RLIMIT_NOFILE, *limits.open_files, *limits.open_files);
  if (code == 0 && limits.cpu_time)
    code = limit(RLIMIT_CPU, *limits.cpu_time, *limits.cpu_time + 1);
  return code;
}

// All are first copied to above the places that are wanted, so that none overwrites another.
int Start::place_descriptors(int& report) const {
  const int end = kFirstGiven + static_cast<int>(child_.fds.size());
  const int moved = fcntl(report, F_DUPFD_CLOEXEC, end);
  if (moved < 0) return errno;
  report = moved;
  const int output = fcntl(child_.output, F_DUPFD_CLOEXEC, end);
  if (output < 0) return errno;
  std::vector<int> given;
  for (const int fd : child_.fds) {
    given.push_back(fcntl(fd, F_DUPFD_CLOEXEC, end));
    if (given.back() < 0) return errno;
  }
  if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) return errno;
  for (int at = kFirstGiven; at < end; ++at) {
    if (dup2(given[static_cast<std::size_t>(at - kFirstGiven)], at) < 0) return errno;
  }
  // All of ours close themselves; this is for what we may have inherited.
  close_range(static_cast<unsigned>(end), ~0U, CLOSE_RANGE_CLOEXEC);
  return 0;
}

void raise_oom_score() {
  const Descriptor file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file) [[maybe_unused]]
    const ssize_t written = write(file.get(), kOomScore, 3);
}

void reset_signals() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &usual, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

StartFailure Start::run(pid_t guardian, int& report) const {
  setpgid(0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return {Step::setup, errno};
  if (getppid() != guardian) _exit(1);  // it ended before it could be told to tell us
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return {Step::setup, errno};
  raise_oom_score();
  if (const int code = place_descriptors(report)) return {Step::setup, code};
  if (const int code = set_limits()) return {Step::setup, code};
  if (!child_.directory.empty() && chdir(child_.directory.c_str()) != 0)
    return {Step::directory, errno};
  reset_signals();
  execvpe(program_.c_str(), argv_.data(), envp_.data());
  return {Step::exec, errno};
}

}  // namespace

tl::expected<StartedChild, int> start_child(const Child& child) {
  const Start start(child);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return tl::unexpected(errno);
  Descriptor report(ends[0]);
  const Descriptor theirs(ends[1]);
  const pid_t guardian = getpid();
  const pid_t pid = fork();
  if (pid < 0) return tl::unexpected(errno);
  if (pid == 0) {
    int to = theirs.get();
    const StartFailure failure = start.run(guardian, to);
    [[maybe_unused]] const ssize_t written = write(to, &failure, sizeof failure);
    _exit(127);
  }
  setpgid(pid, pid);  // it does so itself as well: whoever comes first
  return StartedChild{pid, std::move(report)};
}

}  // namespace papy
