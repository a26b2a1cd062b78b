#include "flow/ready_set.h"

#include <catch2/catch.hpp>

namespace papy {
namespace {

TEST_CASE("a ready set gives the highest of its numbers, near and far") {
  ReadySet set(10'000);
  CHECK(set.empty());
  for (const std::size_t i : {3u, 64u, 4'095u, 4'096u, 9'999u}) set.insert(i);
  for (const std::size_t i : {9'999u, 4'096u, 4'095u, 64u, 3u}) {
    REQUIRE_FALSE(set.empty());
    CHECK(set.highest() == i);
    CHECK(set.contains(i));
    set.erase(i);
    CHECK_FALSE(set.contains(i));
  }
  CHECK(set.empty());
}

TEST_CASE("a ready set moves its numbers to another") {
  ReadySet from(200), to(200);
  from.insert(7);
  from.insert(150);
  to.insert(8);
  from.move_to(&to);
  CHECK(from.empty());
  CHECK(to.contains(7));
  CHECK(to.contains(8));
  CHECK(to.highest() == 150);
}

TEST_CASE("a ready set of nothing is empty") { CHECK(ReadySet(0).empty()); }

}  // namespace
}  // namespace papy
