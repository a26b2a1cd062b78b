#pragma once

#include <papy/plugin.hpp>

/// The ability of a host to let time pass without waiting: the step-by-step driver has it.
#define CONFORMANCE_EXT_CLOCK "conformance.clock/1"

struct conformance_clock {
  size_t struct_size;
  /* [slot] The evaluation at work takes so much longer. */
  void (*pass)(const conformance_clock* clock, double seconds);
};

namespace conformance {

/// Time passes: in the host's clock if it has one of its own, else really, in short steps, until
/// the call is not wanted any more.
void sleep(double seconds, papy::context& context);

}  // namespace conformance
