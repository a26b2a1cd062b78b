// Workers that let some items through. They look at the number of the tasklet only, so that the
// choice is the same for any number of slots, and in a run that is resumed.
#include <cmath>
#include <cstdint>
#include <optional>
#include <papy/plugin.hpp>

#include "core/random.h"

namespace papy::core {
namespace {

struct sample_args {
  PAPY_ARGS(sample_args,
            (double, rate, required, "share of the items to keep", at_least(0), at_most(1)),
            (std::uint64_t, seed, 0, "another seed makes another choice"))
};
std::optional<any> sample(any value, const sample_args& args, context& context) {
  const std::uint64_t hash = mix(mix(args.seed) ^ context.tasklet());
  const double share = std::ldexp(static_cast<double>(hash >> 11), -53);  // 0 <= share < 1
  if (share < args.rate) return value;
  return std::nullopt;
}

struct take_args {
  PAPY_ARGS(take_args, (std::uint64_t, n, required, "how many items"))
};
void take(any value, const take_args& args, context& context, out<>& out) {
  if (context.tasklet() < args.n) out.emit(value);
  if (context.tasklet() + 1 >= args.n) throw end();
}

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(sample, papy::core::sample,
               "keeps a random share of the items; the others become gaps", papy::pure);
PAPY_WORKER_AS(take, papy::core::take, "passes the first items and ends the stream behind them",
               papy::pure);
