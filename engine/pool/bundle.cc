#include "pool/bundle.h"

#include <utility>

#include "pool/message_head.h"

namespace papy {

void Bundle::add(std::string message) {
  bytes_ += message.size();
  messages_.push_back(std::move(message));
}

std::string Bundle::take() {
  std::string frame;
  if (messages_.size() == 1) {
    frame = std::move(messages_.front());
  } else {
    frame.reserve(bytes_ + 8 * messages_.size() + 8);
    Packer packer = begin_message(frame, MessageType::bundle, messages_.size());
    for (const std::string& message : messages_) packer.binary(papy::bytes_of(message));
  }
  clear();
  return frame;
}

void Bundle::clear() {
  messages_.clear();
  bytes_ = 0;
}

std::vector<Bytes> messages_in(Bytes frame) {
  if (frame.size() < 2 || frame[1] != static_cast<std::uint8_t>(MessageType::bundle))
    return {frame};
  const auto fields = message_fields(frame);
  if (!fields) return {frame};
  Unpacker in(*fields);
  std::vector<Bytes> messages;
  for (std::uint32_t left = in.array().value_or(0); left > 0; --left) {
    const auto message = in.binary();
    if (!message) return {frame};
    messages.push_back(*message);
  }
  return messages;
}

}  // namespace papy
