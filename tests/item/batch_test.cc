#include "item/batch.h"

#include <catch2/catch.hpp>
#include <string>

#include "item/failure.h"
#include "item/pack.h"

namespace papy {
namespace {

std::string packed(std::int64_t value) {
  std::string bytes;
  Packer(bytes).integer(value);
  return bytes;
}

TEST_CASE("a batch holds its items in order, a gap as an empty one") {
  BatchBuilder out;
  out.add({ItemKind::value, bytes_of(packed(7))});
  out.add({ItemKind::gap, {}});
  out.add({ItemKind::failure, bytes_of(encode(Failure{.piper = "a", .kind = "error"}))});
  const Batch batch = out.finish();

  REQUIRE(batch.size() == 3);
  CHECK(text_of(batch.item(0).bytes) == packed(7));
  CHECK(batch.item(1).kind == ItemKind::gap);
  CHECK(batch.item(1).bytes.empty());
  CHECK(decode_failure(batch.item(2).bytes) == Failure{.piper = "a", .kind = "error"});
}

TEST_CASE("the first item of a fresh builder may be a gap") {
  BatchBuilder out;
  out.add({ItemKind::gap, {}});
  const Batch batch = out.finish();
  REQUIRE(batch.size() == 1);
  CHECK(batch.item(0).kind == ItemKind::gap);
  CHECK(batch.item(0).bytes.empty());
}

TEST_CASE("a batch of values alone carries no kinds") {
  BatchBuilder out;
  for (int i = 0; i < 1000; ++i) out.add({ItemKind::value, bytes_of(packed(i))});
  const Batch batch = out.finish();
  CHECK(batch.kinds() == nullptr);
  CHECK(text_of(batch.item(999).bytes) == packed(999));
}

TEST_CASE("an empty batch is a batch") {
  BatchBuilder out;
  const Batch batch = out.finish();
  CHECK(batch.size() == 0);
  CHECK(Batch::from_frame(batch.frame()).size() == 0);
  CHECK(static_cast<bool>(Batch::from_frame(batch.frame())));
}

TEST_CASE("a builder can be used again after finish, rewind and truncate") {
  BatchBuilder out;
  out.add({ItemKind::value, bytes_of(packed(1))});
  out.append(bytes_of(packed(70000)));
  out.rewind();
  out.add({ItemKind::gap, {}});
  out.add({ItemKind::value, bytes_of(packed(3))});
  out.truncate(2);
  Batch batch = out.finish();
  REQUIRE(batch.size() == 2);
  CHECK(batch.item(1).kind == ItemKind::gap);

  out.add({ItemKind::value, bytes_of(packed(9))});
  batch = out.finish();
  REQUIRE(batch.size() == 1);
  CHECK(text_of(batch.item(0).bytes) == packed(9));
}

TEST_CASE("a frame that is cut or changed anywhere is refused, or reads within its bytes") {
  BatchBuilder out;
  out.add({ItemKind::value, bytes_of(packed(300))});
  out.add({ItemKind::gap, {}});
  const Batch batch = out.finish();
  const std::string frame(text_of(batch.frame()));
  REQUIRE(Batch::from_frame(bytes_of(frame)).size() == 2);
  for (std::size_t n = 0; n < frame.size(); ++n)
    CHECK_FALSE(Batch::from_frame(bytes_of(frame.substr(0, n))));
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    std::string changed = frame;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const Batch read = Batch::from_frame(bytes_of(changed));
    for (std::uint32_t i = 0; i < read.size(); ++i) CHECK(read.item(i).bytes.size() <= 3);
  }
}

}  // namespace
}  // namespace papy
