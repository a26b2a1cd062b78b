#include "item/json.h"

#include <catch2/catch.hpp>
#include <limits>

#include "item/pack.h"
#include "item/scan.h"

namespace papy {
namespace {

std::string again(std::string_view json) {
  const auto bytes = from_json(json);
  REQUIRE(bytes);
  REQUIRE(is_one_value(bytes_of(*bytes)));
  return to_json(bytes_of(*bytes));
}

std::string error_of(std::string_view json) {
  const auto bytes = from_json(json);
  REQUIRE_FALSE(bytes);
  return bytes.error().text;
}

TEST_CASE("JSON of every kind comes back as it went, keys in their order") {
  for (const char* text :
       {"null", "true", "false", "0", "-1", "18446744073709551615", "-9223372036854775808", "0.5",
        "1.0", "1e+300", R"("")", R"("a\"b\\c\n\u0001é")", "[]", "[1,[2,[]]]", "{}",
        R"({"z":1,"a":{"b":null}})", R"({"$base64":"AAH/"})", R"({"$base64":""})"}) {
    CHECK(again(text) == text);
  }
}

TEST_CASE("only a map with that one key is binary") {
  CHECK(again(R"({"$base64":"AAH/","x":1})") == R"({"$base64":"AAH/","x":1})");
  CHECK(*from_json(R"({"$base64":"AAH/"})") == std::string("\xc4\x03\x00\x01\xff", 5));
  CHECK(*from_json(R"({"$base64":"A"})") ==
        "\x81\xa7$base64\xa1"
        "A");
  CHECK(*from_json(R"({"$base64":"===="})") == "\x81\xa7$base64\xa4====");
}

TEST_CASE("what JSON has no word for keeps its bytes") {
  std::string bytes;
  Packer out(bytes);
  out.array(5);
  out.text("caf\xe9");
  out.real(std::numeric_limits<double>::infinity());
  out.raw(std::string_view("\xd4\xff\x07", 3));
  out.raw(std::string_view("\xc7\x02\x05\x01\x02", 5));
  out.map(2);
  out.integer(-3);
  out.boolean(true);
  out.text("\xff");
  out.nil();
  CHECK(to_json(bytes_of(bytes)) ==
        R"([{"$base64":"Y2Fm6Q=="},null,{"$ext":-1,"$base64":"Bw=="},)"
        R"({"$ext":5,"$base64":"AQI="},{"-3":true,"{\"$base64\":\"/w==\"}":null}])");
}

TEST_CASE("float 32 is a number with a point") {
  CHECK(to_json(bytes_of(std::string_view("\xca\x3f\x80\x00\x00", 5))) == "1.0");
}

TEST_CASE("text that is not UTF-8 becomes a replacement mark a byte") {
  std::string out;
  append_json_text(out, "a\xc3(\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80z");
  CHECK(out ==
        "\"a\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
}

TEST_CASE("what is not JSON is told with its place") {
  CHECK(error_of("") == "not JSON: it ends too early");
  CHECK(error_of("[1,") == "not JSON: it ends too early");
  CHECK(error_of("{'a': 1}") == "not JSON: unexpected ''' at byte 2");
  CHECK(error_of("1 2") == "not JSON: unexpected '2' at byte 3");
  CHECK(error_of("\"\xff\"") == "not JSON: unexpected byte 0xff at byte 2");
  CHECK(error_of("1e999") == "not JSON: a number is out of range");
}

TEST_CASE("nesting ends where msgpack values may end") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  const auto deepest = from_json(nested(kMaxDepth));
  REQUIRE(deepest);
  CHECK(is_one_value(bytes_of(*deepest)));
  CHECK(error_of(nested(kMaxDepth + 1)) == "nested deeper than 64 arrays and objects");
  CHECK(error_of(nested(100000)) == "nested deeper than 64 arrays and objects");
}

}  // namespace
}  // namespace papy
