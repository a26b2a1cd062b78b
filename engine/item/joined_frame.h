#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "item/batch.h"
#include "item/frame.h"

namespace papy {

/// One frame with the items of several slices, one after the other: the form in which the inbox of
/// a task travels.
///
///     const JoinedFrame joined(slices);
///     joined.append_to(&message);          // or joined.write(memory of joined.size() bytes)
///     Batch::from_frame(...);              // at the other end
///
/// The slices are borrowed.
class JoinedFrame {
 public:
  explicit JoinedFrame(std::span<const Slice> slices);

  std::uint32_t items() const { return header_.n; }
  /// Bytes of the frame.
  std::size_t size() const { return header_.frame_size(); }
  /// False: so many bytes or items that no frame holds them. Then it must not be written.
  bool fits() const { return fits_; }
  /// Requires: fits(), and size() bytes at `to`, in whatever alignment.
  void write(std::uint8_t* to) const;
  void append_to(std::string* out) const;

 private:
  const std::span<const Slice> slices_;
  FrameHeader header_;
  bool fits_ = true;
};

}  // namespace papy
