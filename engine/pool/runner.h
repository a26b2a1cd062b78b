#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flow/events.h"
#include "flow/plumber.h"
#include "flow/report.h"
#include "pool/arena.h"
#include "pool/input_port.h"
#include "pool/instances.h"
#include "pool/output_port.h"
#include "pool/process_pools.h"
#include "pool/thread_pool.h"

namespace papy {

/// Everything that runs one plan in this process: its pools, a thread for each input and output,
/// and their plumber.
///
///     Runner runner(plan, resolver, host, events, report);
///     if (auto opened = runner.open(); !opened) ...      // nothing was read or written
///     Runner::End end = runner.run();
///
/// A runner runs once. The plan, host, events and report are borrowed and must outlive it.
class Runner {
 public:
  struct Settings {
    Flow::Settings flow;
    ProcessPools::Settings processes;
    Duration patience =
        std::chrono::seconds(2);  ///< for a source or sink that hangs when all else has ended, and
                                  ///< for functions that are cancelled
  };
  struct End : Plumber::End {
    std::vector<std::string> io_errors;  ///< inputs that could not be read on, outputs that could
                                         ///< not be written or finished, for the user
    std::int32_t io_code = 0;  ///< code that the first of them gave (EPIPE, ENOSPC ...), or 0
    std::vector<OutputId> unwritten;  ///< outputs that could not be written: nobody knows how much
                                      ///< of what they took is where it should be
    bool left_behind = false;  ///< a thread hangs in foreign code: end the process with _exit()

    void note(std::string text, std::int32_t code);
  };

  Runner(const Plan& plan, Resolver resolver, const papy_host* host, Events& events,
         Report& report);
  Runner(const Plan& plan, Resolver resolver, const papy_host* host, Events& events, Report& report,
         const Settings& settings);
  ~Runner();

  /// Opens all sources and sinks. The error is for the user.
  Result<void> open();
  End run();

  /// Within run(), by whoever waits for events: the processes stand still until they are continued,
  /// and their time-outs with them.
  void stop_processes() { processes_.stop(); }
  void continue_processes() { processes_.go_on(); }

  Plumber& plumber() { return plumber_; }

 private:
  Result<void> start();
  void finish_outputs(End* end);

  const Plan& plan_;
  const Settings settings_;
  const Resolver resolver_;
  Arenas arenas_;  // before every batch that may lie there
  Plumber plumber_;
  const CallSettings calls_;
  const std::vector<Group> groups_;
  Instances instances_;
  std::vector<std::unique_ptr<ThreadPool>> pools_;
  ProcessPools processes_;
  std::vector<std::unique_ptr<InputPort>> inputs_;
  std::vector<std::unique_ptr<OutputPort>> outputs_;
};

}  // namespace papy
