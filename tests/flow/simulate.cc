#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "simulator.h"

int main(int argc, char** argv) {
  CLI::App app("Runs random workflows through the flow, each with a random schedule.");
  std::uint64_t seeds = 100'000, from = 0;
  std::int64_t seed = -1;
  std::uint64_t most = 5;
  papy::sim::Options options;
  app.add_option("--seeds", seeds, "how many")->capture_default_str();
  app.add_option("--from", from, "the first seed")->capture_default_str();
  app.add_option("--seed", seed, "this one alone");
  app.add_option("--most", most, "stop after so many failures")->capture_default_str();
  app.add_flag("--trace", options.trace, "print every event");
  app.footer("Example: simulate --seeds 1000000 --from 100000");
  CLI11_PARSE(app, argc, argv);
  if (seed >= 0) from = static_cast<std::uint64_t>(seed), seeds = 1;

  papy::sim::Verdict sum;
  std::uint64_t failed = 0, stopped = 0, out_of_memory = 0, widened = 0;
  for (std::uint64_t s = from; s < from + seeds && failed < most; ++s) {
    const papy::sim::Verdict verdict = papy::sim::simulate(s, options);
    sum.events += verdict.events;
    sum.losses += verdict.losses;
    sum.duplicates += verdict.duplicates;
    sum.deaths += verdict.deaths;
    sum.time_outs += verdict.time_outs;
    sum.alone += verdict.alone;
    widened += verdict.widened > 0;
    stopped += verdict.stopped;
    out_of_memory += verdict.out_of_memory;
    if (verdict.wrong.empty()) continue;
    ++failed;
    fmt::print("seed {}: {}\n", s, verdict.wrong);
  }
  fmt::print(
      "{} schedules, {} failed; {} events, {} slots lost ({} died of a tasklet, {} timed out), {} "
      "tasks in quarantine, {} duplicates; stopped {}, out of memory {}, widened {}\n",
      seeds, failed, sum.events, sum.losses, sum.deaths, sum.time_outs, sum.alone, sum.duplicates,
      stopped, out_of_memory, widened);
  return failed == 0 ? 0 : 1;
}
