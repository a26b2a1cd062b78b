#pragma once

#include <cstdint>

#include "base/result.h"
#include "item/frame_memory.h"
#include "pool/arena.h"
#include "pool/task_message.h"

namespace papy {

/// The arenas as the process of a slot has them: it reads what messages point to, and writes its
/// result where the engine lets it. As FrameMemory it is the room for one result.
///
///     ArenaView view(5);
///     task_of(message, view);            // inputs in shared memory are read where they lie
///     view.grant(message.room);          // for the result of this task
///     view.find(result.items);           // it was written there
///
/// Maps the file when it is first needed, or told to. One thread.
class ArenaView final : public SharedFrames, public FrameMemory {
 public:
  explicit ArenaView(int file) : file_(file) {}
  ArenaView(const ArenaView&) = delete;
  ~ArenaView() override;

  /// Whether the memory can be had; then nothing below fails for want of it.
  Result<void> map();

  Result<Batch> batch_at(const SharedBytes& bytes) override;

  /// Results may be written to the first of these places, and to none that was granted before.
  /// The error says why the memory cannot be had.
  Result<void> grant(const std::vector<SharedBytes>& rooms);
  /// Where the frame of this batch lies; nothing: not in what was granted.
  std::optional<SharedBytes> find(const Batch& batch) const;

  Room take(std::size_t least, std::size_t wanted) override;
  bool shrink(const std::uint8_t* frame, std::size_t size) override;
  void give_back(const std::uint8_t* frame) override;

 private:
  /// Memory of others that is only read: nothing comes back to anybody.
  class Readable final : public FrameOwner {
    void give_back(const std::uint8_t*) override {}
  };

  Result<std::uint8_t*> memory(const SharedBytes& bytes);

  const int file_;
  std::uint8_t* base_ = nullptr;  // none: not mapped yet
  std::uint64_t size_ = 0;
  std::optional<std::uint32_t> own_;  // the arena that may be written
  SharedBytes granted_;               // of size 0: none
  std::uint8_t* room_ = nullptr;      // granted_
  bool is_taken_ = false;
  Readable readable_;
};

}  // namespace papy
