#pragma once

#include "base/semaphore.h"
#include "flow/desk.h"

namespace papy {

/// Where threads sleep that the desk had nothing for. A wake() that comes before its park() is not
/// lost.
class Parking final : public Waiter {
 public:
  void wake() override { wakes_.release(); }
  void park() { wakes_.acquire(); }

 private:
  Semaphore wakes_;
};

}  // namespace papy
