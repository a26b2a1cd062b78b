#include "pool/arena.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <vector>

#include "item/batch.h"
#include "item/pack.h"
#include "pool/arena_view.h"
#include "pool/wire_inputs.h"

namespace papy {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// One item of this many letters.
Batch letters(std::size_t size, char letter = 'a', FrameMemory* memory = nullptr) {
  std::string bytes;
  Packer(bytes).text(std::string(size, letter));
  BatchBuilder out(memory);
  out.add({ItemKind::value, bytes_of(bytes)});
  return out.finish();
}

std::string text_in(const Batch& batch, std::uint32_t item = 0) {
  Unpacker in(batch.item(item).bytes);
  return std::string(in.text().value_or("not a text"));
}

/// Arenas whose reserve() and notice() the test sees.
struct Scene {
  explicit Scene(std::uint64_t most = 64 * kMiB, std::uint64_t most_unused = 16 * kMiB)
      : arenas({.most = most,
                .most_unused = most_unused,
                .notice = [this](const std::string& text) { notices.push_back(text); },
                .reserve =
                    [this](int file, std::uint64_t at, std::uint64_t size) {
                      if (full) return ENOSPC;
                      return Arenas::reserve_pages(file, at, size);
                    }}) {
    arenas.open(3);
  }

  /// Bytes of the file that have pages.
  std::uint64_t backed() const {
    struct stat about {};
    REQUIRE(fstat(arenas.file(), &about) == 0);
    return static_cast<std::uint64_t>(about.st_blocks) * 512;
  }

  bool full = false;
  std::vector<std::string> notices;
  Arenas arenas;
};

}  // namespace

TEST_CASE("what a process writes where it may is a batch in the engine, and not copied") {
  Scene scene;
  ArenaView view(scene.arenas.file());
  Grant grant = scene.arenas.grant(2, kMiB);
  REQUIRE(grant);
  REQUIRE(view.grant({grant.bytes()}));
  const Batch written = letters(kMiB / 2, 'b', &view);
  const auto place = view.find(written);
  REQUIRE(place);
  CHECK(place->arena == 2);
  CHECK(place->offset == grant.bytes().offset);

  const std::uint8_t* const memory = scene.arenas.memory(grant);
  const Batch batch = scene.arenas.adopt(&grant, place->size);
  REQUIRE(batch);
  CHECK_FALSE(grant);
  CHECK(batch.frame().data() == memory);
  CHECK(text_in(batch) == std::string(kMiB / 2, 'b'));
  CHECK(scene.arenas.find(batch) == place);
}

TEST_CASE("what is no frame is not adopted, and its place stays the grant's") {
  Scene scene;
  Grant grant = scene.arenas.grant(0, kMiB);
  std::fill_n(scene.arenas.memory(grant), 4096, 0xff);
  CHECK_FALSE(scene.arenas.adopt(&grant, 4096));
  CHECK_FALSE(scene.arenas.adopt(&grant, grant.bytes().size + 1));
  CHECK(grant);
}

TEST_CASE("a place is used again when its last batch is gone") {
  Scene scene;
  std::optional<SharedBytes> first;
  for (int i = 0; i < 100; ++i) {
    const Batch batch = letters(kMiB, 'a', &scene.arenas);
    const auto place = scene.arenas.find(batch);
    REQUIRE(place);
    if (!first) first = place;
    CHECK(place == first);
    CHECK(scene.arenas.bytes().used >= kMiB);
    const Batch other = batch;  // the same bytes
    CHECK(scene.arenas.find(other) == place);
  }
  CHECK(scene.arenas.bytes().used == 0);
  CHECK(scene.backed() <= 4 * kMiB);
}

TEST_CASE("pages that lie unused for long go back to the system") {
  Scene scene;
  {
    std::vector<Batch> batches;
    for (int i = 0; i < 40; ++i) batches.push_back(letters(kMiB, 'a', &scene.arenas));
    CHECK(scene.backed() >= 40 * kMiB);
  }
  CHECK(scene.arenas.bytes().unused <= 16 * kMiB);
  CHECK(scene.backed() <= 16 * kMiB);
}

TEST_CASE("a frame much smaller than its place gives the rest back") {
  Scene scene;
  Grant grant = scene.arenas.grant(0, 8 * kMiB);
  CHECK(scene.arenas.bytes().used >= 8 * kMiB);
  const Batch source = letters(kMiB);
  const Bytes frame = source.frame();
  std::copy(frame.begin(), frame.end(), scene.arenas.memory(grant));
  const Batch batch = scene.arenas.adopt(&grant, frame.size());
  REQUIRE(batch);
  CHECK(scene.arenas.bytes().used <= 2 * kMiB);
  CHECK(scene.backed() <= 2 * kMiB);
  CHECK(text_in(batch) == std::string(kMiB, 'a'));
}

TEST_CASE("there is no more than what may be used at one time, and nobody is told") {
  Scene scene(4 * kMiB);
  std::vector<Grant> grants;
  for (int i = 0; i < 4; ++i) grants.push_back(scene.arenas.grant(1, kMiB));
  for (const Grant& grant : grants) CHECK(grant);
  CHECK_FALSE(scene.arenas.grant(1, kMiB));
  CHECK_FALSE(scene.arenas.find(letters(kMiB, 'a', &scene.arenas)));  // private memory instead
  grants.pop_back();
  CHECK(scene.arenas.grant(1, kMiB));
  CHECK(scene.notices.empty());
}

