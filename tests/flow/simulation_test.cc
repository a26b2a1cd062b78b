#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "simulator.h"

namespace papy::sim {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 3'000;
#else
constexpr std::uint64_t kSeeds = 50'000;
#endif

TEST_CASE("random workflows under random schedules give what an evaluation in order gives") {
  std::uint64_t widened = 0, stopped = 0, losses = 0, duplicates = 0, deaths = 0, alone = 0;
  std::uint64_t time_outs = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Verdict verdict = simulate(seed);
    if (!verdict.wrong.empty()) FAIL("seed " << seed << ": " << verdict.wrong);
    widened += verdict.widened > 0;
    stopped += verdict.stopped;
    losses += verdict.losses;
    duplicates += verdict.duplicates;
    deaths += verdict.deaths;
    time_outs += verdict.time_outs;
    alone += verdict.alone;
  }
  // The schedules do meet what they are for.
  CHECK(widened > kSeeds / 100);
  CHECK(stopped > kSeeds / 100);
  CHECK(losses > kSeeds);
  CHECK(duplicates > kSeeds);
  CHECK(deaths > kSeeds / 2);
  CHECK(time_outs > kSeeds / 4);
  CHECK(alone > kSeeds / 2);
}

TEST_CASE("a schedule is the same for the same seed") {
  const Verdict once = simulate(42), twice = simulate(42);
  CHECK(once.events == twice.events);
  CHECK(once.losses == twice.losses);
}

/// How many of the first seeds turn red.
int red(Sabotage sabotage) {
  int red = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed)
    red += !simulate(seed, {.sabotage = sabotage}).wrong.empty();
  return red;
}

TEST_CASE("the simulation turns red when a protection is off") {
  CHECK(red(Sabotage::none) == 0);
  CHECK(red(Sabotage::duplicates_as_new) > 10);
  CHECK(red(Sabotage::forgets_lost_tasks) > 10);
  CHECK(red(Sabotage::delivers_out_of_order) > 10);
  CHECK(red(Sabotage::changes_a_value) > 10);
  CHECK(red(Sabotage::blames_all) > 10);
  CHECK(red(Sabotage::counts_shared_deaths) > 10);
  CHECK(red(Sabotage::no_quarantine) > 10);
}

}  // namespace
}  // namespace papy::sim
