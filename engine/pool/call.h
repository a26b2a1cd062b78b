#pragma once

#include <papy/plugin.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <string>

#include "item/batch.h"

namespace papy {

/// One papy_call, its cursor bound to a BatchBuilder: everything that a function may do in a call
/// ends here.
///
///     PluginCall call(host, &cancelled, max_item);
///     call.bind(&builder);
///     status = worker->call(state, call.raw());
///     call.unbind();               // the builder's cursor is where the function left it
///
/// One thread at a time. Reused from call to call: a call costs no allocation.
class PluginCall {
 public:
  PluginCall(const papy_host* host, const std::atomic<bool>* cancelled, std::uint64_t max_item);
  PluginCall(const PluginCall&) = delete;

  void bind(BatchBuilder* out) {
    out_ = out;
    call_.cur = out->reserve(16);
    call_.end = out->limit();
    has_error_ = out_of_room_ = false;
  }
  /// For a call that goes on where the one before was bound.
  void forget_error() { has_error_ = false; }
  /// Takes the cursor back. False: the function wrote beyond its end.
  bool unbind() {
    if (call_.cur < out_->item_begin() || call_.cur > out_->limit()) return false;
    out_->moved_to(call_.cur);
    return true;
  }

  /// Makes the call. An exception must not leave a plugin; one that does is that function's error.
  template <typename Entry>
  papy_status guarded(Entry entry) {
    try {
      return entry();
    } catch (const std::exception& thrown) {
      note_thrown(thrown.what());
    } catch (...) {
      note_thrown("of a type that is not known here");
    }
    return PAPY_ERROR;
  }

  papy_call* raw() { return &call_; }
  papy_call* operator->() { return &call_; }

  std::int32_t code() const { return has_error_ ? code_ : 0; }
  /// What the function said of its failure, or what `status` means when it said nothing.
  std::string text(papy_status status) const;
  bool out_of_room() const { return out_of_room_; }
  bool is_late() const;

 private:
  static PluginCall& self(const papy_call* call) { return *static_cast<PluginCall*>(call->engine); }
  static std::uint8_t* grow(papy_call* call, std::size_t room);
  static papy_status emit(papy_call* call, const void* data, std::size_t size);
  void note_thrown(const char* what);
  static papy_status emit_owned(papy_call* call, const void* data, std::size_t size,
                                void (*release)(void*), void* context);
  static void error(papy_call* call, std::int32_t code, const char* text, std::size_t size);
  static int cancelled(const papy_call* call);

  papy_call call_{};
  BatchBuilder* out_ = nullptr;
  const std::atomic<bool>* cancelled_;
  const std::uint64_t max_item_;
  bool has_error_ = false;
  bool out_of_room_ = false;
  std::int32_t code_ = 0;
  std::string text_;
};

/// The kind of failure that a status means: "error", "retry", "fail", "cancelled", "fatal".
const char* failure_kind(papy_status status);

/// CLOCK_MONOTONIC in nanoseconds: the clock of papy_call's deadline.
std::uint64_t monotonic_ns();

}  // namespace papy
