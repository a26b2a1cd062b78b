#pragma once

#include <papy/plugin.h>

#include <cstring>

#include "../plugin/clock.h"
#include "workflow/plan.h"

namespace conformance {

/// A host in which evaluations take no real time: functions that sleep tell how long they would
/// have.
///
///     OwnTime time(host.raw());
///     evaluator.run(task);   // with time.raw()
///     time.take();           // 500ms, when it slept for half a second
class OwnTime {
 public:
  /// `host` is borrowed; what is not about time is its.
  explicit OwnTime(const papy_host* host) {
    host_.raw = *host;
    host_.raw.get_extension = &OwnTime::get_extension;
    host_.self = this;
    host_.other = host;
    clock_.raw = {sizeof(conformance_clock), &OwnTime::pass};
    clock_.self = this;
  }
  OwnTime(const OwnTime&) = delete;

  const papy_host* raw() const { return &host_.raw; }

  /// What functions took since the last time this was asked.
  papy::Duration take() {
    const papy::Duration taken = taken_;
    taken_ = papy::Duration{0};
    return taken;
  }

 private:
  struct Host {
    papy_host raw{};
    OwnTime* self = nullptr;
    const papy_host* other = nullptr;
  };
  struct Clock {
    conformance_clock raw{};
    OwnTime* self = nullptr;
  };

  static const void* get_extension(const papy_host* raw, const char* name) {
    const auto* host = reinterpret_cast<const Host*>(raw);
    if (std::strcmp(name, CONFORMANCE_EXT_CLOCK) == 0) return &host->self->clock_.raw;
    return host->other->get_extension(host->other, name);
  }
  static void pass(const conformance_clock* raw, double seconds) {
    OwnTime& self = *reinterpret_cast<const Clock*>(raw)->self;
    self.taken_ +=
        std::chrono::duration_cast<papy::Duration>(std::chrono::duration<double>(seconds));
  }

  Host host_;
  Clock clock_;
  papy::Duration taken_{0};
};

}  // namespace conformance
