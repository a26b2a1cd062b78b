#include "plugin/instance.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

/// Collects what a function says while it is opened.
struct Listener {
  std::string text;
  std::int32_t code = 0;
  bool spoke = false;

  static void hear(const papy_open* open, std::int32_t code, const char* text, std::size_t size) {
    auto& me = *static_cast<Listener*>(open->engine);
    me.text = cut_message({text, size});
    me.code = code;
    me.spoke = true;
  }
};

papy_status open_guarded(const papy_worker& worker, const papy_open& open, void** state,
                         Listener& listener) {
  try {
    return worker.open(&open, state);
  } catch (const std::exception& e) {
    listener = {
        fmt::format("open() threw an exception, which must not leave a plugin: {}", e.what()), 0,
        true};
  } catch (...) {
    listener = {"open() threw an exception, which must not leave a plugin", 0, true};
  }
  return PAPY_FATAL;
}

}  // namespace

Result<Instance> Instance::open(const papy_worker& worker, const InstanceRequest& request) {
  static constexpr char kEmptyMap[] = "\x80";
  Listener listener;
  papy_open open{};
  open.struct_size = sizeof open;
  open.host = request.host;
  open.args = {request.args.data(), request.args.size()};
  if (request.args.empty()) open.args = {kEmptyMap, 1};
  open.piper = request.piper.c_str();
  open.replica = request.replica;
  open.slot = request.slot;
  open.base = request.base.c_str();
  open.engine = &listener;
  open.error = &Listener::hear;

  Instance instance;
  void* state = nullptr;
  const papy_status status =
      worker.open == nullptr ? PAPY_OK : open_guarded(worker, open, &state, listener);
  if (status != PAPY_OK) {
    if (!listener.spoke) listener.text = fmt::format("open() failed with status {}", status);
    return error(fmt::format("function '{}': {}", worker.name, listener.text), listener.code);
  }
  instance.worker_ = &worker;
  instance.state_ = state;
  return instance;
}

Instance::Instance(Instance&& other) noexcept { *this = std::move(other); }

Instance& Instance::operator=(Instance&& other) noexcept {
  if (this == &other) return *this;
  close();
  worker_ = std::exchange(other.worker_, nullptr);
  state_ = std::exchange(other.state_, nullptr);
  return *this;
}

void Instance::close() {
  const papy_worker* const worker = std::exchange(worker_, nullptr);
  void* const state = std::exchange(state_, nullptr);
  if (worker == nullptr || worker->close == nullptr) return;
  try {
    worker->close(state);
  } catch (...) {  // it broke the rule that no exception leaves it, and there is nobody to tell
  }
}

}  // namespace papy
