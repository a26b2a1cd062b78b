// The functions of the plugin core, one by one.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support.h"

namespace papy {
namespace {

TEST_CASE("core passes on and picks values of the inbox") {
  Plugin core("core");
  CHECK(core.open("ident").call({"1", "2"}) == "1");
  CHECK(core.open("collect").call({"1", R"("a")", "[null]"}) == R"([1,"a",[null]])");
  CHECK(core.open("size").call({"1", "2", "3"}) == "3");
  CHECK(core.open("pick", R"({"index":1})").call({"1", "2"}) == "2");
  CHECK(core.open("pick", R"({"index":2})").call({"1", "2"}) ==
        "fail 0: the inbox has 2 values, so there is no index 2");
  CHECK(core.open("pick", R"({"index":1})").call({"1"}) ==
        "fail 0: the inbox has 1 value, so there is no index 1");
  CHECK(core.open("select", R"({"indexes":[2,0,0]})").call({"1", "2", "3"}) == "[3,1,1]");
  CHECK(core.open("select", R"({"indexes":[]})").call({"1"}) == "[]");
  CHECK(core.open("head", R"({"n":2})").call({"1", "2", "3"}) == "[1,2]");
  CHECK(core.open("head", R"({"n":2})").call({"1"}) == "[1]");
  CHECK(core.refusal("pick") == "the argument 'index' is missing");
}

TEST_CASE("core.zip puts lists side by side and does not lose the ends of longer ones unasked") {
  Plugin core("core");
  CHECK(core.open("zip").call({"[1,2]", R"(["a","b"])"}) == R"([[1,"a"],[2,"b"]])");
  CHECK(core.open("zip").call({"[]", "[]"}) == "[]");
  CHECK(core.open("zip").call({"[1,2]"}) == "[[1],[2]]");
  CHECK(core.open("zip").call({"[1,2]", "[3]"}) ==
        "fail 0: the lists are of unequal length: 2 and 1 values (shortest: true stops at the "
        "shortest)");
  CHECK(core.open("zip", R"({"shortest":true})").call({"[1,2]", "[3]", "[4,5,6]"}) == "[[1,3,4]]");
  CHECK(core.open("zip").call({"1"}) == "fail 0: input: expected a list, got an integer");
}

TEST_CASE("core.join makes one text of texts and of other values") {
  Plugin core("core");
  CHECK(core.open("join", R"({"separator":", "})").call({R"("a")", "1", "2.0", "[true,null]"}) ==
        R"("a, 1, 2.0, [true,null]")");
  CHECK(core.open("join").call({R"("")"}) == R"("")");
}

TEST_CASE("core makes maps and takes them apart") {
  Plugin core("core");
  CHECK(core.open("object", R"({"keys":["b","a"]})").call({"1", "[2]"}) == R"({"b":1,"a":[2]})");
  CHECK(core.open("object", R"({"keys":["b"]})").call({"1", "2"}) ==
        "fail 0: there are 1 keys for an inbox of 2");
  const std::string read = R"({"read":{"name":"r1"},"hits":[{"score":7},{"score":9}]})";
  CHECK(core.open("field", R"({"name":"read.name"})").call({read}) == R"("r1")");
  CHECK(core.open("field", R"({"name":"hits.1.score"})").call({read}) == "9");
  CHECK(core.open("field", R"({"name":"hits.2.score"})").call({read}) ==
        "fail 0: there is no field 'hits.2.score'");
  CHECK(core.open("field", R"({"name":"hits.2","otherwise":[]})").call({read}) == "[]");
  CHECK(core.open("fields", R"({"names":["hits.0","read"]})").call({read}) ==
        R"({"hits.0":{"score":7},"read":{"name":"r1"}})");
  CHECK(core.open("constant", R"({"value":{"a":[1,2.5]}})").call({"0", "0"}) == R"({"a":[1,2.5]})");
}

TEST_CASE("core.drop and core.rename choose fields and their names") {
  Plugin core("core");
  const std::string item = R"({"a":1,"read":{"name":"r","quality":"I"},"z":[0]})";
  CHECK(core.open("drop", R"({"names":["a","read.quality"]})").call({item}) ==
        R"({"read":{"name":"r"},"z":[0]})");
  CHECK(core.open("drop", R"({"names":["read.x"]})").call({item}) ==
        "fail 0: there is no field 'read.x'");
  CHECK(core.open("drop", R"({"names":["read.x","b"],"allow_missing":true})").call({item}) == item);
  CHECK(core.open("rename", R"({"names":{"a":"z","z":"a"}})").call({item}) ==
        R"({"z":1,"read":{"name":"r","quality":"I"},"a":[0]})");
  CHECK(core.open("rename", R"({"names":{"a":"z"}})").call({item}) ==
        "fail 0: there would be two fields 'z'");
  CHECK(core.open("rename", R"({"names":{"b":"c"}})").call({item}) ==
        "fail 0: there is no field 'b'");
  CHECK(core.open("rename", R"({"names":{"b":"c"},"allow_missing":true})").call({item}) == item);
  CHECK(core.open("rename", R"({"names":{"b":"c"}})").call({"1"}) ==
        "fail 0: input: expected a map, got an integer");
  CHECK(core.open("fields", R"({"names":["a","b"]})").call({item}) ==
        "fail 0: there is no field 'b'");
}

TEST_CASE("core.merge merges maps within maps, and of other values takes the last") {
  Plugin core("core");
  CHECK(core.open("merge").call({R"({"a":1,"m":{"x":1,"y":2}})", R"({"b":2,"m":{"y":3,"z":4}})"}) ==
        R"({"a":1,"m":{"x":1,"y":3,"z":4},"b":2})");
  CHECK(core.open("merge").call({R"({"a":{"x":1}})", R"({"a":2})", R"({"a":{"y":1}})"}) ==
        R"({"a":{"y":1}})");
  CHECK(core.open("merge").call({"{}"}) == "{}");
  CHECK(core.open("merge").call({"{}", "1"}) == "fail 0: input 2: expected a map, got an integer");
}

TEST_CASE("core.length counts bytes, values and keys") {
  Plugin core("core");
  CHECK(core.open("length").call({R"("häh")"}) == "4");
  CHECK(core.open("length").call({"[1,2]"}) == "2");
  CHECK(core.open("length").call({R"({"a":1})"}) == "1");
  CHECK(core.open("length").call({R"({"$base64":"AAAA"})"}) == "3");
  CHECK(core.open("length").call({"7"}) ==
        "fail 0: input: expected text, bytes, a list or a map, got an integer");
}

TEST_CASE("core.print logs the value and passes it on, core.discard takes it") {
  Plugin core("core");
  CHECK(core.open("print", R"({"prefix":"got "})").call({R"({"a":1})"}) == R"({"a":1})");
  CHECK(core.lines == std::vector<std::string>{R"(got {"a":1})"});
  CHECK(core.open("discard").call({"1"}) == "");
}

TEST_CASE("core.split, core.words and core.each emit the parts of a value") {
  Plugin core("core");
  CHECK(core.open("split", R"({"separator":"--"})").call({R"("a--b----c--")"}) == R"("a" "b" "c")");
  CHECK(core.open("split", R"({"separator":",","keep_empty":true})").call({R"(",a,")"}) ==
        R"("" "a" "")");
  CHECK(core.open("split").call({R"("")"}) == "");
  CHECK(core.open("split", R"({"separator":""})").call({R"("a")"}) ==
        "fail 0: the separator is empty, expected a text");
  CHECK(core.open("words").call({R"("It's GNU's: 3 r\u00e9sum\u00e9s.")"}) ==
        R"("it" "s" "gnu" "s" "r)"
        "\u00e9"
        R"(sum)"
        "\u00e9"
        R"(s")");
  CHECK(core.open("words", R"({"lower":false,"min_length":3})").call({R"("It is GNU")"}) ==
        R"("GNU")");
  CHECK(core.open("words").call({R"(" 12 ")"}) == "");
  CHECK(core.open("each").call({R"([1,[2],"x"])"}) == R"(1 [2] "x")");
  CHECK(core.open("each").call({"[]"}) == "");
}

TEST_CASE("core.take passes the first items and says that these were all") {
  Plugin core("core");
  Caller two = core.open("take", R"({"n":2})");
  two.settings().tasklet = 0;
  CHECK(two.call({"7"}) == "7");
  two.settings().tasklet = 1;
  CHECK(two.call({"8"}) == "end 8");
  two.settings().tasklet = 2;
  CHECK(two.call({"9"}) == "end");
  CHECK(core.open("take", R"({"n":0})").call({"7"}) == "end");
}

std::string kept(Plugin& core, const std::string& args) {
  Caller sample = core.open("sample", args);
  std::string kept;
  for (std::uint64_t i = 0; i < 40; ++i) {
    sample.settings().tasklet = i;
    kept += sample.call({"1"}) == "1" ? 'x' : '.';
  }
  return kept;
}

TEST_CASE("core.sample chooses by the number of the tasklet and the seed alone") {
  Plugin core("core");
  CHECK(kept(core, R"({"rate":1})") == std::string(40, 'x'));
  CHECK(kept(core, R"({"rate":0})") == std::string(40, '.'));
  const std::string half = kept(core, R"({"rate":0.5})");
  CHECK(half == kept(core, R"({"rate":0.5})"));
  CHECK(half != kept(core, R"({"rate":0.5,"seed":1})"));
  // Who is in a small sample is in a larger one, too.
  const std::string fifth = kept(core, R"({"rate":0.2})");
  for (std::size_t i = 0; i < 40; ++i) CHECK((fifth[i] == '.' || half[i] == 'x'));
  CHECK(core.refusal("sample", R"({"rate":1.5})") == "argument 'rate': must be at most 1");

  Caller sample = core.open("sample", R"({"rate":0.25})");
  int n = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    sample.settings().tasklet = i;
    n += sample.call({"1"}) == "1" ? 1 : 0;
  }
  CHECK(n > 2300);
  CHECK(n < 2700);
}

