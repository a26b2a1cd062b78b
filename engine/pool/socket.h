#pragma once

#include <optional>
#include <string>
#include <zmq.hpp>

#include "item/bytes.h"

namespace papy {

/// The options that every socket of ours has, right after it is made: closing never waits, and a
/// queue that is full is told instead of growing (credits keep it from being so).
void prepare(zmq::socket_t& socket);

/// A frame that takes the text over, without a copy where that costs more.
zmq::message_t frame_of(std::string text);

/// Receives one frame; nothing: there is none now. Interrupted calls are made again.
std::optional<zmq::message_t> receive_now(zmq::socket_t& socket);

inline Bytes bytes_of(const zmq::message_t& message) {
  return {static_cast<const std::uint8_t*>(message.data()), message.size()};
}

}  // namespace papy
