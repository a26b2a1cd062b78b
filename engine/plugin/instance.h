#pragma once

#include <papy/plugin.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace papy {

/// What an instance of a function is opened for.
struct InstanceRequest {
  const papy_host* host = nullptr;  ///< borrowed, outlives the instance
  std::string args;                 ///< a msgpack map; empty: none
  std::string piper;                ///< the piper, input or output it works for
  std::uint32_t replica = 0;
  std::uint32_t slot = 0;
  std::string base;  ///< directory of the document, absolute
};

/// The opened state of one function: closed exactly once. It stays in the slot that opened it.
class Instance {
 public:
  /// `worker` is borrowed for ever. The error is what the function says, or that it says nothing.
  static Result<Instance> open(const papy_worker& worker, const InstanceRequest& request);

  Instance() = default;
  Instance(Instance&& other) noexcept;
  Instance& operator=(Instance&& other) noexcept;
  ~Instance() { close(); }

  explicit operator bool() const { return worker_ != nullptr; }
  /// Requires: it was opened and neither closed nor moved away.
  const papy_worker& worker() const { return *worker_; }
  void* state() const { return state_; }
  void close();

 private:
  const papy_worker* worker_ = nullptr;  // none: nothing is open
  void* state_ = nullptr;
};

}  // namespace papy
