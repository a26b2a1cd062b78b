#include "random.h"

#include <catch2/catch.hpp>

#include "random_workflow.h"

namespace papy::test {
namespace {

using sim::Random;

std::vector<PlanPool> random_pools(Random& random, std::vector<PlanPool> pools) {
  for (PlanPool& pool : pools) {
    pool.slots = static_cast<std::uint32_t>(random.between(1, 4));
    pool.stride = random.percent(60) ? std::optional(random.between(1, 7)) : std::nullopt;
    pool.buffer = random.percent(60) ? std::optional(random.between(1, 12)) : std::nullopt;
    pool.batch = random.percent(40) ? std::optional(random.between(1, 5)) : std::nullopt;
  }
  return pools;
}

void check_seeds(std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t seed = from; seed < to; ++seed) {
    graphs::Graph graph = graphs::make_graph(seed);
    graph.padding = 0;
    const Outcome expected = evaluate_in_order(graph);
    Random random(seed);
    for (int round = 0; round < 2; ++round) {
      Flow::Settings settings;
      settings.fusion = round % 2 == 0;
      settings.threads.bytes = random.between(1, 4000);
      const Outcome outcome =
          run_on_threads(graph, random_pools(random, graph.plan.pools), settings);
      INFO(describe(graph));
      CHECK(outcome.ending == expected.ending);
      REQUIRE(outcome.outputs == expected.outputs);
    }
  }
}

TEST_CASE("whatever the slots, strides, buffers and batches, the outputs are the same") {
  check_seeds(1, 151);
}

// Not by default: test_pool '[stress]'.
TEST_CASE("the outputs are the same for many more workflows", "[.][stress]") {
  check_seeds(1000, 3000);
}

}  // namespace
}  // namespace papy::test
