// The worker that keeps a random sample of a fixed size.
#include <algorithm>
#include <cstdint>
#include <papy/plugin.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "core/random.h"

namespace papy::core {
namespace {

struct reservoir_args {
  PAPY_ARGS(reservoir_args,
            (std::uint64_t, n, required, "how many items to keep", at_least(1), at_most(10000000)),
            (std::uint64_t, seed, 0, "another seed makes another choice"))
};

/// Every item draws a number by its place in the stream; those with the least numbers are kept
/// (bottom-k sampling: Cohen, Kaplan: Summarizing Data Using Bottom-k Sketches, 2007).
class reservoir {
 public:
  using args = reservoir_args;
  explicit reservoir(const reservoir_args& args) : n_(args.n), seed_(mix(args.seed)) {}

  void operator()(any item, out<>&) {
    const std::uint64_t place = seen_++;
    const std::uint64_t drawn = mix(seed_ ^ place);
    if (kept_.size() == n_) {
      if (drawn >= std::get<0>(kept_.front())) return;
      std::pop_heap(kept_.begin(), kept_.end(), less_drawn);
      kept_.pop_back();
    }
    kept_.emplace_back(drawn, place, packed(item));
    std::push_heap(kept_.begin(), kept_.end(), less_drawn);
  }
  void flush(out<>& out) {
    std::vector<Kept> in_order = kept_;
    std::sort(in_order.begin(), in_order.end(),
              [](const Kept& a, const Kept& b) { return std::get<1>(a) < std::get<1>(b); });
    for (const auto& [drawn, place, item] : in_order) out.emit(item.view());
  }

  using Kept = std::tuple<std::uint64_t, std::uint64_t, packed>;  // drawn, place, item
  using Saved = std::pair<std::uint64_t, std::vector<Kept>>;
  Saved save() const { return {seen_, kept_}; }
  void load(const Saved& from) { std::tie(seen_, kept_) = from; }

 private:
  static bool less_drawn(const Kept& a, const Kept& b) { return std::get<0>(a) < std::get<0>(b); }

  std::uint64_t n_;
  std::uint64_t seed_;
  std::uint64_t seen_ = 0;
  std::vector<Kept> kept_;  // a heap with the greatest number in front
};

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(
    reservoir, papy::core::reservoir,
    "a random sample of n items, each as likely as any other, in their order (produce: any)");
