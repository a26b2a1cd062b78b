#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace papy {

/// Counts what was released and not yet acquired; who finds nothing sleeps. Any threads.
///
/// std::counting_semaphore is not used: libstdc++'s may leave a thread asleep although there is
/// something to acquire (GCC bug 98033).
class Semaphore {
 public:
  void release() {
    const std::lock_guard lock(mutex_);
    ++count_;
    released_.notify_one();
  }
  void acquire() {
    // What others are just about to do often comes before a sleep would have begun.
    for (int look = 0; look < kLooks; ++look) {
      if (try_acquire()) return;
      std::this_thread::yield();
    }
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return count_ > 0; });
    --count_;
  }
  /// False: nothing was there until then.
  bool try_acquire_until(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    if (!released_.wait_until(lock, until, [this] { return count_ > 0; })) return false;
    --count_;
    return true;
  }

 private:
  static constexpr int kLooks = 4;

  bool try_acquire() {
    const std::lock_guard lock(mutex_);
    if (count_ == 0) return false;
    --count_;
    return true;
  }

  std::mutex mutex_;
  std::condition_variable released_;
  std::uint64_t count_ = 0;
};

}  // namespace papy
