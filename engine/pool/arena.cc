#include "pool/arena.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace papy {
namespace {

constexpr std::uint64_t kPage = 4096;

/// Four sizes for each power of two, from kLarge on.
std::uint64_t piece_size(std::uint64_t size) {
  if (size <= kLarge) return kLarge;
  const std::uint64_t step = std::bit_floor(size - 1) / 4;
  return (size + step - 1) / step * step;
}

/// A piece gives up the pages that its frame does not need when these are most of it.
constexpr bool is_mostly_unused(std::uint64_t backed, std::uint64_t size) {
  return backed > 2 * size + kLarge;
}

}  // namespace

Grant::~Grant() {
  if (owner_ != nullptr) owner_->give_back_at(place_of(at_));
}

Arenas::~Arenas() {
  if (base_ != nullptr) munmap(base_, size_);
}

int Arenas::reserve_pages(int file, std::uint64_t at, std::uint64_t size) {
  while (fallocate(file, 0, static_cast<off_t>(at), static_cast<off_t>(size)) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

void Arenas::open(std::uint32_t arenas) {
  size_ = arenas * kArenaBytes;
  Descriptor file(memfd_create("papy-arenas", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return fail("cannot make shared memory", errno);
  if (ftruncate(file.get(), static_cast<off_t>(size_)) != 0)
    return fail("cannot make shared memory large enough", errno);
  // Nobody can take away what others have mapped.
  fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  void* const memory = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return fail("cannot map shared memory", errno);
  madvise(memory, size_, MADV_DONTDUMP);
  base_ = static_cast<std::uint8_t*>(memory);
  if (mprotect(base_, kArenaBytes, PROT_READ | PROT_WRITE) != 0)
    return fail("cannot map shared memory", errno);
  MutexLock lock(mutex_);
  for (std::uint32_t a = 0; a < arenas; ++a) ends_.push_back(a * kArenaBytes);
  file_ = std::move(file);
}

/// From here on the system is not asked for more.
void Arenas::fail(const std::string& what, int code) {
  {
    MutexLock lock(mutex_);
    if (std::exchange(failed_, true)) return;
  }
  settings_.notice(
      fmt::format("warning: large items go to processes through sockets, which is slower: {}: {}",
                  what, std::strerror(code)));
}

Grant Arenas::grant(std::uint32_t arena, std::size_t size) {
  Piece* piece = nullptr;
  {
    MutexLock lock(mutex_);
    piece = pick(arena, piece_size(size));
  }
  if (piece == nullptr || !back(piece)) return {};
  return {this, {arena, piece->at - arena * kArenaBytes, piece->size}};
}

/// A piece of this size that nobody uses, counted as used as a whole; nullptr: there is none.
Arenas::Piece* Arenas::pick(std::uint32_t arena, std::uint64_t size) {
  if (!file_ || bytes_.used + size > settings_.most) return nullptr;
  Pieces& unused = unused_[{arena, size}];
  Piece* piece = nullptr;
  if (unused.empty()) {
    if (!failed_) piece = carve(arena, size);
  } else if (!failed_ || unused.back()->backed == size) {
    piece = unused.back();
    unused.pop_back();
    if (piece->backed > 0) by_age_.erase(piece->unused_at);
    bytes_.unused -= piece->backed;
  }
  if (piece != nullptr) bytes_.used += size;
  return piece;
}

Arenas::Piece* Arenas::carve(std::uint32_t arena, std::uint64_t size) {
  const std::uint64_t at = ends_[arena];
  if (at + size > (arena + 1) * kArenaBytes) return nullptr;
  ends_[arena] = at + size;
  return &pieces_.emplace(at, Piece{at, size, 0}).first->second;
}

/// Gives all of a piece that is in use pages. False: there are none; it is in use no more.
bool Arenas::back(Piece* piece) {
  if (piece->backed == piece->size) return true;
  const std::uint64_t missing = piece->size - piece->backed;
  if (const int code = settings_.reserve(file_.get(), piece->at + piece->backed, missing)) {
    {
      MutexLock lock(mutex_);
      bytes_.used -= missing;
      put_back(piece);
    }
    fail(fmt::format("cannot reserve {} bytes of shared memory", missing), code);
    return false;
  }
  piece->backed = piece->size;
  return true;
}

/// A piece that is used no more. Requires: of it, its pages are counted as used.
void Arenas::put_back(Piece* piece) {
  bytes_.used -= piece->backed;
  bytes_.unused += piece->backed;
  if (piece->backed > 0) piece->unused_at = by_age_.insert(by_age_.end(), piece);
  unused_[{static_cast<std::uint32_t>(piece->at / kArenaBytes), piece->size}].push_back(piece);
}

void Arenas::give_back_at(std::uint64_t at) {
  MutexLock lock(mutex_);
  const auto found = pieces_.find(at);
  PAPY_CHECK(found != pieces_.end(), "memory comes back that was not taken");
  put_back(&found->second);
  while (bytes_.unused > settings_.most_unused) {
    Piece* const oldest = by_age_.front();
    by_age_.pop_front();
    release_pages(oldest->at, oldest->backed);
    bytes_.unused -= std::exchange(oldest->backed, 0);
  }
}

void Arenas::release_pages(std::uint64_t at, std::uint64_t size) {
  // A system that does not do it keeps the pages, which then are the next user's.
  [[maybe_unused]] const int done =
      fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(at),
                static_cast<off_t>(size));
}

/// A piece in use keeps the pages of its first `size` bytes, if the others are worth it.
void Arenas::trim(std::uint64_t at, std::size_t size) {
  const std::uint64_t kept = (size + kPage - 1) / kPage * kPage;
  MutexLock lock(mutex_);
  Piece& piece = pieces_.at(at);
  if (!is_mostly_unused(piece.backed, kept)) return;
  release_pages(at + kept, piece.backed - kept);
  bytes_.used -= piece.backed - kept;
  piece.backed = kept;
}

Batch Arenas::adopt(Grant* grant, std::size_t size) {
  if (size > grant->at_.size) return {};
  Batch batch = Batch::adopt({memory(*grant), size}, *this);
  if (!batch) return {};
  trim(place_of(grant->at_), size);
  grant->owner_ = nullptr;
  return batch;
}

std::optional<SharedBytes> Arenas::find(const Batch& batch) const {
  const papy::Bytes frame = batch.frame();
  if (base_ == nullptr || frame.data() < base_ || frame.data() >= base_ + size_)
    return std::nullopt;
  const auto at = static_cast<std::uint64_t>(frame.data() - base_);
  return SharedBytes{static_cast<std::uint32_t>(at / kArenaBytes), at % kArenaBytes, frame.size()};
}

FrameMemory::Room Arenas::take(std::size_t least, std::size_t wanted) {
  if (wanted < kLarge) return {};
  Grant grant = this->grant(0, wanted);
  if (!grant && least < wanted) grant = this->grant(0, least);
  if (!grant) return {};
  grant.owner_ = nullptr;  // whoever writes there gives it back
  return {memory(grant), grant.at_.size};
}

bool Arenas::shrink(const std::uint8_t* frame, std::size_t size) {
  if (size < kLarge) return false;
  trim(static_cast<std::uint64_t>(frame - base_), size);
  return true;
}

void Arenas::give_back(const std::uint8_t* frame) {
  give_back_at(static_cast<std::uint64_t>(frame - base_));
}

Arenas::Bytes Arenas::bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace papy
