// papy/cpp: msgpack read and written without a library, against msgpack-c and bytes from the
// specification (https://github.com/msgpack/msgpack/blob/master/spec.md).
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <msgpack.hpp>
#include <optional>
#include <papy/plugin.hpp>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "item/json.h"

namespace points {

struct point {
  int x = 0;
  std::optional<std::string> label;
  friend bool operator==(const point&, const point&) = default;
};
PAPY_FIELDS(point, x, label)

}  // namespace points

namespace papy {
namespace {

template <class T>
std::string bytes_by_msgpack(const T& value) {
  msgpack::sbuffer buffer;
  msgpack::pack(buffer, value);
  return {buffer.data(), buffer.size()};
}

template <class T>
T read_all(const std::string& bytes) {
  reader in(bytes.data(), bytes.size());
  T value = detail::read<T>(in);
  in.finish();
  return value;
}

/// What is wrong with `bytes` as a T, or nothing.
template <class T>
std::string problem(const std::string& bytes) {
  try {
    read_all<T>(bytes);
    return {};
  } catch (const bad_value& wrong) {
    return wrong.text("it");
  }
}

/// Our bytes are msgpack-c's, they read back as the value, and no part of them does.
template <class T>
void check_both_ways(const T& value) {
  const std::string bytes = pack(value).text();
  CHECK(bytes == bytes_by_msgpack(value));
  CHECK(read_all<T>(bytes) == value);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of exactly that size, so that reading beyond is caught.
    const std::vector<char> part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    reader in(part.data(), part.size());
    CHECK_THROWS_AS(detail::read<T>(in), bad_value);
    reader skipping(part.data(), part.size());
    CHECK_THROWS_AS(skipping.skip(), bad_value);
  }
  reader skipping(bytes.data(), bytes.size());
  skipping.skip();
  CHECK(skipping.done());
}

const std::int64_t kEdges[] = {
    0,     1,          127,        128,        255,         256,         32767,    32768, 65535,
    65536, 2147483647, 2147483648, 4294967295, 4294967296,  INT64_MAX,   -1,       -32,   -33,
    -128,  -129,       -32768,     -32769,     -2147483648, -2147483649, INT64_MIN};

TEST_CASE("integers of every width are written in their shortest form and read back") {
  for (const std::int64_t value : kEdges) {
    check_both_ways(value);
    if (value >= 0) check_both_ways(static_cast<std::uint64_t>(value));
  }
  check_both_ways(UINT64_MAX);
}

template <class T>
void check_fit(std::int64_t value) {
  const std::string bytes = pack(value).text();
  if (std::in_range<T>(value)) {
    CHECK(read_all<T>(bytes) == static_cast<T>(value));
  } else {
    CHECK(problem<T>(bytes) == "it: " + std::to_string(value) + " is not within " +
                                   std::to_string(std::numeric_limits<T>::min()) + " .. " +
                                   std::to_string(std::numeric_limits<T>::max()));
  }
}

TEST_CASE("an integer fits or says its limits") {
  for (const std::int64_t value : kEdges) {
    check_fit<std::int8_t>(value);
    check_fit<std::uint8_t>(value);
    check_fit<std::int16_t>(value);
    check_fit<std::uint16_t>(value);
    check_fit<std::int32_t>(value);
    check_fit<std::uint32_t>(value);
    check_fit<std::uint64_t>(value);
  }
}

TEST_CASE("integers are read from wider forms than they need") {
  using namespace std::string_literals;
  const std::string fives[] = {"\xcc\x05"s,
                               "\xcd\x00\x05"s,
                               "\xce\x00\x00\x00\x05"s,
                               "\xcf\x00\x00\x00\x00\x00\x00\x00\x05"s,
                               "\xd0\x05"s,
                               "\xd1\x00\x05"s,
                               "\xd2\x00\x00\x00\x05"s,
                               "\xd3\x00\x00\x00\x00\x00\x00\x00\x05"s};
  for (const std::string& five : fives) {
    CHECK(read_all<std::uint8_t>(five) == 5);
    CHECK(read_all<std::int64_t>(five) == 5);
    CHECK(read_all<double>(five) == 5.0);
  }
}

TEST_CASE("a float stays a float of 64 bits, even when it is whole") {
  CHECK(pack(3.0).text() == std::string("\xcb\x40\x08\0\0\0\0\0\0", 9));
  CHECK(pack(0.5f).text() == std::string("\xcb\x3f\xe0\0\0\0\0\0\0", 9));
  for (const double value : {0.0, -0.0, 1e300, -0.1, 5e-324, HUGE_VAL}) {
    CHECK(read_all<double>(pack(value).text()) == value);
    CHECK(std::signbit(read_all<double>(pack(value).text())) == std::signbit(value));
  }
  CHECK(std::isnan(read_all<double>(pack(std::nan("")).text())));
  CHECK(read_all<double>(bytes_by_msgpack(0.25f)) == 0.25);
  CHECK(read_all<double>(pack(UINT64_MAX).text()) == 18446744073709551616.0);
  CHECK(read_all<double>(pack(-5).text()) == -5.0);
  CHECK(problem<double>(pack(true).text()) == "it: expected a number, got a boolean");
  CHECK(problem<int>(pack(1.0).text()) == "it: expected an integer, got a float");
}

TEST_CASE("text, bytes and lists of every width read back") {
  for (const std::size_t size : {0u, 1u, 31u, 32u, 255u, 256u}) {
    check_both_ways(std::string(size, 'x'));
    check_both_ways(std::vector<std::uint8_t>(size, 7));
  }
  for (const std::size_t size : {0u, 1u, 15u, 16u, 40u}) check_both_ways(std::vector<int>(size, 1));
  const std::string huge(70000, 'x');
  CHECK(pack(huge).text() == bytes_by_msgpack(huge));
  CHECK(read_all<std::string>(pack(huge).text()) == huge);
  const std::vector<int> many(70000, 300);
  CHECK(pack(many).text() == bytes_by_msgpack(many));
  CHECK(read_all<std::vector<int>>(pack(many).text()) == many);
}

TEST_CASE("the other types go both ways too") {
  check_both_ways(true);
  check_both_ways(false);
  check_both_ways(std::map<std::string, int>{{"a", 1}, {"b", -1}});
  check_both_ways(std::vector<bool>{true, false});
  check_both_ways(std::set<std::string>{"a", "b"});
  check_both_ways(std::deque<std::int64_t>{1, 1000000});
  check_both_ways(std::tuple<int, std::string, bool>{1, "x", true});
  check_both_ways(std::pair<std::string, std::vector<int>>{"x", {1, 2}});
  check_both_ways(std::array<int, 3>{1, 2, 3});
  check_both_ways(
      std::map<std::string, std::vector<std::map<int, bool>>>{{"k", {{{1, true}}, {}}}});
  CHECK(read_all<std::unordered_map<int, int>>(pack(std::map<int, int>{{1, 2}, {3, 4}}).text()) ==
        std::unordered_map<int, int>{{1, 2}, {3, 4}});
  CHECK(pack(std::optional<int>()).text() == "\xc0");
  CHECK(read_all<std::optional<int>>("\xc0") == std::nullopt);
  CHECK(read_all<std::optional<int>>("\x05") == 5);
}

TEST_CASE("views point into what was read") {
  const std::string bytes = pack("some text").text();
  reader in(bytes.data(), bytes.size());
  CHECK(in.text().data() == bytes.data() + 1);
  const std::string binary = pack(std::vector<std::uint8_t>{1, 2}).text();
  reader other(binary.data(), binary.size());
  CHECK(reinterpret_cast<const char*>(other.binary().data()) == binary.data() + 2);
}

TEST_CASE("structs are maps by field name") {
  const points::point value{3, "here"};
  CHECK(pack(value).text() == *from_json(R"({"x":3,"label":"here"})"));
  CHECK(read_all<points::point>(*from_json(R"({"label":"here","y":[1],"x":3})")) == value);
  CHECK(read_all<points::point>(*from_json(R"({"x":3})")) == points::point{3, {}});
  CHECK(problem<points::point>(*from_json(R"({"label":"here"})")) ==
        "it: the field 'x' is missing");
  CHECK(problem<points::point>(*from_json("[]")) == "it: expected a map, got a list");
  CHECK(problem<points::point>("\x82\xa1x\x01\xa1x\x02") == "it: the field 'x' comes twice");
  CHECK(problem<points::point>("\x81\x01\x02") == "it: expected a field name, got an integer");
  CHECK(problem<std::map<std::string, points::point>>(*from_json(R"({"a":{"x":"1"}})")) ==
        "it.a.x: expected an integer, got text");
  CHECK(problem<std::vector<points::point>>(*from_json(R"([{"x":1},{"x":1.5}])")) ==
        "it[1].x: expected an integer, got a float");
}

TEST_CASE("a count that is larger than what is left is not believed") {
  using namespace std::string_literals;
  CHECK(problem<std::vector<int>>("\xdd\xff\xff\xff\xff\x01"s) == "it: the value is cut off");
  CHECK(problem<std::map<int, int>>("\xdf\xff\xff\xff\xff\x01"s) == "it: the value is cut off");
  CHECK(problem<std::string>("\xdb\xff\xff\xff\xff"s) == "it: the value is cut off");
  CHECK(problem<any>("\xc9\xff\xff\xff\xff\x01"s) == "it: the value is cut off");
  CHECK(problem<any>("\xc1"s) == "it: the byte 0xc1 begins no value");
  CHECK(problem<int>("\x01\x02"s) == "it: bytes behind the value");
  CHECK(problem<std::tuple<int, int>>("\x93\x01\x02\x03"s) ==
        "it: expected a list of 2, got one of 3");
  CHECK(problem<std::map<int, int>>("\x82\x01\x02\x01\x03"s) == "it: a key comes twice");
}

TEST_CASE("any value is passed over, whatever it is") {
  using namespace std::string_literals;
  const std::string values[] = {"\xc0"s,
                                "\xd4\x01\xaa"s,
                                "\xd8\x01"s + std::string(16, 'x'),
                                "\xc7\x02\x01xy"s,
                                "\xc8\x00\x01\x01x"s,
                                "\xca\x00\x00\x00\x00"s,
                                "\x82\xa1x\x93\x01\xc0\x80\xa1y\x90"s};
  for (const std::string& value : values) {
    const std::string two = value + "\x07";
    reader in(two.data(), two.size());
    CHECK(in.any().size() == value.size());
    CHECK(in.integer<int>() == 7);
  }
}

TEST_CASE("deep nesting is passed over without recursion") {
  const std::string deep = std::string(1000000, '\x91') + "\x01";
  reader in(deep.data(), deep.size());
  in.skip();
  CHECK(in.done());
}

TEST_CASE("any looks into what it holds") {
  const packed value(*from_json(R"({"name":"r1","list":[1,"two",null],"map":{"x":1}})"));
  const any view = value.view();
  CHECK(view.kind() == kind::map);
  CHECK(view.field("name")->as<std::string>() == "r1");
  CHECK(view.field("nothing") == std::nullopt);
  CHECK(view.field("list")->list().at(1).as<std::string>() == "two");
  CHECK(view.field("list")->list().at(2).is_nil());
  CHECK(view.map().at(2).first.as<std::string>() == "map");
  CHECK(any().is_nil());
  CHECK(packed().as<std::optional<int>>() == std::nullopt);
  CHECK(pack(view) == value);
  CHECK_THROWS_AS(view.list(), bad_value);
  CHECK_THROWS_AS(view.field("name")->field("x"), bad_value);
}

template <class T>
std::string digits(T number) {
  detail::text_writer<64> out;
  detail::put_number(out, number);
  return {out.data, out.n};
}

TEST_CASE("numbers in metadata read back as they were") {
  CHECK(digits(0) == "0");
  CHECK(digits(INT64_MIN) == "-9223372036854775808");
  CHECK(digits(UINT64_MAX) == "18446744073709551615");
  CHECK(digits(0.0) == "0.0");
  CHECK(digits(1.0) == "1.0");
  CHECK(digits(-0.05) == "-0.05");
  CHECK(digits(0.1) == "0.1");
  CHECK(digits(3.14159) == "3.14159");
  CHECK(digits(1e-18) == "1e-18");
  CHECK(digits(1e30) == "1000000000000000e+15");
  CHECK(digits(1234567.875) == "1234567.875");
}

}  // namespace
}  // namespace papy
