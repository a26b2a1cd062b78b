#include "pool/arena_view.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace papy {

ArenaView::~ArenaView() {
  if (base_ != nullptr) munmap(base_, size_);
}

Result<void> ArenaView::map() {
  if (base_ != nullptr) return {};
  const auto failed = [] {
    return error(std::string("shared memory that cannot be mapped: ") + std::strerror(errno),
                 errno);
  };
  struct stat about {};
  if (fstat(file_, &about) != 0) return failed();
  const auto size = static_cast<std::uint64_t>(about.st_size);
  void* const memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file_, 0);
  if (memory == MAP_FAILED) return failed();
  madvise(memory, size, MADV_DONTDUMP);
  base_ = static_cast<std::uint8_t*>(memory);
  size_ = size;
  return {};
}

Result<std::uint8_t*> ArenaView::memory(const SharedBytes& bytes) {
  if (auto mapped = map(); !mapped) return tl::unexpected(mapped.error());
  if (bytes.arena >= size_ / kArenaBytes || bytes.offset > kArenaBytes ||
      bytes.size > kArenaBytes - bytes.offset)
    return error("a place that is not in shared memory");
  return base_ + place_of(bytes);
}

Result<Batch> ArenaView::batch_at(const SharedBytes& bytes) {
  const auto frame = memory(bytes);
  if (!frame) return tl::unexpected(frame.error());
  return Batch::adopt({*frame, bytes.size}, readable_);
}

Result<void> ArenaView::grant(const std::vector<SharedBytes>& rooms) {
  granted_ = {};
  room_ = nullptr;
  is_taken_ = false;
  if (rooms.empty()) return {};
  const auto room = memory(rooms.front());
  if (!room) return tl::unexpected(room.error());
  const std::uint32_t arena = rooms.front().arena;
  if (own_ != arena) {
    if (mprotect(base_ + arena * kArenaBytes, kArenaBytes, PROT_READ | PROT_WRITE) != 0)
      return error(std::string("shared memory that cannot be written: ") + std::strerror(errno),
                   errno);
    own_ = arena;
  }
  granted_ = rooms.front();
  room_ = *room;
  return {};
}

std::optional<SharedBytes> ArenaView::find(const Batch& batch) const {
  const Bytes frame = batch.frame();
  if (room_ == nullptr || frame.data() != room_) return std::nullopt;
  return SharedBytes{granted_.arena, granted_.offset, frame.size()};
}

FrameMemory::Room ArenaView::take(std::size_t least, std::size_t) {
  if (is_taken_ || least > granted_.size) return {};
  is_taken_ = true;
  return {room_, granted_.size};
}

bool ArenaView::shrink(const std::uint8_t*, std::size_t size) { return size >= kLarge; }

/// Batches of earlier tasks may go late: their places are the engine's again.
void ArenaView::give_back(const std::uint8_t* frame) {
  if (frame == room_) is_taken_ = false;
}

}  // namespace papy
