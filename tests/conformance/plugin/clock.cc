#include "clock.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace conformance {

void sleep(double seconds, papy::context& context) {
  using std::chrono::steady_clock;
  const auto* clock = papy::detail::extension<conformance_clock>(CONFORMANCE_EXT_CLOCK);
  if (clock != nullptr) return clock->pass(clock, seconds);
  const auto end = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                             std::chrono::duration<double>(seconds));
  while (steady_clock::now() < end) {
    if (context.cancelled()) throw papy::cancelled();
    std::this_thread::sleep_for(
        std::min<steady_clock::duration>(end - steady_clock::now(), std::chrono::milliseconds(2)));
  }
}

}  // namespace conformance
