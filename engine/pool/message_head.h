#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "item/bytes.h"
#include "item/pack.h"
#include "pool/message.h"

namespace papy {

/// Numbers of the types in the second byte. Never reused.
enum class MessageType : std::uint8_t {
  hello = 1,
  welcome = 2,
  open = 3,
  opened = 4,
  task = 5,
  started = 6,
  result = 7,
  returned = 8,
  error = 9,
  close = 10,
  bye = 11,
  refused = 12,
  bundle = 13,
};

/// Begins a message at the end of `out`: its head, and the array of this many fields, which follow.
///
///     begin_message(out, MessageType::returned, 1).natural(id);
Packer begin_message(std::string& out, MessageType type, std::size_t fields,
                     std::uint8_t major = kProtocolMajor);

/// The fields of a message of our protocol, as one msgpack array that was scanned; of any protocol
/// for a hello. The error says what is wrong with the bytes.
Result<Bytes> message_fields(Bytes bytes);

}  // namespace papy
