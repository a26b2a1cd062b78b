#include "flow/outbox.h"

#include <catch2/catch.hpp>

namespace papy {
namespace {

Piece piece(std::uint64_t first, std::uint32_t tasklets) {
  BatchBuilder out;
  for (std::uint32_t t = 0; t < tasklets; ++t) out.add({ItemKind::value, bytes_of("v")});
  return {first, tasklets, {out.finish(), 0, tasklets}, {}};
}

/// The first tasklets of all pieces that can be taken.
std::vector<std::uint64_t> take_all(Outbox& outbox) {
  std::vector<std::uint64_t> firsts;
  while (const auto next = outbox.take()) firsts.push_back(next->first);
  return firsts;
}

using Firsts = std::vector<std::uint64_t>;

TEST_CASE("an outbox gives results in the order of their tasklets") {
  Outbox outbox;
  outbox.put(piece(3, 1));
  outbox.put(piece(1, 2));
  CHECK(take_all(outbox) == Firsts{});
  CHECK(outbox.items() == 3);
  outbox.put(piece(0, 1));
  CHECK(take_all(outbox) == Firsts{0, 1, 3});
  CHECK(outbox.next() == 4);
  CHECK(outbox.items() == 0);
  CHECK(outbox.bytes() == 0);
}

TEST_CASE("a result whose turn it is passes without being put") {
  Outbox outbox;
  outbox.put(piece(2, 1));
  CHECK_FALSE(outbox.is_next(piece(2, 1)));
  REQUIRE(outbox.is_next(piece(0, 2)));
  outbox.pass(piece(0, 2));
  CHECK(take_all(outbox) == Firsts{2});
}

TEST_CASE("an outbox keeps the place of a tasklet that gave nothing") {
  Outbox outbox;
  outbox.put(piece(1, 1));
  outbox.put({0, 1, {}, {0}});
  CHECK(take_all(outbox) == Firsts{0, 1});
}

TEST_CASE("an outbox that is cut forgets what lies behind") {
  Outbox outbox;
  outbox.put(piece(1, 1));
  outbox.put(piece(2, 4));
  outbox.cut(2);
  CHECK(outbox.items() == 1);
  outbox.put(piece(0, 1));
  CHECK(take_all(outbox) == Firsts{0, 1});
  CHECK(outbox.bytes() == 0);
}

}  // namespace
}  // namespace papy
