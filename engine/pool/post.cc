#include "pool/post.h"

#include <fmt/format.h>

#include <utility>

#include "pool/socket.h"

namespace papy {

Result<Post> Post::open(const std::string& folder, std::string_view name) {
  try {
    Post post;
    prepare(post.socket_);
    // A peer that is gone is told, not passed over in silence.
    post.socket_.set(zmq::sockopt::router_mandatory, 1);
    post.endpoint_ = fmt::format("ipc://{}/{}", folder, name);
    post.socket_.bind(post.endpoint_);
    return post;
  } catch (const zmq::error_t& failed) {
    return error(fmt::format("cannot listen in {}: {}", folder, failed.what()), failed.num());
  }
}

std::optional<Post::Letter> Post::receive() {
  auto from = receive_now(socket_);
  if (!from) return std::nullopt;
  Letter letter{from->to_string(), {}};
  while (from->more()) {
    auto part = receive_now(socket_);  // the parts of a message come together
    if (!part) break;
    letter.frame = std::move(*part);
    if (!letter.frame.more()) break;
  }
  return letter;
}

bool Post::send(const std::string& to, std::string message) {
  try {
    zmq::message_t address(to.data(), to.size());
    const auto flags = zmq::send_flags::dontwait;
    if (!socket_.send(address, zmq::send_flags::sndmore | flags)) return false;
    return socket_.send(frame_of(std::move(message)), flags).has_value();
  } catch (const zmq::error_t& failed) {
    if (failed.num() == EHOSTUNREACH) return false;
    throw;
  }
}

}  // namespace papy
