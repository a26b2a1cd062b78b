// papy/cpp/host.hpp - what the engine offers: log, metrics, a scratch directory. MIT licence.
#ifndef PAPY_CPP_HOST_HPP
#define PAPY_CPP_HOST_HPP

#include <papy/plugin.h>

#include <cstdint>
#include <string_view>

namespace papy {

enum class level : std::int32_t { debug = 0, info = 1, warning = 2, error = 3 };

namespace detail {

/// Of the process; set before the first open().
inline const papy_host* the_host = nullptr;

template <class T>
const T* extension(const char* name) {
  if (the_host == nullptr || the_host->get_extension == nullptr) return nullptr;
  return static_cast<const T*>(the_host->get_extension(the_host, name));
}

/// A text that ends in NUL, cut to what a metric's name may be.
struct short_name {
  explicit short_name(std::string_view name) {
    name = name.substr(0, sizeof data - 1);
    data[name.copy(data, sizeof data - 1)] = '\0';
  }
  char data[128];
};

}  // namespace detail

// Each of these does nothing when the host does not offer it. Any thread.

/// A line for people; it appears in the log of the run.
inline void log(level how, std::string_view text) {
  if (const auto* log = detail::extension<papy_log>(PAPY_EXT_LOG)) {
    log->write(log, static_cast<std::int32_t>(how), text.data(), text.size());
  }
}
/// Adds to a sum over the run.
inline void count(std::string_view name, double add = 1) {
  if (const auto* metrics = detail::extension<papy_metrics>(PAPY_EXT_METRICS)) {
    metrics->count(metrics, detail::short_name(name).data, add);
  }
}
/// Sets the latest value of something.
inline void gauge(std::string_view name, double value) {
  if (const auto* metrics = detail::extension<papy_metrics>(PAPY_EXT_METRICS)) {
    metrics->gauge(metrics, detail::short_name(name).data, value);
  }
}
/// A private directory that is removed after the run, or nullptr when there is none.
inline const char* scratch() {
  const auto* scratch = detail::extension<papy_scratch>(PAPY_EXT_SCRATCH);
  return scratch == nullptr ? nullptr : scratch->directory(scratch);
}

/// What an instance is opened for. Valid in the constructor only.
class open_info {
 public:
  explicit open_info(const papy_open& open) : open_(open) {}
  std::string_view piper() const { return open_.piper == nullptr ? "" : open_.piper; }
  std::uint32_t replica() const { return open_.replica; }  ///< 0 .. spawn-1
  std::uint32_t slot() const { return open_.slot; }
  /// The directory that relative paths in the document are relative to.
  std::string_view base() const { return open_.base == nullptr ? "" : open_.base; }

 private:
  const papy_open& open_;
};

/// The tasklet at work. A parameter `papy::context&` of a function; valid during the call.
class context {
 public:
  context(papy_call* call, std::uint64_t tasklet) : call_(call), tasklet_(tasklet) {}
  std::uint64_t tasklet() const { return tasklet_; }  ///< stable over retries and resumed runs
  std::uint32_t attempt() const { return call_->attempt; }  ///< from 1
  std::uint32_t slot() const { return call_->slot; }
  std::string_view piper() const { return call_->piper == nullptr ? "" : call_->piper; }
  std::uint64_t deadline_ns() const { return call_->deadline_ns; }  ///< CLOCK_MONOTONIC; 0: none
  /// The work is not wanted any more: `throw papy::cancelled()`.
  bool cancelled() const { return call_->cancelled != nullptr && call_->cancelled(call_) != 0; }
  /// A long call is alive.
  void heartbeat() {
    if (call_->heartbeat != nullptr) call_->heartbeat(call_);
  }

 private:
  papy_call* call_;
  std::uint64_t tasklet_;
};

}  // namespace papy

#endif  // PAPY_CPP_HOST_HPP
