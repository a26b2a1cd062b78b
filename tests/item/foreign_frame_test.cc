#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "item/batch.h"
#include "item/pack.h"

namespace papy {
namespace {

std::string packed(const std::string& text) {
  std::string bytes;
  Packer(bytes).text(text);
  return bytes;
}

/// One message that was received, at an odd address.
class Message final : public FrameOwner {
 public:
  explicit Message(Bytes frame) : bytes_("x" + std::string(text_of(frame))) {}
  Bytes frame() const { return bytes_of(bytes_).subspan(1); }
  std::uint8_t* writable() { return reinterpret_cast<std::uint8_t*>(bytes_.data()) + 1; }
  void give_back(const std::uint8_t* frame) override {
    CHECK(frame == writable());
    ++given_back;
  }

  int given_back = 0;

 private:
  std::string bytes_;
};

/// Gives a few rooms of one size, for frames of at least half of that.
class Rooms final : public FrameMemory {
 public:
  static constexpr std::size_t kSize = 4096;
  explicit Rooms(std::size_t most) : most_(most) {}
  ~Rooms() override { CHECK(out.empty()); }

  Room take(std::size_t least, std::size_t wanted) override {
    if (wanted < kSize / 2 || least > kSize || out.size() == most_) return {};
    auto memory = std::make_unique<std::uint8_t[]>(kSize);
    std::uint8_t* const bytes = memory.get();
    out.emplace(bytes, std::move(memory));
    return {bytes, kSize};
  }
  bool shrink(const std::uint8_t* frame, std::size_t size) override {
    CHECK(out.count(frame) == 1);
    return size >= worth_it;
  }
  void give_back(const std::uint8_t* frame) override { CHECK(out.erase(frame) == 1); }
  bool holds(const Batch& batch) const { return out.count(batch.frame().data()) == 1; }

  std::map<const std::uint8_t*, std::unique_ptr<std::uint8_t[]>> out;
  std::size_t worth_it = kSize / 4;

 private:
  const std::size_t most_;
};

Batch three() {
  BatchBuilder out;
  out.add({ItemKind::value, bytes_of(packed("one"))});
  out.add({ItemKind::gap, {}});
  out.add({ItemKind::value, bytes_of(packed("three"))});
  return out.finish();
}

Batch filled(BatchBuilder* out, std::size_t bytes) {
  for (std::size_t n = 0; n < bytes; n += 100)
    out->add({ItemKind::value, bytes_of(packed(std::string(98, 'a')))});
  return out->finish();
}

TEST_CASE("an adopted batch reads where the frame lies, and gives it back with the last copy") {
  Message message(three().frame());
  Batch batch = Batch::adopt(message.frame(), message);
  REQUIRE(batch.size() == 3);
  CHECK(batch.item(0).bytes.data() > message.frame().data());
  CHECK(batch.item(0).bytes.data() < message.frame().data() + message.frame().size());
  CHECK(text_of(batch.item(2).bytes) == packed("three"));
  CHECK(batch.item(1).kind == ItemKind::gap);
  Batch copy = batch;
  batch = Batch();
  CHECK(message.given_back == 0);
  copy = Batch();
  CHECK(message.given_back == 1);
}

TEST_CASE("a frame that is not valid is neither adopted nor given back") {
  const std::string frame(text_of(three().frame()));
  for (std::size_t n = 0; n < frame.size(); ++n) {
    Message message(bytes_of(frame.substr(0, n)));
    CHECK_FALSE(Batch::adopt(message.frame(), message));
    CHECK(message.given_back == 0);
  }
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    std::string changed = frame;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    Message message(bytes_of(changed));
    const bool is_valid = static_cast<bool>(Batch::from_frame(bytes_of(changed)));
    CHECK(static_cast<bool>(Batch::adopt(message.frame(), message)) == is_valid);
    CHECK(message.given_back == (is_valid ? 1 : 0));
  }
}

TEST_CASE("whatever is written over an adopted frame, its items stay within it") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    Message message(three().frame());
    const Batch batch = Batch::adopt(message.frame(), message);
    for (std::size_t i = 0; i < message.frame().size(); ++i)
      message.writable()[i] = static_cast<std::uint8_t>(random());
    REQUIRE(batch.size() == 3);
    CHECK(batch.item(0).bytes.size() == packed("one").size());
    CHECK(batch.item(1).kind == ItemKind::gap);
    CHECK(batch.item(2).bytes.size() == packed("three").size());
    CHECK(batch.item(2).bytes.data() == message.frame().data() + 24 + packed("one").size());
    CHECK(batch.frame().size() == message.frame().size());
  }
}

TEST_CASE("a builder writes into the memory it was given, as far as that has room") {
  Rooms rooms(2);
  {
    BatchBuilder out(&rooms);
    const Batch large = filled(&out, 3000);
    CHECK(rooms.holds(large));
    CHECK(large.size() == 30);
    CHECK(text_of(large.item(29).bytes) == packed(std::string(98, 'a')));
    CHECK(static_cast<bool>(Batch::from_frame(large.frame())));

    const Batch small = filled(&out, 100);
    CHECK_FALSE(rooms.holds(small));
    CHECK(small.size() == 1);

    const Batch second = filled(&out, 3000);
    CHECK(rooms.holds(second));
    const Batch third = filled(&out, 3000);  // there are no more rooms
    CHECK_FALSE(rooms.holds(third));
    CHECK(third.size() == 30);
    CHECK(rooms.out.size() == 2);
  }
  CHECK(rooms.out.empty());
}

TEST_CASE("what outgrows the memory it was given moves on") {
  Rooms rooms(1);
  BatchBuilder out(&rooms);
  const Batch huge = filled(&out, 20'000);
  CHECK(huge.size() == 200);
  CHECK(text_of(huge.item(10).bytes) == packed(std::string(98, 'a')));
  CHECK(rooms.out.empty());
}

TEST_CASE("a frame stays in a room that is far too large when the owner can use the rest") {
  Rooms rooms(1);
  BatchBuilder out(&rooms);
  out.reserve(3000);
  const Batch batch = filled(&out, 1100);
  CHECK(rooms.holds(batch));
  CHECK(batch.size() == 11);
}

TEST_CASE("a builder gives back room that it did not use") {
  Rooms rooms(1);
  {
    BatchBuilder out(&rooms);
    out.reserve(3000);
    CHECK(rooms.out.size() == 1);
  }
  CHECK(rooms.out.empty());
  BatchBuilder out(&rooms);
  out.reserve(3000);
  out.add({ItemKind::value, bytes_of(packed("little"))});
  const Batch batch = out.finish();
  CHECK(text_of(batch.item(0).bytes) == packed("little"));
  CHECK(rooms.out.empty());
}

}  // namespace
}  // namespace papy