TEST_CASE("when the system has no more memory it is told once, and batches lie elsewhere") {
  Scene scene;
  const Batch before = letters(kMiB, 'a', &scene.arenas);
  { const Batch kept = letters(kMiB, 'b', &scene.arenas); }
  scene.full = true;
  const Batch reused = letters(kMiB, 'c', &scene.arenas);  // has its pages already
  CHECK(scene.arenas.find(reused));
  for (int i = 0; i < 3; ++i) {
    const Batch other = letters(kMiB, 'd', &scene.arenas);
    CHECK_FALSE(scene.arenas.find(other));
    CHECK(text_in(other) == std::string(kMiB, 'd'));
  }
  CHECK_FALSE(scene.arenas.grant(1, kMiB));
  REQUIRE(scene.notices.size() == 1);
  CHECK(scene.notices[0].find("cannot reserve") != std::string::npos);
  CHECK(scene.notices[0].find("No space left on device") != std::string::npos);
  CHECK(text_in(before) == std::string(kMiB, 'a'));
}

TEST_CASE("without shared memory nothing is granted") {
  Arenas arenas;  // was not opened
  CHECK(arenas.file() < 0);
  CHECK_FALSE(arenas.grant(0, kMiB));
  const Batch batch = letters(kMiB, 'a', &arenas);
  CHECK_FALSE(arenas.find(batch));
  CHECK(text_in(batch) == std::string(kMiB, 'a'));
}

TEST_CASE("a place that was abandoned is never used again") {
  Scene scene;
  Grant grant = scene.arenas.grant(1, kMiB);
  const SharedBytes place = grant.bytes();
  grant.abandon();
  for (int i = 0; i < 3; ++i) {
    const Grant next = scene.arenas.grant(1, kMiB);
    CHECK(next.bytes().offset != place.offset);
  }
}

TEST_CASE("a process reads what lies in any arena, and refuses places outside") {
  Scene scene;
  const Batch batch = letters(kMiB, 'x', &scene.arenas);
  ArenaView view(scene.arenas.file());
  const auto seen = view.batch_at(*scene.arenas.find(batch));
  REQUIRE(seen);
  CHECK(seen->frame().data() != batch.frame().data());  // mapped elsewhere: the same pages
  CHECK(text_in(*seen) == std::string(kMiB, 'x'));

  SharedBytes wrong{3, 0, 100};
  CHECK(view.batch_at(wrong).error().text == "a place that is not in shared memory");
  wrong = {0, kArenaBytes - 50, 100};
  CHECK(view.batch_at(wrong).error().text == "a place that is not in shared memory");
  wrong = {0, ~std::uint64_t{0}, 100};
  CHECK_FALSE(view.batch_at(wrong));
  ArenaView none(-1);
  CHECK_THAT(none.batch_at({0, 0, 100}).error().text,
             Catch::StartsWith("shared memory that cannot be mapped"));
}

TEST_CASE("a process writes nowhere but where it was granted last") {
  Scene scene;
  ArenaView view(scene.arenas.file());
  const Batch private_one = letters(kMiB, 'a', &view);
  CHECK_FALSE(view.find(private_one));
  const Grant first = scene.arenas.grant(1, kMiB);
  const Grant second = scene.arenas.grant(1, kMiB);
  REQUIRE(view.grant({first.bytes()}));
  const Batch there = letters(kMiB / 2, 'b', &view);
  CHECK(view.find(there));
  CHECK_FALSE(view.find(letters(kMiB / 2, 'c', &view)));  // there is one place for one result
  REQUIRE(view.grant({second.bytes()}));
  CHECK_FALSE(view.find(there));
  REQUIRE(view.grant({}));
  CHECK_FALSE(view.find(letters(kMiB / 2, 'd', &view)));
}

TEST_CASE("inboxes point to what lies in an arena, once copied what is large, and hold the rest") {
  Scene scene;
  const Batch shared = letters(kMiB, 's', &scene.arenas);
  const Batch large = letters(kMiB, 'l');
  const Batch small = letters(10, 't');
  WireInputs wire(&scene.arenas);
  const std::vector<Slice> slices = {{small, 0, 1}, {shared, 0, 1}, {large, 0, 1}};
  const std::vector<WireItems> items = wire.items(slices);
  const std::vector<WireItems> again = wire.items(std::vector<Slice>{{shared, 0, 1}});
  REQUIRE(items.size() == 3);
  CHECK(std::holds_alternative<Bytes>(items[0].frame));
  CHECK(std::get<SharedBytes>(items[1].frame) == scene.arenas.find(shared));
  CHECK(std::get<SharedBytes>(items[2].frame).arena == 0);
  CHECK(std::get<SharedBytes>(again.at(0).frame) == scene.arenas.find(shared));  // the same pages

  ArenaView view(scene.arenas.file());
  const auto copy = view.batch_at(std::get<SharedBytes>(items[2].frame));
  REQUIRE(copy);
  CHECK(text_in(*copy) == std::string(kMiB, 'l'));
  const std::uint64_t used = scene.arenas.bytes().used;
  wire.take_copies().clear();
  CHECK(scene.arenas.bytes().used < used);
}

TEST_CASE("of a large frame of which little is wanted, that is copied") {
  Scene scene;
  std::string bytes;
  Packer(bytes).text(std::string(100, 'a'));
  BatchBuilder out(&scene.arenas);
  out.reserve(2 * kMiB);
  for (int i = 0; i < 20'000; ++i) out.add({ItemKind::value, bytes_of(bytes)});
  const Batch batch = out.finish();
  REQUIRE(scene.arenas.find(batch));
  WireInputs wire(&scene.arenas);
  const auto items = wire.items(std::vector<Slice>{{batch, 100, 103}});
  REQUIRE(items.size() == 1);
  REQUIRE(std::holds_alternative<Bytes>(items[0].frame));
  CHECK(items[0].to - items[0].from == 3);
}

}  // namespace papy
