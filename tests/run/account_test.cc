#include "run/account.h"

#include <catch2/catch.hpp>

#include "scene.h"

namespace papy {
namespace {

TEST_CASE("the exit code follows from how a run ended and what failed") {
  Scene s = scene();
  CHECK(exit_code(s.plan, s.account) == 0);
  s.account.end.outputs[0] = {990, 3, 7};
  CHECK(exit_code(s.plan, s.account) == 1);
  s.account.end.outputs[0] = {990, 0, 10};
  CHECK(exit_code(s.plan, s.account) == 0);
  s.account.signal = 2;
  const std::pair<Ending, int> codes[] = {
      {Ending::finished, 0}, {Ending::drained, 130},       {Ending::policy, 3},
      {Ending::broken, 5},   {Ending::stdout_closed, 141}, {Ending::killed, 130},
      {Ending::bug, 4}};
  for (const auto& [ending, code] : codes) {
    s.account.ending = ending;
    CHECK(exit_code(s.plan, s.account) == code);
  }
}

TEST_CASE("an item that is neither written nor failed nor a gap is a bug") {
  Scene s = scene();
  s.account.end.outputs[0] = {998, 1, 0};
  CHECK(exit_code(s.plan, s.account) == 4);
  CHECK(mismatches(s.plan, s.account) ==
        std::vector<std::string>{
            "output 'table': 998 written + 1 failed + 0 gaps + 1 not done, there were 1000"});
}

TEST_CASE("what a run that stopped had not done adds up") {
  Scene s = scene();
  s.account.ending = Ending::policy;
  s.account.end.outputs[0] = {400, 1, 9};
  s.account.edges[4] = {"store", "table", 1000, 450, 0, 0, 50};
  CHECK(mismatches(s.plan, s.account).empty());
  const auto outputs = output_accounts(s.plan, s.account);
  REQUIRE(outputs.size() == 1);
  CHECK(outputs[0].length == 1000);
  CHECK(outputs[0].length_known);
  CHECK(outputs[0].not_done == 590);
}

TEST_CASE("more written than there was is a bug, and so is an edge that makes items") {
  Scene s = scene();
  s.account.ending = Ending::policy;
  s.account.end.outputs[0] = {1001, 0, 0};
  s.account.edges[0].unmatched = 2;
  CHECK(mismatches(s.plan, s.account) ==
        std::vector<std::string>{
            "left -> trim: 1002 items are accounted for, there were 1000",
            "output 'table': 1001 written + 0 failed + 0 gaps + 0 not done, there were 1000"});
}

}  // namespace
}  // namespace papy
