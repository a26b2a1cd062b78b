#include "pool/crash_note.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace papy {
namespace {

struct Crash {
  int signal;
  std::string_view name;
};
constexpr std::array kCrashes{Crash{SIGSEGV, "SIGSEGV"}, Crash{SIGBUS, "SIGBUS"},
                              Crash{SIGFPE, "SIGFPE"}, Crash{SIGILL, "SIGILL"},
                              Crash{SIGABRT, "SIGABRT"}};
constexpr std::size_t kLeastStack = 32 << 10;

thread_local const CrashPlace* place_of_thread = nullptr;
std::array<struct sigaction, kCrashes.size()> usual;  // what the signals did before
std::atomic_flag noted = ATOMIC_FLAG_INIT;            // one line, however many threads crash

/// Adds where this thread is, and what to do about functions that do such things.
void add_place(CrashText& line, std::string_view such) {
  CrashText where;
  if (place_of_thread != nullptr) place_of_thread->describe(where);
  if (where.text().empty()) {
    line << " outside of the pipers' functions: in a source, a sink, or papy itself\n";
  } else {
    line << " in " << where.text() << "; functions that " << such
         << " belong in a pool of type process\n";
  }
}

void write_line(const CrashText& line) {
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, line.text().data(), line.text().size());
}

void write_note(std::string_view name) {
  CrashText line;
  line << "error: killed by " << name;
  add_place(line, "may crash");
  write_line(line);
}

std::atomic<pid_t> watched = 0;  // the process whose exit() is told of: not one that it forked
std::atomic<int> watches = 0;

void on_exit_called(int status, void*) {
  if (watched != getpid()) return;
  if (!noted.test_and_set()) {
    CrashText line;
    line << "error: exit(" << (status < 0 ? "-" : "")
         << static_cast<std::uint64_t>(std::abs(std::int64_t{status})) << ") called";
    add_place(line, "end the process");
    write_line(line);
  }
  _exit(kExitedByFunction);
}

// The signal is sent to this thread again, as it came: it is blocked until we return.
void on_crash(int signal, siginfo_t* about, void*) {
  for (std::size_t i = 0; i < kCrashes.size(); ++i) {
    if (kCrashes[i].signal != signal) continue;
    if (!noted.test_and_set()) write_note(kCrashes[i].name);
    sigaction(signal, &usual[i], nullptr);
  }
  syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), signal, about);
}

}  // namespace

CrashText& CrashText::operator<<(std::string_view text) {
  const std::size_t taken = std::min(text.size(), sizeof bytes_ - size_);
  std::memcpy(bytes_ + size_, text.data(), taken);
  size_ += taken;
  return *this;
}

CrashText& CrashText::operator<<(std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
}

CrashWatch::CrashWatch(const CrashPlace& place) {
  const auto size = std::max(kLeastStack, static_cast<std::size_t>(sysconf(_SC_SIGSTKSZ)));
  stack_ = std::make_unique<std::byte[]>(size);
  const stack_t stack{.ss_sp = stack_.get(), .ss_flags = 0, .ss_size = size};
  sigaltstack(&stack, &before_);
  place_of_thread = &place;
}

CrashWatch::~CrashWatch() {
  place_of_thread = nullptr;
  sigaltstack(&before_, nullptr);
}

ExitWatch::ExitWatch() {
  ++watches;
  watched = getpid();
  on_exit(on_exit_called, nullptr);
}

ExitWatch::~ExitWatch() {
  if (--watches == 0) watched = 0;
}

void note_crashes() {
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < kCrashes.size(); ++i)
    sigaction(kCrashes[i].signal, &action, &usual[i]);
}

}  // namespace papy
