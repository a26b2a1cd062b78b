#pragma once

#include <sys/types.h>

#include <papy/cpp/args.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "script/descriptor.h"
#include "script/tree.h"

namespace papy::script {

/// What is to be started.
struct Command {
  std::string program;                   ///< its path, or a word without a slash
  std::vector<std::string> argv;         ///< at least its name
  std::vector<std::string> environment;  ///< "NAME=VALUE": replaces and adds to our own
  std::string directory;                 ///< where it works
};

/// The path of a program, looked for on PATH when it has no slash. Throws papy::fail.
std::string found_program(const std::string& program, const std::string& directory);

/// The folder in which programs work: `given`, which "." says is `base`. Throws papy::fail when it
/// cannot be entered.
std::string working_folder(const papy::path& given, std::string_view base);

/// A program that runs, with pipes to it.
///
///     Child child(command, Child::Input::pipe);
///     write(child.in.get(), ...);  poll({child.out, child.err, child.exited});
///     const int status = child.reap();
///
/// It leads a process group of its own, gets no descriptor but its three streams, no blocked and no
/// ignored signal. Our ends of the pipes do not block. It does not outlive its Child: what still
/// runs then is killed with all that it started. One thread at a time.
class Child {
 public:
  enum class Input { none, pipe };
  /// Throws papy::fail when it cannot be started.
  Child(const Command& command, Input input);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  const Tree& tree() const { return tree_; }
  /// Waits for its end and gives its status, as waitpid() does. Kills what it left in its group.
  int reap();
  bool has_ended() const;

  Descriptor in;  ///< -1 without a pipe; close it to end its input
  Descriptor out;
  Descriptor err;
  Descriptor exited;  ///< readable once it has ended

 private:
  pid_t pid_;
  Tree tree_;
  bool reaped_ = false;
};

}  // namespace papy::script
