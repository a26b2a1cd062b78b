#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "flow/desk.h"
#include "pool/call.h"
#include "pool/instances.h"
#include "pool/port_thread.h"

namespace papy {

/// A source in a thread of its own, so that a read that blocks stalls nobody else.
class InputPort {
 public:
  /// All is borrowed and must outlive the port. `unwanted` becomes true when the source should end.
  InputPort(InputId input, const Plan& plan, Desk& desk, const CallSettings& settings,
            const std::atomic<bool>& unwanted);
  InputPort(const InputPort&) = delete;

  Waiter& waiter() { return thread_.waiter(); }
  /// Opens the source, in the caller's thread. The error is for the user.
  Result<void> open(const Resolver& resolver);
  /// Items the source will give in all, or 0 when it does not know. Requires: open() went well.
  std::uint64_t size() const;
  void start() {
    thread_.start([this] { run(); });
  }
  /// Waits for the thread's end until `patience` has passed. False: it hangs in a read, and is left
  /// behind.
  bool join(Duration patience) { return thread_.join(patience); }
  /// Why the source could not read on, and the code it gave; empty: it could. Requires: join()
  /// returned true.
  const std::string& failed() const { return failed_; }
  std::int32_t failed_code() const { return failed_code_; }

 private:
  enum class Read { more, blocked, ended };

  void run();
  std::uint64_t chunk() const;
  Read read(std::uint64_t wanted);

  const InputId input_;
  const PlanInput& plan_;
  const std::string base_;
  Desk& desk_;
  const CallSettings settings_;
  Instance instance_;
  PluginCall call_;
  BatchBuilder out_;
  std::uint64_t place_ = 0;  // of the next item
  std::uint64_t item_bytes_ =
      UINT64_MAX;  // bytes of an item, as the last call gave them; at first: not known
  std::string failed_;
  std::int32_t failed_code_ = 0;
  PortThread thread_;  // last: it ends before what it uses
};

}  // namespace papy
