#pragma once

#include <cstdint>
#include <string>

#include "scenario.h"

namespace papy::sim {

/// What a schedule does wrong on purpose, to show that the simulation sees it.
enum class Sabotage {
  none,
  duplicates_as_new,      ///< a repeated result of one task is given for another
  forgets_lost_tasks,     ///< a lost slot is not reported
  delivers_out_of_order,  ///< two items for a sink change places
  changes_a_value,        ///< one result is wrong
  blames_all,             ///< a death is charged to all that was in flight in its slot
  counts_shared_deaths,   ///< it is charged to whoever was under evaluation, alone or not
  no_quarantine,          ///< what should be alone in its slot is not
};

struct Options {
  Sabotage sabotage = Sabotage::none;
  bool trace = false;        ///< prints every event
  bool check_always = true;  ///< the invariants after each event, else after every eighth
};

/// What became of one seed.
struct Verdict {
  std::string wrong;  ///< empty: all is well
  std::uint64_t events = 0;
  std::uint64_t widened = 0;  ///< times that unstick() widened a pool's buffer
  std::uint64_t losses = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t deaths = 0;  ///< of slots, by what they evaluated
  std::uint64_t time_outs = 0;
  std::uint64_t alone = 0;  ///< tasks that were evaluated in quarantine
  bool stopped = false;     ///< by stop(), or by the run's own policy
  bool out_of_memory = false;
};

/// Runs the scenario of this seed through a Flow, with a schedule that is random too, and compares
/// what comes out with a plain evaluation in order.
Verdict simulate(std::uint64_t seed, const Options& options = {});

}  // namespace papy::sim
