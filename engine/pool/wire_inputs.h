#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "flow/edge.h"
#include "pool/arena.h"
#include "pool/message.h"

namespace papy {

/// Makes of the inboxes of one task what a message takes: what lies in an arena stays there, what
/// is large is copied into arena 0 once, the rest lies in the message. For a process that has not
/// mapped the arenas all lies in the message.
///
///     WireInputs wire(&arenas);
///     for (const auto& slices : task.inputs) message.inputs.push_back(wire.items(slices));
///     encode(message);
///     wire.take_copies();     // must be kept until the process needs them no more
class WireInputs {
 public:
  /// nullptr: nothing lies in an arena.
  explicit WireInputs(Arenas* arenas) : arenas_(arenas) {}
  WireInputs(const WireInputs&) = delete;

  /// The items of these slices, in order. Borrowed from this and from the slices.
  std::vector<WireItems> items(std::span<const Slice> slices);
  std::vector<Grant> take_copies() { return std::move(copies_); }

 private:
  std::optional<WireItems> in_place(const Slice& slice) const;
  WireItems joined(std::span<const Slice> slices);

  Arenas* const arenas_;
  std::deque<std::string> frames_;
  std::vector<Grant> copies_;
};

}  // namespace papy
