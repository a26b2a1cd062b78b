#pragma once

#include <atomic>
#include <mutex>

// What clang's -Wthread-safety checks; nothing for other compilers.
#if defined(__clang__)
#define PAPY_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define PAPY_THREAD_ANNOTATION(x)
#endif
#define PAPY_CAPABILITY(x) PAPY_THREAD_ANNOTATION(capability(x))
#define PAPY_SCOPED_CAPABILITY PAPY_THREAD_ANNOTATION(scoped_lockable)
#define PAPY_GUARDED_BY(x) PAPY_THREAD_ANNOTATION(guarded_by(x))
#define PAPY_REQUIRES(...) PAPY_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define PAPY_ACQUIRE(...) PAPY_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define PAPY_RELEASE(...) PAPY_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define PAPY_TRY_ACQUIRE(...) PAPY_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define PAPY_EXCLUDES(...) PAPY_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace papy {

/// A std::mutex that clang can check: members say PAPY_GUARDED_BY(mutex_), private functions that
/// are called with it held say PAPY_REQUIRES(mutex_). For short sections: who finds it taken looks
/// again a few times before it sleeps, since waking a sleeper costs far more than what is done
/// under it. Looking takes nothing away from the one who holds it: it reads, and what lies beside
/// the mutex is on other cache lines.
class alignas(64) PAPY_CAPABILITY("mutex") Mutex {
 public:
  void lock() PAPY_ACQUIRE() {
    for (int i = 0; i < kLooks; ++i) {
      if (!is_held_.load(std::memory_order_relaxed) && try_lock()) return;
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }
    mutex_.lock();
    is_held_.store(true, std::memory_order_relaxed);
  }
  void unlock() PAPY_RELEASE() {
    is_held_.store(false, std::memory_order_relaxed);
    mutex_.unlock();
  }
  bool try_lock() PAPY_TRY_ACQUIRE(true) {
    if (!mutex_.try_lock()) return false;
    is_held_.store(true, std::memory_order_relaxed);
    return true;
  }

 private:
  static constexpr int kLooks = 60;
  std::mutex mutex_;
  std::atomic<bool> is_held_{false};  // a hint: mutex_ alone decides
};

/// Holds a Mutex for the length of a scope.
class PAPY_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PAPY_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() PAPY_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace papy
