#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace papy {

/// Where a slot says what it is doing, so that whoever sees it die or hang knows which tasklet to
/// blame without a message: a page that a slot's process and the engine share, or a piece of the
/// engine's own memory for a thread. Its layout is part of the protocol (PROTOCOL.md).
///
/// The slot writes all but `revoked`; the engine writes `revoked` and reads the rest at any time.
struct alignas(128) SlotPage {
  /// A value of `task`: it loads the functions of a group.
  static constexpr std::uint64_t kLoads = UINT64_MAX;

  /// Id of the task under evaluation; 0: none.
  std::atomic<std::uint64_t> task{0};
  /// Which of its tasklets, and where in it: see At. Written after `task`.
  std::atomic<std::uint64_t> at{0};
  /// CLOCK_MONOTONIC in ns when that tasklet began, of a piper with a time-out or a deadline; else
  /// 0.
  std::atomic<std::uint64_t> since{0};
  /// Tasks that the slot has begun, counted in the order in which they were sent.
  std::atomic<std::uint64_t> begun{0};
  /// Tasks that it may begin: not the one of this number and none after it.
  std::atomic<std::uint64_t> revoked{UINT64_MAX};

  /// A place in a task.
  struct At {
    std::uint32_t tasklet = 0;   ///< index in the task
    std::uint16_t stage = 0;     ///< piper of the group
    std::uint8_t function = 0;   ///< of its chain
    bool many = false;           ///< in call_many: this tasklet or any after it
    bool in_function = false;    ///< else in open(), load() or save(), or between two calls
    bool out_of_memory = false;  ///< it ends because of that
    bool ended = false;          ///< a function before said END with a value for this tasklet
    friend bool operator==(const At&, const At&) = default;
  };
  static std::uint64_t pack(const At& at) {
    return std::uint64_t{at.tasklet} | std::uint64_t{at.stage} << 32 |
           std::uint64_t{at.function} << 48 | std::uint64_t{at.many} << 56 |
           std::uint64_t{at.in_function} << 57 | std::uint64_t{at.out_of_memory} << 58 |
           std::uint64_t{at.ended} << 59;
  }
  static At unpack(std::uint64_t at) {
    return {static_cast<std::uint32_t>(at),
            static_cast<std::uint16_t>(at >> 32),
            static_cast<std::uint8_t>(at >> 48),
            (at >> 56 & 1) != 0,
            (at >> 57 & 1) != 0,
            (at >> 58 & 1) != 0,
            (at >> 59 & 1) != 0};
  }

  // The slot.

  /// True when the slot may begin the task of this number; it has then begun it. Both sides write
  /// before they read (sequentially consistent), so that never both win.
  bool begin(std::uint64_t number) {
    begun.store(number + 1, std::memory_order_seq_cst);
    return number < revoked.load(std::memory_order_seq_cst);
  }
  void enter(const At& place) { at.store(pack(place), std::memory_order_release); }

  // The engine.

  /// Takes back the tasks from this number on, but for those that have begun. Returns the number of
  /// the first that will not be begun. Requires: no task is sent meanwhile.
  std::uint64_t revoke(std::uint64_t from) {
    revoked.store(from, std::memory_order_seq_cst);
    const std::uint64_t first = begun.load(std::memory_order_seq_cst);
    return first > from ? first : from;
  }
  /// Whatever is sent from now on may be begun. Requires: what was taken back was passed over.
  void permit() { revoked.store(UINT64_MAX, std::memory_order_seq_cst); }
};

static_assert(sizeof(SlotPage) == 128);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace papy
