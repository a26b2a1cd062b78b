#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "pool/child.h"

namespace papy {

/// The engine's hold on the guardian: a process (`papy guardian`) that starts all slots' processes
/// and outlives nothing of them. Whoever dies, nothing is left behind: when the engine ends in
/// whatever way, the guardian kills what it started, descendants in sessions of their own included,
/// and removes the run's private folder; when the guardian is killed, its children die with it.
///
///     auto guardian = Guardian::start({.folder = folder});
///     (*guardian)->spawn(child);
///     poll((*guardian)->fd()) ...
///     for (const Guardian::Event& event : (*guardian)->events()) ...
///
/// One thread uses it. Each spawn() that succeeded is answered by `not_started`, or by `started`
/// and later `ended`. When the guardian is lost, what was not yet told to have started is told as
/// `not_started`, and the others as `ended` by SIGKILL.
class Guardian {
 public:
  struct Settings {
    std::string program = "/proc/self/exe";  ///< is called with the words `guardian FOLDER`
    std::string folder;  ///< private folder of the run, removed at the end; empty: none
  };

  struct Event {
    using Kind = ChildNews::Kind;
    Kind kind = Kind::started;
    std::uint32_t child = 0;
    pid_t pid = 0;     ///< of started and ended; also its process group
    int status = 0;    ///< of ended, as waitpid() gives it
    int error = 0;     ///< errno of not_started
    std::string text;  ///< of not_started: why, for the user
  };

  static Result<std::unique_ptr<Guardian>> start(const Settings& settings);

  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  /// Everything it started is gone afterwards, and the folder. Takes up to 2 s.
  ~Guardian();

  /// Orders a child, and waits for nothing. Its descriptors may be closed when this returns.
  /// Each child leads a process group, has no terminal, no core file and no way to gain rights, the
  /// default disposition of all signals, and no descriptors but those given.
  /// An error: the guardian is lost or does not answer, or the order is too long.
  Result<void> spawn(const Child& child);

  /// Sends a signal to a child's process group, in the order of calls. A child that is gone is no
  /// error.
  void signal(std::uint32_t child, int signal);

  /// The run's folder stays when this object goes: another guardian will answer for it.
  void leave_folder();

  /// What has come since the last call; never blocks. When `ended` comes, nothing of the child's
  /// process group is left to run.
  std::vector<Event> events();

  /// False once events() met the end of the guardian, which somebody killed: its children are dead
  /// or dying, and the owner makes another.
  bool alive() const { return alive_; }

  /// Readable when events() has something to tell; negative when it is lost.
  int fd() const { return alive_ ? socket_.get() : -1; }

  /// The guardian's process.
  pid_t pid() const { return pid_; }

 private:
  struct Ordered {
    pid_t pid = 0;  // 0 until it has started
    std::string program;
    std::string directory;
  };

  Guardian(Descriptor socket, pid_t pid, std::string folder);

  Result<void> send(const std::string& order, const std::vector<int>& descriptors);
  Event told(const ChildNews& news);
  void on_lost(std::vector<Event>& events);
  bool wait_until_closed();

  Descriptor socket_;
  const pid_t pid_;
  std::string folder_;
  bool alive_ = true;
  std::map<std::uint32_t, Ordered> ordered_;  // what has neither ended nor failed to start
};

}  // namespace papy
