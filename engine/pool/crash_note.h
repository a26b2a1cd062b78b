#pragma once

#include <signal.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace papy {

/// A line that is put together in a signal handler: no memory, no locks. What is too long is cut.
class CrashText {
 public:
  CrashText& operator<<(std::string_view text);
  CrashText& operator<<(std::uint64_t number);
  std::string_view text() const { return {bytes_, size_}; }

 private:
  char bytes_[1024];
  std::size_t size_ = 0;
};

/// Who knows what a thread is at.
class CrashPlace {
 public:
  virtual ~CrashPlace() = default;
  /// Adds "PLUGIN.FUNCTION (piper ...)" or what else it is that crashed, or nothing if no function
  /// is under way. Called in a signal handler, by the thread itself.
  virtual void describe(CrashText& text) const = 0;
};

/// As long as it lives, the thread that made it is at `place`, and has a stack for the case that
/// its own overflows.
class CrashWatch {
 public:
  explicit CrashWatch(const CrashPlace& place);
  CrashWatch(const CrashWatch&) = delete;
  CrashWatch& operator=(const CrashWatch&) = delete;
  ~CrashWatch();

 private:
  std::unique_ptr<std::byte[]> stack_;
  stack_t before_;
};

/// As long as it lives, code that ends this process by exit() is told of on stderr, and papy ends
/// with kExitedByFunction instead of a code that may say that all went well:
///
///     error: exit(0) called in mine.trim (piper 'trim', item 17); functions that end the process
///     belong in a pool of type process
///
/// Handlers that are registered later go first: make one before foreign code is loaded, and another
/// after it. Papy itself ends a run by returning, or by _exit().
class ExitWatch {
 public:
  ExitWatch();
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;
  ~ExitWatch();
};
inline constexpr int kExitedByFunction = 3;

/// From now on a signal that comes of a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) is
/// followed by one line on stderr which says where it was:
///
///     error: killed by SIGSEGV in fastx.trim (piper 'trim', item 17); functions that may crash ...
///
/// Then it does what it did before: the process ends by it. Once, before any thread.
void note_crashes();

}  // namespace papy
