#pragma once

#include <thread>
#include <utility>

#include "base/semaphore.h"
#include "pool/parking.h"

namespace papy {

/// The thread of an input or output: it parks while the desk has nothing for it, and may hang in
/// foreign code for longer than anyone wants to wait.
class PortThread {
 public:
  PortThread() = default;
  /// Waits for the thread's end: whoever must not wait ends the process instead.
  ~PortThread() {
    if (thread_.joinable()) thread_.join();
  }
  PortThread(const PortThread&) = delete;

  Waiter& waiter() { return parking_; }
  /// The port's own thread only.
  void park() { parking_.park(); }

  template <typename Run>
  void start(Run run) {
    thread_ = std::thread([this, run = std::move(run)] {
      run();
      done_.release();
    });
  }

  /// Waits for the thread's end until `patience` has passed. False: it hangs, and is left behind.
  bool join(Duration patience) {
    if (!thread_.joinable()) return true;
    parking_.wake();
    if (!done_.try_acquire_until(std::chrono::steady_clock::now() + patience)) return false;
    thread_.join();
    return true;
  }

 private:
  Parking parking_;
  Semaphore done_;
  std::thread thread_;
};

}  // namespace papy
