#include "flow/plumber.h"

#include <catch2/catch.hpp>

#include "scene.h"

namespace papy {
namespace {

/// Counts how often it is woken.
class CountedWaiter final : public Waiter {
 public:
  void wake() override { ++wakes; }
  int wakes = 0;
};

/// Nobody waits here: the test takes every turn itself.
class CountedEvents final : public Events {
 public:
  std::optional<int> wait(std::optional<Time>) override { return std::nullopt; }
  void notify() override { ++notified; }
  Time now() const override { return Time{0}; }
  int notified = 0;
};

class SilentReport final : public Report {
 public:
  void on_failure(OutputId, std::uint64_t, const Failure&) override {}
  void on_warning(std::string_view) override {}
};

TEST_CASE("who gets work because a stream ends in another pool is woken") {
  // The stream of `p` ends without an item, which is seen when its pool is looked at; then `sum`,
  // on a pool that was looked at before, has its flush to do.
  Scene scene;
  scene.input("a");
  scene.pool("first");
  scene.pool("second");
  scene.piper("p", {"a"}).pool = 1;
  PlanPiper& sum = scene.piper("sum", {"p"});
  sum.serial = sum.has_flush = sum.produce.any = true;
  sum.pool = 0;
  scene.output("sum");

  CountedEvents events;
  SilentReport report;
  Plumber plumber(scene.plan(), events, report, {});
  CountedWaiter first, second, input, output;
  plumber.attach({&first, &second}, {&input}, {&output});
  REQUIRE(plumber.ask(0).items > 0);
  REQUIRE(plumber.next(0) == nullptr);
  REQUIRE(plumber.next(1) == nullptr);
  REQUIRE(plumber.collect(0).parts.empty());
  plumber.give(0, BatchBuilder().finish(), true, Duration{0});

  CHECK(first.wakes == 1);
  const Task* flush = plumber.next(0);
  REQUIRE(flush != nullptr);
  CHECK(flush->kind == Task::Kind::flush);
}

}  // namespace
}  // namespace papy
