#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>

#include "flow/events.h"

namespace papy {

/// Waits with ppoll for an eventfd, signals and time. The clock begins with the object.
///
/// The signals it is made for are blocked in the thread that makes it, so it is made before any
/// other thread; they stay blocked until it ends, and those that were ignored before (nohup) stay
/// ignored. SIGTSTP is no news for whoever waits: it stops this process, and the clock with it.
/// Nor is SIGUSR1, by which a batch system warns of the end: nothing is kept back that could be
/// written then.
class Poller final : public Events {
 public:
  explicit Poller(std::initializer_list<int> signals);
  ~Poller() override;
  Poller(const Poller&) = delete;

  std::optional<int> wait(std::optional<Time> deadline) override;
  void notify() override;
  Time now() const override {
    return std::chrono::steady_clock::now() - began_ -
           Duration(stopped_.load(std::memory_order_relaxed));
  }

  /// What is done before this process is stopped, and when it goes on. Called within wait().
  void around_stop(std::function<void()> before, std::function<void()> after);

 private:
  void stop();

  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  int event_ = -1;
  int signals_ = -1;
  std::atomic<std::int64_t> stopped_{0};  // ns in which the clock stood
  std::function<void()> before_stop_ = [] {}, after_stop_ = [] {};
};

}  // namespace papy
