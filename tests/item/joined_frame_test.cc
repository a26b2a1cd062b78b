#include "item/joined_frame.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "item/failure.h"
#include "item/pack.h"

namespace papy {
namespace {

std::string packed(const std::string& text) {
  std::string bytes;
  Packer(bytes).text(text);
  return bytes;
}

Batch letters(const std::string& text) {
  BatchBuilder out;
  for (const char c : text) {
    if (c == '-') {
      out.add({ItemKind::gap, {}});
    } else {
      out.add({ItemKind::value, bytes_of(packed(std::string(1, c)))});
    }
  }
  return out.finish();
}

std::string frame_of(const std::vector<Slice>& slices) {
  const JoinedFrame joined(slices);
  REQUIRE(joined.fits());
  std::string frame;
  joined.append_to(&frame);
  CHECK(frame.size() == joined.size());
  return frame;
}

/// The same by adding item by item.
std::string added_one_by_one(const std::vector<Slice>& slices) {
  BatchBuilder out;
  for (const Slice& slice : slices) {
    for (std::uint32_t i = 0; i < slice.size(); ++i) out.add(slice.item(i));
  }
  return std::string(text_of(out.finish().frame()));
}

TEST_CASE("slices become one frame with their items alone") {
  const std::string frame = frame_of({{letters("abcd"), 1, 3}, {letters("xyz"), 2, 3}});
  const Batch read = Batch::from_frame(bytes_of(frame));
  REQUIRE(read.size() == 3);
  CHECK(text_of(read.item(0).bytes) == packed("b"));
  CHECK(text_of(read.item(1).bytes) == packed("c"));
  CHECK(text_of(read.item(2).bytes) == packed("z"));
}

TEST_CASE(
    "kinds are there when one of the items is not a value, not when only their batch has one") {
  const Batch mixed = letters("a-b");
  const Batch plain = letters("cd");
  const Batch with = Batch::from_frame(bytes_of(frame_of({{plain, 0, 2}, {mixed, 1, 3}})));
  REQUIRE(with.size() == 4);
  CHECK(with.item(1).kind == ItemKind::value);
  CHECK(with.item(2).kind == ItemKind::gap);
  CHECK(with.item(3).kind == ItemKind::value);
  const Batch without = Batch::from_frame(bytes_of(frame_of({{mixed, 2, 3}, {plain, 0, 1}})));
  REQUIRE(without.size() == 2);
  CHECK(without.kinds() == nullptr);
}

TEST_CASE("no slices, and slices of nothing, are an empty frame") {
  CHECK(Batch::from_frame(bytes_of(frame_of({}))).size() == 0);
  CHECK(frame_of({}) == frame_of({{letters("abc"), 2, 2}, {Batch(), 0, 0}}));
  CHECK(static_cast<bool>(Batch::from_frame(bytes_of(frame_of({})))));
}

TEST_CASE("a frame goes behind what the message has") {
  const std::vector<Slice> slices{{letters("q-"), 0, 2}};
  std::string message = "odd";
  JoinedFrame(slices).append_to(&message);
  CHECK(message == "odd" + frame_of(slices));
}

TEST_CASE("a joined frame is, byte for byte, what adding its items makes") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    INFO("round " << round);
    std::vector<Batch> batches;
    for (std::size_t b = 0; b <= random() % 4; ++b) {
      BatchBuilder out;
      const unsigned rare = 1 + random() % 12;
      for (std::size_t i = random() % 20; i > 0; --i) {
        switch (random() % rare) {
          case 2:
            out.add({ItemKind::gap, {}});
            break;
          case 3:
            out.add({ItemKind::failure, bytes_of(encode(Failure{.piper = "p", .kind = "error"}))});
            break;
          default:
            out.add({ItemKind::value, bytes_of(packed(std::string(random() % 70, 'x')))});
        }
      }
      batches.push_back(out.finish());
    }
    std::vector<Slice> slices;
    for (std::size_t s = random() % 6; s > 0; --s) {
      const Batch& batch = batches[random() % batches.size()];
      std::uniform_int_distribution<std::uint32_t> place(0, batch.size());
      const std::uint32_t a = place(random), b = place(random);
      slices.push_back({batch, std::min(a, b), std::max(a, b)});
    }
    const std::string frame = frame_of(slices);
    REQUIRE(frame == added_one_by_one(slices));
    REQUIRE(text_of(Batch::from_frame(bytes_of(frame)).frame()) == frame);
  }
}

TEST_CASE("more bytes than a frame holds do not fit") {
  const std::string large(64 << 20, 'x');
  BatchBuilder out;
  out.add({ItemKind::value, bytes_of(packed(large))});
  const Batch batch = out.finish();
  std::vector<Slice> slices(63, Slice{batch, 0, 1});
  CHECK(JoinedFrame(slices).fits());
  slices.push_back({batch, 0, 1});
  CHECK_FALSE(JoinedFrame(slices).fits());
}

}  // namespace
}  // namespace papy
