#include "run/failure_tally.h"

#include <catch2/catch.hpp>

namespace papy {
namespace {

Failure failure(const std::string& piper, std::int32_t code, const std::string& message) {
  return {.piper = piper, .function = "a.b", .kind = "error", .code = code, .message = message};
}

TEST_CASE("failures are counted by sort, the most frequent first, with the first as an example") {
  FailureTally tally;
  CHECK(tally.groups().empty());
  tally.add(0, 4, failure("trim", 7, "first"));
  tally.add(0, 5, failure("trim", 8, "other code"));
  tally.add(0, 9, failure("trim", 8, "second"));
  CHECK(tally.groups() ==
        std::vector<FailureGroup>{{"trim", "a.b", "error", 8, 2, 0, 5, "other code"},
                                  {"trim", "a.b", "error", 7, 1, 0, 4, "first"}});
  CHECK(tally.items() == 3);
}

TEST_CASE("a failure that reaches two outputs is counted once") {
  FailureTally tally;
  tally.add(1, 4, failure("trim", 7, "x"));
  tally.add(0, 2, failure("trim", 7, "y"));
  tally.add(1, 5, failure("trim", 7, "z"));
  CHECK(tally.groups() == std::vector<FailureGroup>{{"trim", "a.b", "error", 7, 2, 1, 4, "x"}});
  CHECK(tally.items() == 3);
}

TEST_CASE("a failure that joined several is counted as its causes") {
  FailureTally tally;
  Failure joined{.piper = "pair", .kind = "joined"};
  joined.causes = {failure("left", 1, "l"), failure("right", 2, "r")};
  tally.add(0, 3, joined);
  CHECK(tally.groups() == std::vector<FailureGroup>{{"left", "a.b", "error", 1, 1, 0, 3, "l"},
                                                    {"right", "a.b", "error", 2, 1, 0, 3, "r"}});
}

TEST_CASE("a function that gives each failure a code of its own does not fill the memory") {
  FailureTally tally;
  for (int i = 0; i < 1000; ++i) tally.add(0, 0, failure("trim", i, "x"));
  CHECK(tally.groups().size() == FailureTally::kMost);
  CHECK(tally.others() == 1000 - FailureTally::kMost);
}

}  // namespace
}  // namespace papy
