#include "base/source.h"

#include <catch2/catch.hpp>

using namespace papy;

TEST_CASE("a source knows the line and column of each byte") {
  const Source source("a.yaml", "one\ntwo\r\n\nfür x");
  CHECK(source.place(0) == LineColumn{1, 1});
  CHECK(source.place(2) == LineColumn{1, 3});
  CHECK(source.place(3) == LineColumn{1, 4});
  CHECK(source.place(4) == LineColumn{2, 1});
  CHECK(source.place(9) == LineColumn{3, 1});
  CHECK(source.place(10) == LineColumn{4, 1});
  CHECK(source.place(14) == LineColumn{4, 4});  // behind the two bytes of ü
  CHECK(source.place(16) == LineColumn{4, 6});
  CHECK(source.place(1000) == LineColumn{4, 6});
}

TEST_CASE("a source gives its lines without their ends") {
  const Source source("a.yaml", "one\ntwo\r\n\nlast");
  CHECK(source.line(1) == "one");
  CHECK(source.line(2) == "two");
  CHECK(source.line(3) == "");
  CHECK(source.line(4) == "last");
  CHECK(source.line_begin(4) == 10);
}

TEST_CASE("an empty source has one empty line") {
  const Source source("a.yaml", "");
  CHECK(source.place(0) == LineColumn{1, 1});
  CHECK(source.line(1) == "");
}