TEST_CASE("core's reductions give one value at the end") {
  Plugin core("core");
  CHECK(reduced(core, "count", {"1", "null", "[]"}) == "3");
  CHECK(reduced(core, "count", {}) == "0");
  CHECK(reduced(core, "count", {"1"}, R"({"name":"pairs_read"})") == R"({"pairs_read":1})");
  CHECK(reduced(core, "sum", {"1", "2", "-5"}) == "-2");
  CHECK(reduced(core, "sum", {"1", "0.5"}) == "1.5");
  CHECK(reduced(core, "sum", {}) == "0");
  CHECK(reduced(core, "sum", {"18446744073709551615", "-1"}) == "18446744073709551614");
  CHECK(reduced(core, "sum",
                {"9223372036854775807", "9223372036854775807", "-9223372036854775807"}) ==
        "9223372036854775807");
  CHECK(reduced(core, "sum", {"18446744073709551615", "1"}) ==
        "fail 0: the sum does not fit into 64 bits");
  CHECK(reduced(core, "sum", {R"("x")"}) == "fail 0: input: expected a number, got text");
  CHECK(reduced(core, "sum", {R"({"a":{"b":2}})", R"({"a":{"b":3}})"}, R"({"field":"a.b"})") ==
        "5");
  CHECK(reduced(core, "mean", {"1", "2"}) == "1.5");
  CHECK(reduced(core, "mean", {"1", "3"}) == "2.0");
  CHECK(reduced(core, "mean", {}) == "null");
  CHECK(reduced(core, "min", {"3", "1.5", "2"}) == "1.5");
  CHECK(reduced(core, "max", {"9223372036854775807", "9223372036854775808", "9.2e18"}) ==
        "9223372036854775808");
  CHECK(reduced(core, "max", {"9007199254740993", "9007199254740992.0"}) == "9007199254740993");
  CHECK(reduced(core, "min", {R"("b")", R"("a")", R"("ab")"}) == R"("a")");
  CHECK(reduced(core, "max", {}) == "null");
  CHECK(reduced(core, "max", {"[]"}) == "fail 0: input: expected a number or text, got a list");
  CHECK(reduced(core, "max", {"1", R"("a")"}) ==
        "fail 0: input: expected numbers only or texts only, got both");
}

