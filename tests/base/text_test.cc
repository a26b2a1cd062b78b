#include "base/text.h"

#include <catch2/catch.hpp>

using namespace papy;

TEST_CASE("the edit distance counts letters inserted, removed, changed and swapped") {
  CHECK(edit_distance("", "", 3) == 0);
  CHECK(edit_distance("buffer", "buffer", 3) == 0);
  CHECK(edit_distance("bufer", "buffer", 3) == 1);
  CHECK(edit_distance("buffers", "buffer", 3) == 1);
  CHECK(edit_distance("baffer", "buffer", 3) == 1);
  CHECK(edit_distance("bfufer", "buffer", 3) == 1);
  CHECK(edit_distance("Buffer", "bUFFER", 3) == 0);
  CHECK(edit_distance("abc", "", 3) == 3);
  CHECK(edit_distance("kitten", "sitting", 3) == 3);
}

TEST_CASE("an edit distance beyond its limit is the limit and one") {
  CHECK(edit_distance("kitten", "sitting", 2) == 3);
  CHECK(edit_distance("a", "abcdefgh", 2) == 3);
  CHECK(edit_distance("x", "y", 0) == 1);
}

TEST_CASE("the nearest word is the first of the nearest, if any is near") {
  CHECK(nearest("bufer", {"batch", "buffer", "bufger"}) == "buffer");
  CHECK(nearest("wrker", {"from", "worker"}) == "worker");
  CHECK(nearest("colour", {"from", "worker"}) == std::nullopt);
  CHECK(nearest("a", {"b"}) == std::nullopt);
  CHECK(nearest("late", {"fake"}) == std::nullopt);
  CHECK(nearest("", {"a"}) == std::nullopt);
  CHECK(nearest("a", {}) == std::nullopt);
  CHECK(nearest(std::string(101, 'a'), {std::string_view("a")}) == std::nullopt);
}

TEST_CASE("a quoted word is one short line") {
  CHECK(in_quotes("word") == "'word'");
  CHECK(in_quotes("") == "''");
  CHECK(in_quotes("a\nb\tc\x01\x7f") == "'a\\nb\\tc\\x01\\x7f'");
  CHECK(in_quotes("größe") == "'größe'");
  CHECK(in_quotes(std::string(50, 'a') + std::string(50, 'b')) ==
        "'" + std::string(40, 'a') + "..." + std::string(20, 'b') + "'");
  // Characters of two bytes are left out whole.
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "ä";
  CHECK(find_bad_utf8(in_quotes("x" + umlauts)) == std::string::npos);
}

TEST_CASE("of a text of several lines, line feeds and tabs stay, and all else is escaped") {
  CHECK(printable_lines("") == "");
  CHECK(printable_lines("a\x1b[31m\tb\n\nc\r\xff\n") == "a\\x1b[31m\tb\n\nc\\x0d\\xff\n");
  CHECK(printable("a\nb\xc2\x9b 2J\xc2\xa0") == "a\\nb\\x9b 2J\xc2\xa0");  // a control of C1
}

TEST_CASE("a long message is cut and says how much is left out") {
  CHECK(cut_message(std::string(4096, 'x')) == std::string(4096, 'x'));
  const std::string cut = cut_message(std::string(20'000, 'x'));
  CHECK(cut == std::string(4050, 'x') + "... (15950 bytes left out)");
  CHECK(cut_message(cut) == cut);
  CHECK(cut_message(std::string(4049, 'x') + "ä" + std::string(100, 'x')) ==
        std::string(4049, 'x') + "... (102 bytes left out)");
}

TEST_CASE("alternatives read as one would say them") {
  CHECK(either({}) == "");
  CHECK(either({"a"}) == "a");
  CHECK(either({"a", "b"}) == "a or b");
  CHECK(either({"a", "b", "c"}) == "a, b or c");
}

TEST_CASE("what is not UTF-8 is found where it begins") {
  constexpr std::size_t kFine = std::string_view::npos;
  CHECK(find_bad_utf8("") == kFine);
  CHECK(find_bad_utf8("abc\n") == kFine);
  CHECK(find_bad_utf8("\xc3\xa4\xe2\x86\x92\xf0\x9f\x98\x80") == kFine);
  CHECK(find_bad_utf8("ab\xff") == 2);
  CHECK(find_bad_utf8("a\x80") == 1);
  CHECK(find_bad_utf8("\xc3") == 0);              // cut short
  CHECK(find_bad_utf8("x\xe2\x86") == 1);         // cut short
  CHECK(find_bad_utf8("\xc0\xaf") == 0);          // overlong
  CHECK(find_bad_utf8("\xe0\x80\xaf") == 0);      // overlong
  CHECK(find_bad_utf8("\xf0\x80\x80\xaf") == 0);  // overlong
  CHECK(find_bad_utf8("\xed\xa0\x80") == 0);      // a surrogate
  CHECK(find_bad_utf8("\xf4\x90\x80\x80") == 0);  // beyond U+10FFFF
  CHECK(find_bad_utf8("\xf5\x80\x80\x80") == 0);
}

TEST_CASE("columns count code points") {
  CHECK(columns("") == 0);
  CHECK(columns("abc") == 3);
  CHECK(columns("größe→") == 6);
}
