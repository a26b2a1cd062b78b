#pragma once

#include <cstdint>
#include <papy/cpp/host.hpp>
#include <string>
#include <string_view>

#include "script/child.h"
#include "script/tail.h"

namespace papy::script {

/// Why a program was not left to its end.
enum class Cut {
  none,
  late,       ///< the call's deadline passed
  cancelled,  ///< the run is being ended
  output,     ///< it wrote more than it may
};

/// What became of a program.
struct Ended {
  int status = 0;  ///< as waitpid() gives it
  Cut cut = Cut::none;
  std::string out;
  Tail err{0};
  double began = 0;    ///< seconds since 1970
  double seconds = 0;  ///< that it took

  int exit_status() const;  ///< 128 + n for one that signal n ended
  int signal() const;       ///< 0: it ended by itself
};

/// What a program may write.
struct Bounds {
  std::size_t output = 64 << 20;  ///< bytes of stdout; one more and it is killed
  std::size_t errors = 64 << 10;  ///< bytes of stderr that are kept, the last ones
};

/// Hands a program its input, takes what it writes, and waits for its end: that it has ended and
/// that nobody holds its streams any more. Who still does two seconds after it ended is killed.
///
/// When the call is late the whole tree gets a SIGTERM and, two seconds later, SIGKILL; when it is
/// not wanted any more, SIGKILL at once. A program may close its stdin early, or not read it at
/// all.
class Exchange {
 public:
  /// All are borrowed.
  Exchange(Child& child, std::string_view input, const Bounds& bounds, const context& call)
      : child_(child), input_(input), bounds_(bounds), call_(call) {
    ended_.err = Tail(bounds.errors);
  }

  Ended run();

 private:
  bool is_over();
  void wait();
  void look_at_call();
  void write();
  void read_output();
  void read_errors();
  void cut(Cut why, bool ask_first);

  Child& child_;
  std::string_view input_;  // what is not written yet
  const Bounds bounds_;
  const context& call_;
  Ended ended_;
  bool has_ended_ = false;
  bool is_killed_ = false;
  std::uint64_t patience_ends_ = UINT64_MAX;  // then who is left is killed; CLOCK_MONOTONIC
};

/// CLOCK_MONOTONIC in nanoseconds.
std::uint64_t monotonic_ns();

}  // namespace papy::script
