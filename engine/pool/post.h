#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <zmq.hpp>

#include "base/result.h"

namespace papy {

/// The engine's side of the wire: one ROUTER socket that all processes of slots connect to. One
/// thread at a time.
class Post {
 public:
  /// A socket with this name in the folder; its path must not be too long for the system.
  static Result<Post> open(const std::string& folder, std::string_view name);

  const std::string& endpoint() const { return endpoint_; }
  zmq::socket_t& socket() { return socket_; }

  struct Letter {
    std::string from;      ///< routing id
    zmq::message_t frame;  ///< the message
  };
  /// What has come; nothing: nothing now.
  std::optional<Letter> receive();
  /// False: it is not there, or takes nothing more now.
  bool send(const std::string& to, std::string message);

 private:
  Post() : context_(1), socket_(context_, zmq::socket_type::router) {}

  zmq::context_t context_;
  zmq::socket_t socket_;
  std::string endpoint_;
};

}  // namespace papy
