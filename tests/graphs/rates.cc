#include "rates.h"

#include <numeric>
#include <vector>

namespace papy::graphs {
namespace {

/// A stream has `over / under` items for each of its family's.
struct Rate {
  std::size_t family = 0;
  std::uint64_t over = 1, under = 1;

  Rate times(std::uint64_t a, std::uint64_t b) const {
    const std::uint64_t over_all = over * a, under_all = under * b;
    const std::uint64_t divisor = std::gcd(over_all, under_all);
    return {family, over_all / divisor, under_all / divisor};
  }
  friend bool operator==(const Rate&, const Rate&) = default;
};

class Rates {
 public:
  explicit Rates(std::size_t streams) : rates_(streams) {
    for (std::size_t s = 0; s < streams; ++s) rates_[s].family = s;
  }

  /// Says that two streams are of one length. False: they cannot be.
  bool join(StreamId a, StreamId b) {
    const Rate one = rates_[a], other = rates_[b];
    if (one.family == other.family) return one == other;
    for (Rate& rate : rates_) {
      if (rate.family != other.family) continue;
      rate = rate.times(one.over * other.under, one.under * other.over);
      rate.family = one.family;
    }
    return true;
  }

  void derive(StreamId stream, StreamId from, std::uint64_t produce, std::uint64_t consume) {
    rates_[stream] = rates_[from].times(produce, consume);
  }

 private:
  std::vector<Rate> rates_;
};

}  // namespace

std::uint64_t fit_rates(Plan* plan) {
  Rates rates(plan->streams());
  std::uint64_t taken = 0;
  for (PiperId p = 0; p < plan->pipers.size(); ++p) {
    PlanPiper& piper = plan->pipers[p];
    const StreamId first = piper.from[0];
    taken += std::erase_if(piper.from, [&](StreamId from) { return !rates.join(first, from); });
    if (piper.from.size() == 1) piper.join = Join::all;
    if (!piper.produce.any)
      rates.derive(plan->stream_of_piper(p), first, piper.produce.n, piper.consume);
  }
  return taken;
}

}  // namespace papy::graphs
