#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "item/bytes.h"

namespace papy {

/// Messages that wait for each other, so that many small ones cost the wire no more than one.
///
///     bundle.add(encode(message));
///     if (bundle.is_full()) socket.send(bundle.take());
class Bundle {
 public:
  void add(std::string message);
  bool empty() const { return messages_.empty(); }
  /// So many that waiting for more gains nothing.
  bool is_full() const { return bytes_ >= kMostBytes || messages_.size() >= kMostMessages; }
  /// One frame with all of them. Requires: it is not empty.
  std::string take();
  void clear();

 private:
  static constexpr std::size_t kMostBytes = 64 << 10;
  static constexpr std::size_t kMostMessages = 256;

  std::vector<std::string> messages_;
  std::size_t bytes_ = 0;
};

/// The messages in a frame, borrowed from it. What is no valid bundle counts as one message.
std::vector<Bytes> messages_in(Bytes frame);

}  // namespace papy
