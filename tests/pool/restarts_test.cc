#include "pool/restarts.h"

#include <catch2/catch.hpp>

namespace papy {
namespace {

using namespace std::chrono_literals;

TEST_CASE("the first process after a death is started at once, the next ones after longer waits") {
  Restarts restarts(2);
  Time now(1s);
  CHECK(restarts.on_death(now) == 0s);
  CHECK(restarts.on_death(now) == 100ms);
  CHECK(restarts.on_death(now) == 200ms);
  for (int i = 0; i < 20; ++i) restarts.on_death(now += 1h);
  CHECK(restarts.on_death(now) == 30s);
  restarts.on_success();
  CHECK(restarts.on_death(now) == 0s);
}

TEST_CASE("many deaths in a short time without a success are hopeless") {
  const std::uint32_t slots = GENERATE(1u, 2u, 8u);
  const std::uint32_t most = slots == 8 ? 16 : 5;
  Restarts restarts(slots);
  Time now(1s);
  SECTION("as they come") {
    for (std::uint32_t i = 0; i < most; ++i) restarts.on_death(now);
    CHECK_FALSE(restarts.is_hopeless());
    restarts.on_death(now);
    CHECK(restarts.is_hopeless());
  }
  SECTION("not when they are seldom") {
    for (int i = 0; i < 1000; ++i) restarts.on_death(now += 3s);
    CHECK_FALSE(restarts.is_hopeless());
  }
  SECTION("not with a success in between") {
    for (int i = 0; i < 1000; ++i) {
      restarts.on_death(now);
      restarts.on_success();
    }
    CHECK_FALSE(restarts.is_hopeless());
  }
}

TEST_CASE("who is killed by others is borne a hundred times without a success") {
  Restarts restarts(2);
  CHECK(restarts.on_killed() == 0s);
  for (int i = 1; i < 100; ++i) CHECK(restarts.on_killed() == 100ms);
  CHECK_FALSE(restarts.is_hopeless());
  SECTION("and once more with one") {
    restarts.on_success();
    CHECK(restarts.on_killed() == 0s);
    CHECK_FALSE(restarts.is_hopeless());
  }
  SECTION("but no more") {
    restarts.on_killed();
    CHECK(restarts.is_hopeless());
  }
}

}  // namespace
}  // namespace papy
