// The expressions of core.filter, core.compute and core.evaluate.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "item/json.h"
#include "support.h"

namespace papy {
namespace {

const std::string kRead =
    R"({"name":"r1","quality":30.5,"length":60,"hits":[{"score":7},{"score":9}],)"
    R"("odd key":1,"read":{"gc":null},"big":18446744073709551615,"flag":true})";

/// What an expression says of an item; of a wrong one, why it is refused.
Said value(const std::string& expression, const std::string& item = kRead) {
  static Plugin core("core");
  std::string quoted;
  for (const char c : expression)
    quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  const std::string args = R"({"expression":")" + quoted + "\"}";
  Caller evaluate = core.open("evaluate", args);
  if (!evaluate.refusal.empty()) return core.refusal("evaluate", args);
  return evaluate.call({item});
}

/// How the evaluation of an expression fails.
Said failure(const std::string& expression, const std::string& item = kRead) {
  const Said said = value(expression, item);
  const std::string front = "fail 0: expression, ";
  REQUIRE(said.starts_with(front));
  return said.substr(front.size());
}

/// Why an expression is refused.
Said refusal(const std::string& expression) {
  const Said said = value(expression);
  const std::string front = "expression, ";
  REQUIRE(said.starts_with(front));
  return said.substr(front.size());
}

TEST_CASE("arithmetic on integers is exact") {
  CHECK(value("1 + 2 * 3 - -4") == "11");
  CHECK(value("(1 + 2) * 3") == "9");
  CHECK(value("10 - 3 - 2") == "5");
  CHECK(value("18446744073709551615 - 18446744073709551615") == "0");
  CHECK(value("9223372036854775807 * 2 + 1") == "18446744073709551615");
  CHECK(value("-9223372036854775808") == "-9223372036854775808");
  CHECK(failure("18446744073709551615 + 1") ==
        "character 22: the result does not fit into 64 bits");
  CHECK(failure("18446744073709551615 * 18446744073709551615") ==
        "character 22: the result does not fit into 64 bits");
  CHECK(failure("-big") == "character 1: the result does not fit into 64 bits");
}

TEST_CASE("whole division rounds down, and the remainder goes with it") {
  CHECK(value("[7 // 2, -7 // 2, 7 // -2, -7 // -2]") == "[3,-4,-4,3]");
  CHECK(value("[7 % 2, -7 % 2, 7 % -2, -7 % -2]") == "[1,1,-1,-1]");
  CHECK(value("[7.5 // 2, -7.5 // 2, -7.5 % 2]") == "[3.0,-4.0,0.5]");
  CHECK(value("6 / 2") == "3.0");
  CHECK(failure("1 / 0") == "character 3: division by 0");
  CHECK(failure("1 // 0") == "character 3: division by 0");
  CHECK(failure("1 % 0.0") == "character 3: division by 0");
}

TEST_CASE("comparisons are by value, whatever the type of a number is") {
  CHECK(value("1 == 1.0 and 2 > 1.5 and 9007199254740993 > 9007199254740992.0") == "true");
  CHECK(value("big > 9223372036854775807") == "true");
  CHECK(value("'a' < 'b' and 'a' != 'b' and 'ab' >= 'a'") == "true");
  CHECK(value("1 == '1' or null == false") == "false");
  CHECK(value("hits == [hits[0], hits[1]] and it == it and read != hits") == "true");
  CHECK(value("it == [1, [2, 'x']]", R"([1.0,[2,"x"]])") == "true");
  CHECK(value("a == b", R"({"a":{"x":1,"y":2},"b":{"y":2,"x":1.0}})") == "true");
  CHECK(value("a == b", R"({"a":{"x":1},"b":{"x":1,"y":2}})") == "false");
  CHECK(failure("name < 1") == "character 6: cannot compare text and an integer");
  CHECK(failure("read.gc < 1") == "character 9: cannot compare null and an integer");
  CHECK(value("log(-1) <= 1 or log(-1) > 1 or log(-1) == log(-1)") == "false");
}

TEST_CASE("and, or and if look at what they need only") {
  CHECK(value("false and 1 / 0 == 0") == "false");
  CHECK(value("true or 1 / 0 == 0") == "true");
  CHECK(value("not true or true and false") == "false");
  CHECK(value("not (true and false)") == "true");
  CHECK(value("if(length > 50, 'long', 1 / 0)") == R"("long")");
  CHECK(value("if(length > 500, 1 / 0, if(flag, 2, 3)) + 1") == "3");
  CHECK(failure("1 and true") == "character 1: expected true or false, got an integer");
  CHECK(failure("true and name") == "character 10: expected true or false, got text");
  CHECK(failure("if(null, 1, 2)") == "character 4: expected true or false, got null");
  CHECK(failure("not length") ==
        "character 1: expected true or false behind 'not', got an integer");
}

TEST_CASE("fields are found in maps within lists, and told when they are not there") {
  CHECK(value("hits.1.score + hits[-2].score") == "16");
  CHECK(value("it['name'] + it.name + `name`") == R"("r1r1r1")");
  CHECK(value("`odd key`") == "1");
  CHECK(value("it.`odd key` + it['odd key']") == "2");
  CHECK(value("it * 2", "21") == "42");
  CHECK(value("größe * 2", R"({"größe":2})") == "4");
  CHECK(failure("nope + 1") == "character 1: there is no field 'nope'");
  CHECK(failure("1 + read.nope") == "character 10: there is no field 'nope'");
  CHECK(failure("hits[2]") == "character 5: there is no such element");
  CHECK(failure("name[0]") == "character 5: there is no [an integer] of text");
  CHECK(failure("x", "7") == "character 1: there is no field 'x'");
}

TEST_CASE("?? and has() speak of fields that are missing or null") {
  CHECK(value("nope ?? 5") == "5");
  CHECK(value("nope.deep.er ?? read.gc ?? name") == R"("r1")");
  CHECK(value("hits[7].score ?? 0") == "0");
  CHECK(value("length ?? 0 + 1") == "61");
  CHECK(value("(nope ?? 1) * 2 + nope ?? -3") == "-1");
  CHECK(value("[has(nope), has(read.gc), has(hits[0].score), has(hits[3])]") ==
        "[false,false,true,false]");
  CHECK(failure("nope ?? also_not") == "character 9: there is no field 'also_not'");
}

TEST_CASE("in looks into lists, maps and texts") {
  CHECK(value("[1.0 in [3, 1], 'b' in 'abc', 'name' in it, 'x' in it, 4 not in [1]]") ==
        "[true,true,true,false,true]");
  CHECK(failure("1 in 2") ==
        "character 3: cannot look for one in the other: an integer and an integer");
}

TEST_CASE("functions of texts") {
  CHECK(value("[length('häh'), length([1, 2]), length(it)]", "{}") == "[4,2,0]");
  CHECK(value("upper('grün') + lower('ÄB') + trim('  x ')") == R"("GRÜNäbx")");
  CHECK(value("[starts_with(name, 'r'), ends_with(name, 'r')]") == "[true,false]");
  CHECK(value("[replace('banana', 'an', '-'), slice('hello', 1, -1), slice('hi', 5), slice('hi', "
              "-1)]") == R"(["b--a","ell","","i"])");
  CHECK(value("[split('a,b,', ','), join(['a', 1, null], '+'), slice([1, 2, 3], 1)]") ==
        R"([["a","b",""],"a+1+null",[2,3]])");
  CHECK(value("[matches(name, '^r[0-9]$'), matches('xyz', 'b')]") == "[true,false]");
  CHECK(value(R"('it\'s' + "\"\\\n")") == R"("it's\"\\\n")");
  CHECK(value("text(1) + text([1, 'a']) + text('t')") == R"("1[1,\"a\"]t")");
  CHECK(failure("replace('a', '', 'b')") == "character 1: the text to replace is empty");
  CHECK(failure("upper(1)") == "character 1: expected text, got an integer");
}

TEST_CASE("functions of numbers and lists") {
  CHECK(value("[abs(-3), abs(-0.5), min(3, 1.5), max([1, 7, 3]), sum([1, 2.5]), min([])]") ==
        "[3,0.5,1.5,7,3.5,null]");
  CHECK(value("[round(2.5), round(3.5), floor(-1.5), ceil(-1.5), floor(big)]") ==
        "[2,4,-2,-1,18446744073709551615]");
  CHECK(value("[sqrt(16), exp(0), log(1), log2(8), log10(1000), pow(2, 10)]") ==
        "[4.0,1.0,0.0,3.0,3.0,1024.0]");
  CHECK(value("[int(' +42 '), int(-1.9), int('18446744073709551615'), float('1e3'), float(2)]") ==
        "[42,-1,18446744073709551615,1000.0,2.0]");
  CHECK(value("[keys(read), kind(it), kind(read.gc), kind(1), kind(1.5)]") ==
        R"([["gc"],"map","null","integer","float"])");
  CHECK(failure("int('4x')") == "character 1: '4x' is no integer that fits into 64 bits");
  CHECK(failure("1 + int('')") == "character 5: '' is no integer that fits into 64 bits");
  CHECK(failure("round(1e300)") == "character 1: the result does not fit into 64 bits");
  CHECK(failure("max(1, 'a')") == "character 1: cannot compare an integer and text");
  CHECK(failure("name + 1") == "character 6: cannot add text and an integer");
}

TEST_CASE("an expression that is wrong is refused with the character and what was expected") {
  CHECK(refusal("") == "character 1: expected a value, got the end");
  CHECK(refusal("1 +") == "character 4: expected a value, got the end");
  CHECK(refusal("a b") == "character 3: expected an operator or the end, got 'b'");
  CHECK(refusal("größe > and") == "character 9: expected a value, got 'and'");
  CHECK(refusal("(1") == "character 3: expected ')', got the end");
  CHECK(refusal("[1, 2") == "character 6: expected ',' or ']', got the end");
  CHECK(refusal("f(") == "character 3: expected a value, got the end");
  CHECK(refusal("a[1") == "character 4: expected ']', got the end");
  CHECK(refusal("a.") == "character 3: expected the name of a field behind '.', got the end");
  CHECK(refusal("a && b") == "character 3: '&&' is written 'and' here");
  CHECK(refusal("a || b") == "character 3: '||' is written 'or' here");
  CHECK(refusal("!a") == "character 1: '!' is written 'not' here");
  CHECK(refusal("a = 1") == "character 3: '=' is written '==' here");
  CHECK(refusal("2 ** 3") == "character 3: '**' is written 'pow()' here");
  CHECK(refusal("1 < a < 3") == "character 7: comparisons make no chain, say 'a < b and b < c'");
  CHECK(refusal("a not 1") == "character 7: expected 'in' behind 'not', got '1'");
  CHECK(refusal("'abc") == "character 1: the text is not closed, expected another '");
  CHECK(refusal("'a\\q'") ==
        "character 3: a backslash in a text needs one of n r t ' \" \\ behind it");
  CHECK(refusal("`abc") == "character 1: the name is not closed, expected another `");
  CHECK(refusal("1.x") == "character 1: expected digits behind the point of '1.'");
  CHECK(refusal("1e+") == "character 1: expected digits in the exponent of '1e+'");
  CHECK(refusal("12ab") == "character 1: expected an operator behind '12'");
  CHECK(refusal("18446744073709551616") ==
        "character 1: '18446744073709551616' does not fit into 64 bits");
  CHECK(refusal("a $ b") == "character 3: '$' begins nothing that an expression has");
  CHECK(refusal("length()") == "character 1: 'length' takes 1 argument, got 0");
  CHECK(refusal("1 + if(true, 1)") == "character 5: 'if' takes 3 arguments, got 2");
  CHECK(refusal("slice('a')") == "character 1: 'slice' takes at least 2 arguments, got 1");
  CHECK(refusal("join([], '', 1)") == "character 1: 'join' takes at most 2 arguments, got 3");
  CHECK(refusal("matches(name, it)") ==
        "character 15: the pattern of 'matches' must be a text in quotes");
  CHECK(refusal("matches(name, '(')") == "character 15: missing ): (");
  CHECK(refusal("lenght(name)") ==
        "character 1: there is no function 'lenght', expected one of abs, ceil, ends_with, exp, "
        "float, floor, has, if, int, join, keys, kind, length, log, log10, log2, lower, matches, "
        "max, min, pow, replace, round, slice, split, sqrt, starts_with, sum, text, trim, upper");
}

TEST_CASE("no expression is so deep or so long that it overflows the stack") {
  CHECK(refusal(std::string(5000, '(')) == "character 67: nested too deep");
  CHECK(refusal(std::string(5000, '-') + "1") == "character 199: nested too deep");
  std::string sum = "1";
  for (int i = 0; i < 900; ++i) sum += "+1";
  CHECK(value(sum) == "901");
  for (int i = 0; i < 9000; ++i) sum += "+1";
  CHECK(refusal(sum).ends_with("the expression is too long"));
  std::string fields = "it";
  for (int i = 0; i < 9000; ++i) fields += ".a";
  CHECK(refusal(fields).ends_with("the expression is too long"));
  std::string otherwise = "a";
  for (int i = 0; i < 9000; ++i) otherwise += "??a";
  CHECK(refusal(otherwise).ends_with("nested too deep"));
}

Said said(const char* name, const std::string& args, const std::string& item) {
  Plugin core("core");
  Caller function = core.open(name, args);
  if (!function.refusal.empty()) return core.refusal(name, args);
  return function.call({item});
}

TEST_CASE("core.filter keeps the items for which its expression is true") {
  const std::string args = R"({"where":"quality >= 20 and length > 50"})";
  CHECK(said("filter", args, R"({"quality":20,"length":51})") == R"({"quality":20,"length":51})");
  CHECK(said("filter", args, R"({"quality":19.9,"length":51})") == "skip");
  CHECK(said("filter", args, R"({"quality":20})") ==
        "fail 0: where, character 19: there is no field 'length'");
  CHECK(said("filter", R"({"where":"length"})", R"({"length":1})") ==
        "fail 0: where, character 1: expected true or false as the result, got an integer");
  CHECK(said("filter", R"({"where":"length >"})", "{}") ==
        "where, character 9: expected a value, got the end");
}

TEST_CASE("core.compute sets fields, one after the other") {
  CHECK(said("compute", R"({"set":{"sum":"a + b","a":"a * 10","both":"[sum, a]"}})",
             R"({"a":1,"b":2})") == R"({"a":10,"b":2,"sum":3,"both":[3,10]})");
  CHECK(said("compute", R"({"set":{"read.gc":"0.5"}})", R"({"read":{"n":1}})") ==
        R"({"read":{"n":1,"gc":0.5}})");
  CHECK(said("compute", R"({"set":{"x":"1","y":"a / x"}})", "{}") ==
        "fail 0: y, character 1: there is no field 'a'");
  CHECK(said("compute", R"({"set":{"x":"1"}})", "7") ==
        "fail 0: input: expected a map for the field 'x', got an integer");
  CHECK(said("compute", R"({"set":{"x":"1 +"}})", "7") ==
        "x, character 4: expected a value, got the end");
}

}  // namespace
}  // namespace papy
