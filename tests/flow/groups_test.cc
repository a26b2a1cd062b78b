#include "flow/groups.h"

#include <catch2/catch.hpp>

namespace papy {
namespace {

/// a -> p -> q -> output.
Plan two_in_line() {
  Plan plan;
  plan.pools.push_back({.name = "pool", .slots = 2});
  plan.inputs.push_back({"a", {}});
  PlanPiper piper;
  piper.name = "p";
  piper.from = {0};
  plan.pipers.push_back(piper);
  piper.name = "q";
  piper.from = {1};
  plan.pipers.push_back(piper);
  plan.outputs.push_back({"out", {}, 2});
  return plan;
}

std::vector<std::vector<PiperId>> groups_of(const Plan& plan, bool enabled = true) {
  std::vector<std::vector<PiperId>> groups;
  for (const Group& group : fuse(plan, enabled)) groups.push_back(group.pipers);
  return groups;
}

using Groups = std::vector<std::vector<PiperId>>;
const Groups kTogether{{0, 1}}, kApart{{0}, {1}};

TEST_CASE("neighbours that run item by item on one pool are one group") {
  CHECK(groups_of(two_in_line()) == kTogether);
  CHECK(groups_of(two_in_line(), false) == kApart);
}

TEST_CASE("what needs its own task keeps neighbours apart") {
  const auto with = [](auto&& change) {
    Plan plan = two_in_line();
    change(plan, plan.pipers[0], plan.pipers[1]);
    return groups_of(plan);
  };
  CHECK(with([](auto&, auto& p, auto&) { p.timeout = Duration(1); }) == kApart);
  CHECK(with([](auto&, auto&, auto& q) { q.retries.attempts = 2; }) == kApart);
  CHECK(with([](auto&, auto& p, auto&) { p.spawn = 2; }) == kApart);
  CHECK(with([](auto&, auto&, auto& q) { q.serial = true; }) == kApart);
  CHECK(with([](auto&, auto& p, auto&) { p.track = true; }) == kApart);
  CHECK(with([](auto&, auto& p, auto&) { p.produce.n = 2; }) == kApart);
  CHECK(with([](auto&, auto&, auto& q) { q.produce.n = 2; }) == kTogether);
  CHECK(with([](auto&, auto& p, auto&) { p.consume = 2; }) == kTogether);
  CHECK(with([](auto&, auto&, auto& q) { q.consume = 2; }) == kApart);
  CHECK(with([](auto&, auto&, auto& q) { q.from = {1, 0}; }) == kApart);
  CHECK(with([](auto& plan, auto&, auto&) { plan.outputs.push_back({"fork", {}, 1}); }) == kApart);
  CHECK(with([](auto& plan, auto&, auto& q) {
          plan.pools.push_back({.name = "other"});
          q.pool = 1;
        }) == kApart);
}

TEST_CASE("a stride that lets only one slot work at a time keeps neighbours apart") {
  Plan plan = two_in_line();
  plan.pools[0].stride = 3;
  CHECK(groups_of(plan) == kApart);
  plan.pools[0].stride = 4;
  CHECK(groups_of(plan) == kTogether);
}

}  // namespace
}  // namespace papy
