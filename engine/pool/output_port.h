#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "flow/desk.h"
#include "pool/call.h"
#include "pool/instances.h"
#include "pool/port_thread.h"

namespace papy {

/// A sink in a thread of its own.
class OutputPort {
 public:
  /// All is borrowed and must outlive the port.
  OutputPort(OutputId output, const Plan& plan, Desk& desk, const CallSettings& settings);
  OutputPort(const OutputPort&) = delete;

  Waiter& waiter() { return thread_.waiter(); }
  /// Opens the sink, in the caller's thread. The error is for the user.
  Result<void> open(const Resolver& resolver);
  void start() {
    thread_.start([this] { run(); });
  }
  /// Waits for the thread's end until `patience` has passed. False: it hangs in a write, and is
  /// left behind.
  bool join(Duration patience) { return thread_.join(patience); }

  /// Ends the sink; `ok`: all that was to be written was. Requires: join() returned true.
  Result<void> finish(bool ok);
  /// Closes the sink; one that was not finished keeps what it wrote, under no final name.
  /// Requires: join() returned true.
  void close() { instance_ = Instance(); }

  /// Why the sink could not write, and the code it gave; empty: it could. Requires: join() returned
  /// true.
  const std::string& failed() const { return failed_; }
  std::int32_t failed_code() const { return failed_code_; }

 private:
  void run();
  bool write(const Flow::Part& part, OutputCount* count);
  bool pass_over(ItemView item, Place place, OutputCount* count);

  const OutputId output_;
  const PlanOutput& plan_;
  const std::string base_;
  Desk& desk_;
  const CallSettings settings_;
  Instance instance_;
  PluginCall call_;
  BatchBuilder scratch_;
  std::string failed_;
  std::int32_t failed_code_ = 0;
  PortThread thread_;  // last: it ends before what it uses
};

}  // namespace papy
