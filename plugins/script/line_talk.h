#pragma once

#include <cstddef>
#include <papy/cpp/host.hpp>
#include <string>
#include <string_view>

#include "script/child.h"
#include "script/tail.h"

namespace papy::script {

/// A talk with a program that answers each line with one line.
///
///     LineTalk talk(command, most);
///     talk.ask("2 + 2", call);      // "4"
///
/// Once a talk is broken (the program ended, was too late, said too much) it is of no more use. One
/// thread at a time.
class LineTalk {
 public:
  /// Starts the program. Throws papy::fail. `most`: bytes of an answer.
  LineTalk(const Command& command, std::size_t most);
  /// Closes the program's stdin; one that has not ended two seconds later is killed.
  ~LineTalk();

  /// True when it has ended or said something that nobody asked for.
  bool is_broken();
  /// The answer. Requires: !is_broken(), no line feed in `line`. Throws papy::failure when there is
  /// none, and papy::cancelled when the call is not wanted any more; the talk is broken then.
  std::string ask(std::string_view line, const context& call);

 private:
  void wait(std::string_view unwritten, const context* call);
  std::string_view write_some(std::string_view line);
  bool read_some();
  void read_errors();
  [[noreturn]] void tell_end();

  Child child_;
  const std::size_t most_;
  std::string answer_;  // what came of it so far
  Tail errors_;         // since the last answer
  bool is_broken_ = false;
};

}  // namespace papy::script
