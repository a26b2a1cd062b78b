#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>

#include "flow/events.h"

namespace papy {

/// Waits with ppoll for an eventfd, signals and time. The clock begins with the object.
///
/// The signals it is made for are blocked in the thread that makes it, so it is made before any
/// other thread; they stay blocked until it ends, and those that were ignored before (nohup) stay
/// ignored.
class Poller final : public Events {
 public:
  explicit Poller(std::initializer_list<int> signals);
  ~Poller() override;
  Poller(const Poller&) = delete;

  std::optional<int> wait(std::optional<Time> deadline) override;
  void notify() override;
  Time now() const override { return std::chrono::steady_clock::now() - began_; }

 private:
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  int event_ = -1;
  int signals_ = -1;
};

}  // namespace papy
