// Workers of core that look at items that follow each other.
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "support.h"

namespace papy {
namespace {

std::vector<std::string> numbers(int n) {
  std::vector<std::string> all;
  for (int i = 0; i < n; ++i) all.push_back(std::to_string(i));
  return all;
}

TEST_CASE("core.windows overlap, touch or leave gaps") {
  Plugin core("core");
  const auto windows = [&](int n, const std::string& args) {
    return reduced(core, "windows", numbers(n), args);
  };
  CHECK(windows(4, R"({"size":2})") == "[0,1] [1,2] [2,3]");
  CHECK(windows(5, R"({"size":2,"step":2})") == "[0,1] [2,3]");
  CHECK(windows(5, R"({"size":2,"step":2,"partial":true})") == "[0,1] [2,3] [4]");
  CHECK(windows(8, R"({"size":2,"step":3,"partial":true})") == "[0,1] [3,4] [6,7]");
  CHECK(windows(7, R"({"size":2,"step":3,"partial":true})") == "[0,1] [3,4] [6]");
  CHECK(windows(6, R"({"size":2,"step":3,"partial":true})") == "[0,1] [3,4]");
  CHECK(windows(4, R"({"size":3,"partial":true})") == "[0,1,2] [1,2,3]");
  CHECK(windows(2, R"({"size":3,"partial":true})") == "[0,1]");
  CHECK(windows(2, R"({"size":3})") == "");
  CHECK(windows(0, R"({"size":3,"partial":true})") == "");
  CHECK(core.refusal("windows", R"({"size":0})") == "argument 'size': must be at least 1");
}

TEST_CASE("core.runs ends a run where the key changes, or where it is full") {
  Plugin core("core");
  const std::vector<std::string> items = {R"({"k":1,"n":0})", R"({"k":1,"n":1})",
                                          R"({"k":2,"n":2})", R"({"k":1,"n":3})"};
  CHECK(reduced(core, "runs", items, R"({"by":"k"})") ==
        R"([{"k":1,"n":0},{"k":1,"n":1}] [{"k":2,"n":2}] [{"k":1,"n":3}])");
  CHECK(reduced(core, "runs", numbers(7), R"({"by":"it // 5","most":2})") ==
        "[0,1] [2,3] [4] [5,6]");
  CHECK(reduced(core, "runs", {}, R"({"by":"k"})") == "");
  CHECK(reduced(core, "runs", {"1"}, R"({"by":"k"})") ==
        "fail 0: by, character 1: there is no field 'k'");
}

TEST_CASE("core.deduplicate keeps the first of the same") {
  Plugin core("core");
  const auto kept = [&](const std::vector<std::string>& items, const std::string& args) {
    Caller deduplicate = core.open("deduplicate", args);
    std::string kept;
    for (const std::string& item : items) kept += deduplicate.call({item}) + ",";
    return kept;
  };
  CHECK(kept({"1", R"("a")", "1", "[1]", R"("a")", "[1]"}, "{}") == R"(1,"a",skip,[1],skip,skip,)");
  CHECK(kept({R"({"n":"a","x":1})", R"({"n":"A","x":2})"}, R"_({"by":"lower(n)"})_") ==
        R"({"n":"a","x":1},skip,)");
  CHECK(kept({"1", "2", "1", "3", "1", "2"}, R"({"last":2})") == "1,2,skip,3,1,2,");
}

TEST_CASE("core.reservoir keeps as many as it is told, in their order") {
  Plugin core("core");
  CHECK(reduced(core, "reservoir", numbers(3), R"({"n":5})") == "0 1 2");
  CHECK(reduced(core, "reservoir", {}, R"({"n":5})") == "");
  const std::string three = reduced(core, "reservoir", numbers(50), R"({"n":3})");
  CHECK(three == reduced(core, "reservoir", numbers(50), R"({"n":3})"));
  CHECK(three != reduced(core, "reservoir", numbers(50), R"({"n":3,"seed":1})"));
}

TEST_CASE("every item is as likely to be in core.reservoir") {
  Plugin core("core");
  std::map<std::string, int> times;
  for (int seed = 0; seed < 2000; ++seed) {
    ++times[reduced(core, "reservoir", numbers(5),
                    R"({"n":1,"seed":)" + std::to_string(seed) + "}")];
  }
  CHECK(times.size() == 5);
  for (const auto& [item, n] : times) {
    CHECK(n > 320);  // 400 are expected, 18 is the deviation
    CHECK(n < 480);
  }
}

TEST_CASE("what looks at items that follow each other goes on from what another saved") {
  Plugin core("core");
  const std::vector<std::pair<const char*, std::string>> workers = {
      {"windows", R"({"size":3,"step":2,"partial":true})"},
      {"windows", R"({"size":2,"step":5,"partial":true})"},
      {"runs", R"({"by":"it // 4"})"},
      {"reservoir", R"({"n":4})"}};
  for (const auto& [name, args] : workers) {
    INFO(name << args);
    for (const int n : {0, 1, 7, 8, 9, 20}) {
      CHECK(reduced_by_two(core, name, numbers(n), args) == reduced(core, name, numbers(n), args));
    }
  }
  for (const std::string args : {"{}", R"({"last":2})"}) {
    Caller first = core.open("deduplicate", args);
    first.call({"1"});
    first.call({"2"});
    first.call({"3"});
    Caller second = core.open("deduplicate", args);
    REQUIRE(second.load_from(first));
    CHECK(second.call({"2"}) == "skip");
    CHECK(second.call({"1"}) == (args == "{}" ? "skip" : "1"));
  }
}

}  // namespace
}  // namespace papy
