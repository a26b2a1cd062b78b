#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/report.h"
#include "run/failure_tally.h"

namespace papy {

/// How a run came to its end.
enum class Ending {
  finished,       ///< everything that was read went all the way
  drained,        ///< it was asked to stop: sources ended early, what was read went all the way
  policy,         ///< stopped by its own rules: max_failures, on_error: stop, memory
  broken,         ///< reading or writing failed
  stdout_closed,  ///< whoever read the output has gone
  killed,         ///< by a signal
  bug,            ///< papy is wrong
};

/// What an output wrote that did not get its name.
struct ProvisionalFile {
  std::string output;
  std::string path;
};

/// Everything there is to tell of a run when it is over.
struct Account {
  std::string run;  ///< its id
  Ending ending = Ending::finished;
  std::string reason;  ///< of every ending but `finished`, one line
  int signal = 0;      ///< of drained and killed
  Snapshot end;
  std::vector<Flow::EdgeCount> edges;  ///< as the flow gives them: those to outputs last, in order
  std::vector<FailureGroup> failures;
  std::uint64_t other_failures = 0;  ///< of sorts that are not in `failures`
  std::string dead_letters;          ///< the file; empty: none was made
  std::uint64_t dead_letters_lost = 0;
  std::vector<OutputId>
      unwritten;  ///< nobody knows how much of what they took is where it should be
  std::vector<ProvisionalFile> provisional;
};

/// What became of the stream of one output:
/// length (or at least that) = written + failed + gaps + not_done.
struct OutputAccount {
  std::string name;
  std::uint64_t length = 0;
  bool length_known = false;
  OutputCount count;
  std::uint64_t not_done = 0;
  bool complete = true;  ///< what it took as written is there
};
std::vector<OutputAccount> output_accounts(const Plan& plan, const Account& account);

/// What does not add up, a line each; empty when all is well. Anything here is a bug of papy.
std::vector<std::string> mismatches(const Plan& plan, const Account& account);

/// As `papy run` ends:
///
///     0 everything was written, or left out on purpose      1 finished, some items failed
///     3 stopped by its own policy    4 a bug in papy         5 reading or writing failed
///     141 stdout was closed          128 + n by a signal
///
/// A run that was asked to stop and drained gives 128 + n too: not all of the input was read.
int exit_code(const Plan& plan, const Account& account);

}  // namespace papy
