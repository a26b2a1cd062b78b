#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "item/bytes.h"

namespace papy {

/// Why a tasklet has no result. An item: it takes the place of the result and travels on.
struct Failure {
  std::string piper;      ///< the piper, input or output that failed
  std::string function;   ///< "plugin.name"; empty where it was not in a function
  std::string kind;       ///< "error", "retry", "fail", "fatal", "timeout", "deadline", "crash",
                          ///< "memory", "bad-result", "incomplete", "joined" ...
  std::int32_t code = 0;  ///< the author's own
  std::string message;
  std::vector<std::string> inbox;  ///< one msgpack value each, as the piper got them
  std::uint64_t place = 0;         ///< the tasklet's number in that piper
  std::uint32_t attempts = 1;      ///< of a crash: with the times that it died alone
  std::uint32_t hops = 0;          ///< pipers that it passed after the one that failed
  std::vector<Failure> causes;     ///< kind "joined": the failures of one inbox, in its order

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// A msgpack map with the members' names as keys; empty ones are left out.
std::string encode(const Failure& failure);
/// Requires: bytes that encode() made, perhaps in another process. Unknown keys are passed over;
/// anything that is not such a map gives a failure of kind "unreadable". Messages are cut
/// (cut_message).
Failure decode_failure(Bytes bytes);

}  // namespace papy