TEST_CASE("an inbox that fails adds nothing to a sum") {
  Plugin core("core");
  Caller sum = core.open("sum");
  CHECK(sum.call({"1", "2"}) == "");
  CHECK(sum.call({"4", "true"}) == "fail 0: input 2: expected a number, got a boolean");
  CHECK(sum.flush() == "3");
}

TEST_CASE("core.group_count counts keys of any simple kind in a fixed order") {
  Plugin core("core");
  const std::vector<std::string> keys = {R"("b")", "2",    R"("a")", "-1",    R"("b")",
                                         "true",   "null", "2",      R"("b")"};
  CHECK(reduced(core, "group_count", keys, R"({"emit":"list"})") ==
        R"([[null,1],[true,1],[-1,1],[2,2],["a",1],["b",3]])");
  CHECK(reduced(core, "group_count", keys, R"({"emit":"pairs","order":"count","top":3})") ==
        R"(["b",3] [2,2] [null,1])");
  CHECK(reduced(core, "group_count", {R"("b")", R"("a")", R"("b")"}) == R"({"a":1,"b":2})");
  CHECK(reduced(core, "group_count", {}) == "{}");
  CHECK(reduced(core, "group_count", {}, R"({"emit":"list"})") == "[]");
  CHECK(reduced(core, "group_count", {}, R"({"emit":"pairs"})") == "");
  CHECK(reduced(core, "group_count", {R"({"k":"x"})", R"({"k":"x"})"}, R"({"field":"k"})") ==
        R"({"x":2})");
  CHECK(reduced(core, "group_count", {"1.5"}) ==
        "fail 0: input: expected text, an integer, a boolean or nil as a key, got a float");
  CHECK(core.refusal("group_count", R"({"emit":"x"})") ==
        "argument 'emit': expected 'map', 'list' or 'pairs', got 'x'");
}

}  // namespace
}  // namespace papy
