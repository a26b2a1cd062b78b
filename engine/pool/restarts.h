#pragma once

#include <cstdint>
#include <deque>

#include "flow/task.h"

namespace papy {

/// When a pool may start the next process after one died with nobody to blame, and when it must
/// give up: a plugin that dies while it is loaded would be started for ever.
///
/// Who is killed by others did not fail: that is borne far longer, since the next one may live.
/// A death that is blamed on a tasklet is none of its business: `max_crashes` bounds those.
class Restarts {
 public:
  explicit Restarts(std::uint32_t slots) : most_(slots > 2 ? 2 * slots : 5) {}

  /// A process gave a result, so it can be done.
  void on_success() {
    deaths_.clear();
    killed_ = 0;
    wait_ = Duration(0);
  }
  /// Returns how long to wait: nothing the first time, then from 100 ms to 30 s, doubling.
  Duration on_death(Time now) {
    while (!deaths_.empty() && deaths_.front() < now - kWindow) deaths_.pop_front();
    deaths_.push_back(now);
    const Duration wait = wait_;
    wait_ = wait_.count() == 0 ? kFirst : wait_ * 2 < kLongest ? wait_ * 2 : kLongest;
    return wait;
  }
  /// The process was killed by others. Returns how long to wait: nothing the first time, then
  /// 100 ms.
  Duration on_killed() { return ++killed_ == 1 ? Duration(0) : kFirst; }
  /// More deaths in 10 s, or killings, without a success in between, than could be bad luck.
  bool is_hopeless() const { return deaths_.size() > most_ || killed_ > kMostKilled; }

 private:
  static constexpr Duration kWindow = std::chrono::seconds(10);
  static constexpr Duration kFirst = std::chrono::milliseconds(100);
  static constexpr Duration kLongest = std::chrono::seconds(30);
  static constexpr std::uint32_t kMostKilled = 100;

  const std::size_t most_;
  std::deque<Time> deaths_;
  Duration wait_{0};
  std::uint32_t killed_ = 0;
};

}  // namespace papy
