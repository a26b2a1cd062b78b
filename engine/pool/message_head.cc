#include "pool/message_head.h"

#include <fmt/format.h>

#include "item/scan.h"

namespace papy {

Packer begin_message(std::string& out, MessageType type, std::size_t fields, std::uint8_t major) {
  out.push_back(static_cast<char>(major));
  out.push_back(static_cast<char>(type));
  Packer packer(out);
  packer.array(fields);
  return packer;
}

Result<Bytes> message_fields(Bytes bytes) {
  if (bytes.size() < 3) return error(fmt::format("a message of {} bytes", bytes.size()));
  const Bytes fields = bytes.subspan(2);
  if (!is_one_value(fields)) return error("a message that is not valid msgpack");
  if (bytes[0] != kProtocolMajor && bytes[1] != static_cast<std::uint8_t>(MessageType::hello))
    return error(fmt::format("a message of protocol {}, not {}", bytes[0], kProtocolMajor));
  return fields;
}

}  // namespace papy
