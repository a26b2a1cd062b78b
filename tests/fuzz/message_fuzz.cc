// Any bytes at all are messages that are taken, or errors; what is taken is what is sent again.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "item/batch.h"
#include "pool/bundle.h"
#include "pool/message.h"
#include "pool/opening.h"

namespace {

/// What was read says the same when it is written and read again.
template <typename Decode>
void take(papy::Bytes bytes, Decode decode) {
  const auto message = decode(bytes);
  if (!message) {
    PAPY_CHECK(!message.error().text.empty(), "");
    return;
  }
  const std::string sent = papy::encode(*message);
  const auto again = decode(papy::bytes_of(sent));
  PAPY_CHECK(again && papy::encode(*again) == sent, sent);
}

void take_items(const papy::WireItems& items) {
  if (const auto* const frame = std::get_if<papy::Bytes>(&items.frame)) {
    const papy::Batch batch = papy::Batch::from_frame(*frame);
    std::size_t bytes = 0;
    for (std::uint32_t i = 0; batch && i < batch.size(); ++i) bytes += batch.item(i).bytes.size();
    PAPY_CHECK(bytes <= frame->size(), "");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const papy::Bytes frame(data, size);
  for (const papy::Bytes bytes : papy::messages_in(frame)) {
    take(bytes, papy::decode_to_slot);
    take(bytes, papy::decode_from_slot);
    if (const auto to = papy::decode_to_slot(bytes)) {
      if (const auto* const open = std::get_if<papy::OpenMessage>(&*to))
        (void)papy::decode_opening(papy::bytes_of(open->opening));
      if (const auto* const task = std::get_if<papy::TaskMessage>(&*to)) {
        for (const auto& input : task->inputs) {
          for (const papy::WireItems& items : input) take_items(items);
        }
      }
    }
    if (const auto from = papy::decode_from_slot(bytes)) {
      if (const auto* const result = std::get_if<papy::ResultMessage>(&*from)) {
        if (result->items) take_items(*result->items);
      }
    }
  }
  return 0;
}
