#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "item/bytes.h"
#include "pool/call.h"
#include "pool/evaluator.h"

namespace papy {

/// States larger than this are not saved after every task.
inline constexpr std::size_t kMaxSavedState = 1 << 20;

/// What the SERIAL functions of a chain must know to go on elsewhere: a msgpack array with one
/// element a function, nil where it has no state of the stream. Nothing when one of them cannot be
/// saved, would not, or is too large.
std::optional<std::string> save_state(const std::vector<OpenFunction>& chain, PluginCall& call);

/// Saves the state of one replica after each of its tasks. Where that failed, which may cost as
/// much as it can, twice as many tasks go by before it is tried again.
class StateSaver {
 public:
  explicit StateSaver(std::vector<OpenFunction> chain) : chain_(std::move(chain)) {}

  std::optional<std::string> after_task(PluginCall& call) {
    if (tasks_to_wait_ > 0) {
      --tasks_to_wait_;
      return std::nullopt;
    }
    auto state = save_state(chain_, call);
    wait_ = state ? 0 : std::max<std::uint64_t>(1, 2 * wait_);
    tasks_to_wait_ = wait_;
    return state;
  }

 private:
  std::vector<OpenFunction> chain_;
  std::uint64_t wait_ = 0;  // tasks, after the last failure
  std::uint64_t tasks_to_wait_ = 0;
};

/// Brings freshly opened functions to a saved state. The error is for the user.
Result<void> load_state(const std::vector<OpenFunction>& chain, Bytes saved);

}  // namespace papy
