#include "run/progress.h"

#include <catch2/catch.hpp>

#include "scene.h"

namespace papy {
namespace {

using namespace std::chrono_literals;

Snapshot at(Duration elapsed, std::uint64_t left, std::uint64_t right) {
  Snapshot now;
  now.elapsed = elapsed;
  now.inputs = {{left, false, 10000}, {right, false, 10000}};
  now.pipers = {{.in = left}, {.in = right}, {.in = 0}};
  now.outputs = {{right, 0, 0}};
  return now;
}

TEST_CASE("the line of a run that has not begun is all noughts") {
  const Scene s = scene();
  CHECK(Progress(s.plan).line(80) == "read 0 (0/s)  written 0");
}

TEST_CASE("the line says what was read and written, how fast, and how long it will take") {
  const Scene s = scene();
  Progress progress(s.plan);
  progress.see(at(1s, 1200, 800));
  CHECK(progress.line(80) ==
        "read 2.0k (2.0k/s)  written 800  9s left  trim 1.2k  pair 800  store 0");
  Snapshot failed = at(2s, 1200, 800);
  failed.failures = 12;
  progress.see(failed);
  CHECK(progress.line(80) ==
        "read 2.0k (1.0k/s)  written 800  12 failed  18s left  trim 1.2k  pair 800 ...");
}

TEST_CASE("what does not fit is left out, pipers first") {
  const Scene s = scene();
  Progress progress(s.plan);
  progress.see(at(1s, 1200, 800));
  CHECK(progress.line(70) ==
        "read 2.0k (2.0k/s)  written 800  9s left  trim 1.2k  pair 800  store 0");
  CHECK(progress.line(69) == "read 2.0k (2.0k/s)  written 800  9s left  trim 1.2k  pair 800 ...");
  CHECK(progress.line(45) == "read 2.0k (2.0k/s)  written 800  9s left ...");
  CHECK(progress.line(41) == "read 2.0k (2.0k/s)  written 800  9s left");
  CHECK(progress.line(7) == "read 2.");
  CHECK(progress.line(0).empty());
  CHECK(progress.line(-1).empty());
}

TEST_CASE("the rate is that of the last ten seconds") {
  const Scene s = scene();
  Progress progress(s.plan);
  for (int second = 1; second <= 60; ++second)
    progress.see(at(std::chrono::seconds(second),
                    static_cast<std::uint64_t>(second <= 40 ? second * 100 : 4000), 0));
  CHECK(progress.rate() == 0);
  CHECK_FALSE(progress.left());
  progress.see(at(61s, 4550, 0));
  CHECK(progress.rate() == Approx(55));
}

TEST_CASE("how long it will take is told only when every input that goes on knows its size") {
  const Scene s = scene();
  Progress progress(s.plan);
  Snapshot now = at(1s, 5000, 5000);
  now.inputs[1].size.reset();
  progress.see(now);
  CHECK_FALSE(progress.left());
  now.inputs[1].ended = true;
  now.elapsed = 2s;
  progress.see(now);
  CHECK(progress.left() == 1s);
  now.inputs[0].items = 20000;  // a source that gives more than it said
  now.elapsed = 3s;
  progress.see(now);
  CHECK_FALSE(progress.left());
}

}  // namespace
}  // namespace papy
