// Runs one command the way a measurement needs it, and says what it cost:
//
//     bench_launch COMMAND [ARGUMENT...]
//     {"status": 0, "wall_ns": 1203456, "cpu_ns": 2000000, "peak_kib": 5120}       on stdout; its
//     own stdout goes nowhere
//
// The command gets a session of its own with the highest autogroup priority, so that the scheduler
// does not share its cores by session. A small program must start it: the peak memory of a process
// counts that of whoever forked it.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void become(char** command) {
  setsid();
  // Needs privileges, and a kernel that groups by session; without either the command runs as it
  // is.
  const int autogroup = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
  if (autogroup >= 0) {
    [[maybe_unused]] const ssize_t written = write(autogroup, "-20", 3);
    close(autogroup);
  }
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  execvp(command[0], command);
  std::perror(command[0]);
  _exit(127);
}

long long nanoseconds(const timeval& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_usec * 1'000LL;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_launch COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) {
    std::perror("fork");
    return 1;
  }
  if (child == 0) become(argv + 1);
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) {
    std::perror("wait4");
    return 1;
  }
  const auto wall = std::chrono::steady_clock::now() - begin;
  std::printf("{\"status\": %d, \"wall_ns\": %lld, \"cpu_ns\": %lld, \"peak_kib\": %ld}\n",
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
              static_cast<long long>(std::chrono::nanoseconds(wall).count()),
              nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime), used.ru_maxrss);
  return 0;
}
