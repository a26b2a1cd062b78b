#pragma once

#include <cstddef>
#include <optional>
#include <string>
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

/// Brings freshly opened functions to a saved state. The error is for the user.
Result<void> load_state(const std::vector<OpenFunction>& chain, Bytes saved);

}  // namespace papy
