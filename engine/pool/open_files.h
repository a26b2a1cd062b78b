#pragma once

#include <cstddef>

#include "base/result.h"

namespace papy {

/// Makes sure that this process may open as many files as so many slots of process pools need,
/// raising the soft limit as far as the hard one allows. Call it before any slot is started.
Result<void> allow_open_files(std::size_t slots);

}  // namespace papy
