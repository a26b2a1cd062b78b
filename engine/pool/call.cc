#include "pool/call.h"

#include <time.h>

#include <cstring>

#include "base/text.h"

namespace papy {

std::uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

PluginCall::PluginCall(const papy_host* host, const std::atomic<bool>* cancelled,
                       std::uint64_t max_item)
    : cancelled_(cancelled), max_item_(max_item) {
  call_.struct_size = sizeof call_;
  call_.host = host;
  call_.engine = this;
  call_.attempt = 1;
  call_.grow = &PluginCall::grow;
  call_.emit = &PluginCall::emit;
  call_.emit_owned = &PluginCall::emit_owned;
  call_.error = &PluginCall::error;
  call_.cancelled = &PluginCall::cancelled;
  call_.heartbeat = [](papy_call*) {};
}

std::string PluginCall::text(papy_status status) const {
  if (has_error_ && !text_.empty()) return text_;
  return "failed without a message (status " + std::to_string(status) + ")";
}

bool PluginCall::is_late() const {
  return call_.deadline_ns != 0 && monotonic_ns() >= call_.deadline_ns;
}

std::uint8_t* PluginCall::grow(papy_call* call, std::size_t room) {
  PluginCall& me = self(call);
  BatchBuilder& out = *me.out_;
  const auto open = static_cast<std::size_t>(call->cur - out.item_begin());
  // Offsets in a batch are 32 bits wide; half of that leaves room for what else is in it.
  if (room > me.max_item_ || open + room > me.max_item_ ||
      out.payload_bytes() + open + room > UINT32_MAX / 2) {
    me.out_of_room_ = true;
    return nullptr;
  }
  out.moved_to(call->cur);
  call->cur = out.reserve(room);
  call->end = out.limit();
  return call->cur;
}

void PluginCall::note_thrown(const char* what) {
  const std::string text =
      std::string("threw an exception, which must not leave a plugin: ") + what;
  error(&call_, 0, text.data(), text.size());
}

papy_status PluginCall::emit(papy_call* call, const void* data, std::size_t size) {
  if (static_cast<std::size_t>(call->end - call->cur) < size && grow(call, size) == nullptr)
    return PAPY_FAIL;
  if (size > 0) std::memcpy(call->cur, data, size);
  call->cur += size;
  return PAPY_OK;
}

papy_status PluginCall::emit_owned(papy_call* call, const void* data, std::size_t size,
                                   void (*release)(void*), void* context) {
  const papy_status status = emit(call, data, size);
  release(context);
  return status;
}

void PluginCall::error(papy_call* call, std::int32_t code, const char* text, std::size_t size) {
  PluginCall& me = self(call);
  me.has_error_ = true;
  me.code_ = code;
  me.text_ = cut_message({text, size});
}

int PluginCall::cancelled(const papy_call* call) {
  const PluginCall& me = self(call);
  return me.cancelled_->load(std::memory_order_relaxed) || me.is_late() ? 1 : 0;
}

const char* failure_kind(papy_status status) {
  switch (status) {
    case PAPY_RETRY:
      return "retry";
    case PAPY_FAIL:
      return "fail";
    case PAPY_CANCELLED:
      return "cancelled";
    case PAPY_FATAL:
      return "fatal";
    default:
      return "error";
  }
}

}  // namespace papy
