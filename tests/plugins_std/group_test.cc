// Workers of core that group, and what they save.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support.h"

namespace papy {
namespace {

const std::vector<std::string> kRequests = {
    R"({"page":"/","ms":10,"user":"a"})", R"({"page":"/x","ms":30,"user":"b"})",
    R"({"page":"/","ms":20,"user":"a"})", R"({"page":"/","ms":60.5,"user":"c"})"};

TEST_CASE("core.group reduces the items of each group, in the order of their first item") {
  Plugin core("core");
  CHECK(reduced(core, "group", kRequests,
                R"_({"by":["page"],"make":{"n":"count()","mean":"mean(ms)","sum":"sum(ms * 2)",)_"
                R"_("users":"distinct(user)"}})_") ==
        R"({"page":"/","n":3,"mean":30.166666666666668,"sum":181.0,"users":2} )"
        R"({"page":"/x","n":1,"mean":30.0,"sum":60,"users":1})");
  CHECK(reduced(core, "group", kRequests,
                R"_({"make":{"least":"min(ms)","most":"max(ms)","median":"quantile(ms, 0.5)",)_"
                R"_("first":"first(user)","last":"last(user)","all":"list(upper(user))",)_"
                R"_("top":"top(page, 1)"}})_") ==
        R"({"least":10,"most":60.5,"median":25.0,"first":"a","last":"c",)"
        R"("all":["A","B","A","C"],"top":[["/",3]]})");
  CHECK(reduced(core, "group", {},
                R"_({"make":{"n":"count()","mean":"mean(x)","q":"quantile(x, 1)"}})_") ==
        R"({"n":0,"mean":null,"q":null})");
  CHECK(reduced(core, "group", {}, R"_({"by":["page"],"make":{"n":"count()"}})_") == "");
}

TEST_CASE("an item that fails is in no column of core.group, and makes no group") {
  Plugin core("core");
  Caller group =
      core.open("group", R"_({"by":["k"],"make":{"n":"count()","sum":"sum(x)","max":"max(x)"}})_");
  CHECK(group.call({R"({"k":1,"x":2})"}) == "");
  CHECK(group.call({R"({"k":1,"x":"a"})"}) == "fail 0: sum: expected a number, got text");
  CHECK(group.call({R"({"k":2,"x":null})"}) == "fail 0: sum: expected a number, got nil");
  CHECK(group.call({R"({"k":1})"}) == "fail 0: sum, character 5: there is no field 'x'");
  CHECK(group.call({R"({"x":1})"}) == "fail 0: there is no field 'k'");
  CHECK(group.flush() == R"({"k":1,"n":1,"sum":2,"max":2})");
}

TEST_CASE("what core.group cannot make is told with its character") {
  Plugin core("core");
  const auto refusal = [&](const std::string& text) {
    return core.refusal("group", R"({"make":{"x":")" + text + R"("}})");
  };
  CHECK(refusal("median(x)") ==
        "x, character 1: expected one of count, distinct, first, last, list, max, mean, min, "
        "quantile, sum, top of something, as mean(length)");
  CHECK(refusal("mean(x) + 1").starts_with("x, character 9: expected one of count"));
  CHECK(refusal("quantile(x)") == "x, character 1: 'quantile' takes 2 arguments, got 1");
  CHECK(refusal("quantile(x, 95)") == "x, character 13: expected a number from 0 to 1");
  CHECK(refusal("top(x, n)") == "x, character 8: expected a number from 1 to 100000");
  CHECK(refusal("sum(x +)") == "x, character 8: expected a value, got ')'");
  CHECK(refusal("sum(f(x))").starts_with("x, character 5: there is no function 'f'"));
}

TEST_CASE("a reduction goes on from what another saved") {
  Plugin core("core");
  const std::vector<std::string> numbers = {"3", "-1", "7", "5", "3"};
  for (const char* name : {"count", "sum", "mean", "min", "max", "group_count"}) {
    INFO(name);
    CHECK(reduced_by_two(core, name, numbers) == reduced(core, name, numbers));
  }
  const std::string args =
      R"_({"by":["page"],"make":{"n":"count()","mean":"mean(ms)","sum":"sum(ms)","min":"min(ms)",)_"
      R"_("median":"quantile(ms, 0.5)","users":"distinct(user)","top":"top(user, 2)",)_"
      R"_("first":"first(user)","all":"list(ms)"}})_";
  CHECK(reduced_by_two(core, "group", kRequests, args) == reduced(core, "group", kRequests, args));
}

}  // namespace
}  // namespace papy
