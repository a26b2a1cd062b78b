#include "flow/edge.h"

#include <catch2/catch.hpp>
#include <string>

namespace papy {
namespace {

/// Items "a", "b" ... one byte each.
Slice letters(const std::string& text) {
  BatchBuilder out;
  for (const char letter : text) out.add({ItemKind::value, bytes_of(std::string_view(&letter, 1))});
  const Batch batch = out.finish();
  return {batch, 0, batch.size()};
}

std::string take(Edge& edge, std::uint64_t n) {
  std::vector<Slice> slices;
  edge.take(n, &slices);
  std::string text;
  for (const Slice& slice : slices) {
    for (std::uint32_t i = 0; i < slice.size(); ++i) {
      const ItemView item = slice.item(i);
      text += item.kind == ItemKind::gap ? "-" : std::string(text_of(item.bytes));
    }
    text += '|';
  }
  return text;
}

TEST_CASE("a sorted edge gives places in their order and keeps what comes early") {
  Edge edge(Edge::Order::sorted);
  edge.put(2, letters("cd"));
  CHECK(edge.ready() == 0);
  CHECK(edge.items() == 2);
  edge.put(0, letters("ab"));
  CHECK(edge.ready() == 4);
  CHECK(take(edge, 3) == "ab|c|");
  CHECK(edge.next() == 3);
  CHECK(take(edge, 1) == "d|");
  CHECK(edge.check() == nullptr);
}

TEST_CASE("an unsorted edge gives chunks as they came, one at a time") {
  Edge edge(Edge::Order::unsorted);
  edge.put(2, letters("cd"));
  edge.put(0, letters("ab"));
  CHECK(edge.ready() == 2);
  CHECK(edge.next() == 2);
  CHECK(take(edge, 1) == "c|");
  CHECK(edge.next() == 3);
  CHECK(take(edge, 1) == "d|");
  CHECK(edge.next() == 0);
  CHECK(take(edge, 2) == "ab|");
  CHECK(edge.ready() == 0);
  CHECK(edge.check() == nullptr);
}

TEST_CASE("neighbours in one batch are one slice again") {
  Edge edge(Edge::Order::sorted);
  const Slice all = letters("abcd");
  edge.put(0, {all.batch, 0, 2});
  edge.put(2, {all.batch, 2, 4});
  CHECK(take(edge, 4) == "abcd|");
}

TEST_CASE("an edge ends when all its places were taken") {
  Edge edge(Edge::Order::sorted);
  CHECK_FALSE(edge.exhausted());
  edge.put(0, letters("ab"));
  edge.end(2);
  CHECK_FALSE(edge.exhausted());
  take(edge, 2);
  CHECK(edge.exhausted());
}

TEST_CASE("an edge of an empty stream is exhausted at once") {
  Edge edge(Edge::Order::sorted);
  edge.end(0);
  CHECK(edge.exhausted());
  CHECK(edge.check() == nullptr);
}

TEST_CASE("what comes to a closed edge is unmatched, and what lay there too") {
  Edge edge(Edge::Order::sorted);
  edge.put(0, letters("ab"));
  edge.put(5, letters("f"));
  edge.close();
  CHECK(edge.unmatched() == 3);
  CHECK(edge.items() == 0);
  CHECK(edge.bytes() == 0);
  edge.put(2, letters("c"));
  CHECK(edge.unmatched() == 4);
  CHECK(edge.exhausted());
  CHECK(edge.check() == nullptr);
}

TEST_CASE("a dropped rest is counted apart") {
  Edge edge(Edge::Order::sorted);
  edge.put(0, letters("abc"));
  take(edge, 2);
  edge.drop(1);
  CHECK(edge.taken() == 3);
  CHECK(edge.dropped() == 1);
  CHECK(edge.bytes() == 0);
}

TEST_CASE("bytes are those of the payload and the offsets") {
  Edge edge(Edge::Order::sorted);
  edge.put(0, letters("abc"));
  CHECK(edge.bytes() == 3 * (1 + 5));
  take(edge, 1);
  CHECK(edge.bytes() == 2 * (1 + 5));
}

}  // namespace
}  // namespace papy
