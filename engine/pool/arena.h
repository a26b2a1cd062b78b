#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/mutex.h"
#include "base/result.h"
#include "item/batch.h"
#include "item/frame_memory.h"
#include "pool/message.h"

namespace papy {

// Large frames do not travel between the processes of a run: they lie in one anonymous file that
// all of them map, and messages say where (SharedBytes). Whoever dies, the file goes with the last
// process that has it.
//
//     arena 0        | arena 1         | arena 2         ...
//     the engine's   | the first slot's| the second's
//
// The engine writes arena 0, the process of a slot its own, and everybody reads all of it: whatever
// a function of a process that crashes writes where, what others made stays as it is. Arena a takes
// the bytes [a * kArenaBytes, (a + 1) * kArenaBytes) of the file, which has pages only where they
// are in use. Each slot's process gets the file as descriptor 5.

inline constexpr std::uint64_t kArenaBytes = std::uint64_t{1} << 35;

/// Frames from here on lie in an arena.
inline constexpr std::size_t kLarge = std::size_t{64} << 10;

/// Where in the file the bytes are.
inline std::uint64_t place_of(const SharedBytes& bytes) {
  return bytes.arena * kArenaBytes + bytes.offset;
}

class Arenas;

/// A piece of an arena that its holder alone uses; goes back with the grant.
class Grant {
 public:
  Grant() = default;
  Grant(Grant&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), at_(other.at_) {}
  Grant& operator=(Grant&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(at_, other.at_);
    return *this;
  }
  ~Grant();

  explicit operator bool() const { return owner_ != nullptr; }
  const SharedBytes& bytes() const { return at_; }
  /// The piece is nobody's for ever: somebody may still write to it.
  void abandon() { owner_ = nullptr; }

 private:
  friend class Arenas;
  Grant(Arenas* owner, const SharedBytes& at) : owner_(owner), at_(at) {}

  Arenas* owner_ = nullptr;
  SharedBytes at_;
};

/// The arenas of a run as the engine has them: it alone decides what is used by whom, for all of
/// them. As FrameMemory it is arena 0.
///
///     Arenas arenas(settings);
///     arenas.open(slots + 1);                     // or everything goes through sockets
///     Grant room = arenas.grant(1, 1 << 20);      // slot 0 may write its result there
///     Batch result = arenas.adopt(&room, size);   // it did: nothing is copied
///
/// A piece that comes back is used again before others, while it is still in a cache. Of what lies
/// unused for long the pages go back to the system. Pages are reserved before a piece is handed
/// out: a system without memory is an error here, and not a signal where the piece is written.
/// Outlives every batch and grant over it. Any thread.
class Arenas final : public FrameMemory {
 public:
  struct Settings {
    std::uint64_t most = 4ull << 30;           ///< bytes that are in use at one time
    std::uint64_t most_unused = 256ull << 20;  ///< bytes that are kept for the next use
    /// Told once, when shared memory cannot be had and sockets take its place.
    std::function<void(const std::string&)> notice = [](const std::string&) {};
    /// Gives the file pages; an errno, or 0.
    std::function<int(int file, std::uint64_t at, std::uint64_t size)> reserve = reserve_pages;
  };

  Arenas() : Arenas(Settings{}) {}
  explicit Arenas(Settings settings) : settings_(std::move(settings)) {}
  Arenas(const Arenas&) = delete;
  ~Arenas() override;

  /// Makes the file. Where that is not possible nothing is ever granted.
  void open(std::uint32_t arenas);
  /// Its descriptor, or a negative number: there is none.
  int file() const { return file_.get(); }

  /// A piece of at least `size` bytes, or nothing.
  Grant grant(std::uint32_t arena, std::size_t size);
  /// The bytes of a piece. Those of arena 0 alone may be written.
  std::uint8_t* memory(const Grant& grant) const { return base_ + place_of(grant.at_); }
  /// A batch over the first `size` bytes of the piece, which is the batch's from then on. An empty
  /// one when there is no valid frame of that size: then nothing has changed.
  Batch adopt(Grant* grant, std::size_t size);
  /// Where the frame of this batch lies; nothing: elsewhere.
  std::optional<SharedBytes> find(const Batch& batch) const;

  Room take(std::size_t least, std::size_t wanted) override;
  bool shrink(const std::uint8_t* frame, std::size_t size) override;
  void give_back(const std::uint8_t* frame) override;

  struct Bytes {
    std::uint64_t used = 0;
    std::uint64_t unused = 0;  ///< of pieces that came back, and still have pages
  };
  Bytes bytes() const;

  static int reserve_pages(int file, std::uint64_t at, std::uint64_t size);

 private:
  struct Piece {
    std::uint64_t at;      // in the file
    std::uint64_t size;    // of its class
    std::uint64_t backed;  // bytes that have pages, from the first on
    std::list<Piece*>::iterator unused_at{};
  };
  using Pieces = std::vector<Piece*>;

  Piece* pick(std::uint32_t arena, std::uint64_t size) PAPY_REQUIRES(mutex_);
  Piece* carve(std::uint32_t arena, std::uint64_t size) PAPY_REQUIRES(mutex_);
  bool back(Piece* piece);
  void put_back(Piece* piece) PAPY_REQUIRES(mutex_);
  void give_back_at(std::uint64_t at);
  void trim(std::uint64_t at, std::size_t size);
  void release_pages(std::uint64_t at, std::uint64_t size);
  void fail(const std::string& what, int code);
  friend class Grant;

  const Settings settings_;
  Descriptor file_;
  std::uint8_t* base_ = nullptr;  // of the whole file
  std::uint64_t size_ = 0;        // of the whole file

  mutable Mutex mutex_;
  bool failed_ PAPY_GUARDED_BY(mutex_) = false;  // the system gives no more pages
  std::unordered_map<std::uint64_t, Piece> pieces_ PAPY_GUARDED_BY(mutex_);  // by where they are
  std::vector<std::uint64_t> ends_ PAPY_GUARDED_BY(mutex_);  // of each arena, of its last piece
  /// Pieces of one arena and size that nobody uses: the last in is the first out.
  std::map<std::pair<std::uint32_t, std::uint64_t>, Pieces> unused_ PAPY_GUARDED_BY(mutex_);
  std::list<Piece*> by_age_ PAPY_GUARDED_BY(mutex_);  // those of unused_ with pages; oldest first
  Bytes bytes_ PAPY_GUARDED_BY(mutex_);
};

}  // namespace papy
