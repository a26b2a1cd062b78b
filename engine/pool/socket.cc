#include "pool/socket.h"

#include <memory>
#include <utility>

namespace papy {
namespace {

/// Messages that a queue takes: more than credits let be under way.
constexpr int kQueued = 4096;

/// From here on a copy costs more than an allocation.
constexpr std::size_t kWorthNoCopy = 1024;

}  // namespace

void prepare(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::sndhwm, kQueued);
  socket.set(zmq::sockopt::rcvhwm, kQueued);
}

zmq::message_t frame_of(std::string text) {
  if (text.size() < kWorthNoCopy) return zmq::message_t(text.data(), text.size());
  auto kept = std::make_unique<std::string>(std::move(text));
  zmq::message_t message(
      kept->data(), kept->size(), [](void*, void* hint) { delete static_cast<std::string*>(hint); },
      kept.get());
  (void)kept.release();  // the message's now
  return message;
}

std::optional<zmq::message_t> receive_now(zmq::socket_t& socket) {
  zmq::message_t message;
  while (true) {
    try {
      if (!socket.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
      return message;
    } catch (const zmq::error_t& failed) {
      if (failed.num() != EINTR) throw;
    }
  }
}

}  // namespace papy
