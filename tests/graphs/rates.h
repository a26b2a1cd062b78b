#pragma once

#include <cstdint>

#include "workflow/plan.h"

namespace papy::graphs {

/// Takes from each join the streams whose length must differ from the others', whatever the inputs
/// are: a document with such a join is refused (`rate-mismatch`). Returns how many it took.
std::uint64_t fit_rates(Plan* plan);

}  // namespace papy::graphs
