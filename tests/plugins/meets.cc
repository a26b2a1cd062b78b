// Functions that know where they are evaluated, and how many of their calls there are at once in
// all threads and processes of a run.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <thread>

PAPY_PLUGIN(meets, "1", "MIT", "");

namespace {

/// In a file that everybody maps.
struct Room {
  std::atomic<std::int64_t> inside;
  std::atomic<std::int64_t> most;
};

struct meet_args {
  PAPY_ARGS(meet_args, (std::string, room, papy::required, "a file of 16 bytes, zeros at first"),
            (std::int64_t, wait_for, 1, "a call waits, 20 s at most, until so many met"))
};

class meet {
 public:
  using Args = meet_args;
  explicit meet(const meet_args& args) : wait_for_(args.wait_for) {
    const int file = open(args.room.c_str(), O_RDWR | O_CLOEXEC);
    void* const memory =
        file < 0 ? MAP_FAILED
                 : mmap(nullptr, sizeof(Room), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (memory == MAP_FAILED) throw papy::fatal("cannot map " + args.room);
    room_ = static_cast<Room*>(memory);
  }
  meet(const meet&) = delete;
  ~meet() { munmap(room_, sizeof(Room)); }

  /// The most that were there at once so far.
  std::int64_t operator()(std::int64_t) {
    const std::int64_t inside = ++room_->inside;
    std::int64_t most = room_->most;
    while (most < inside && !room_->most.compare_exchange_weak(most, inside)) {
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (room_->most < wait_for_ && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    --room_->inside;
    return room_->most;
  }

 private:
  const std::int64_t wait_for_;
  Room* room_ = nullptr;
};

}  // namespace

PAPY_WORKER_AS(meet, meet, "how many calls there were at once");

std::int64_t where(std::int64_t) { return getpid(); }
PAPY_WORKER(where, "the process that evaluates");
