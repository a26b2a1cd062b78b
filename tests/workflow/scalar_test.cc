#include "workflow/scalar.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace papy;
using namespace std::chrono_literals;

namespace {

Scalar integer(std::int64_t value) { return value; }
Scalar text(std::string value) { return value; }

}  // namespace

TEST_CASE("plain scalars follow the core schema of YAML 1.2") {
  for (const char* const null : {"", "~", "null", "Null", "NULL"}) {
    CHECK(plain_scalar(null) == Scalar{Null{}});
  }
  for (const char* const yes : {"true", "True", "TRUE"}) CHECK(plain_scalar(yes) == Scalar{true});
  for (const char* const no : {"false", "False", "FALSE"}) CHECK(plain_scalar(no) == Scalar{false});
  CHECK(plain_scalar("0") == integer(0));
  CHECK(plain_scalar("-17") == integer(-17));
  CHECK(plain_scalar("+17") == integer(17));
  CHECK(plain_scalar("010") == integer(10));
  CHECK(plain_scalar("0o17") == integer(15));
  CHECK(plain_scalar("0x1F") == integer(31));
  CHECK(plain_scalar("9223372036854775807") == integer(INT64_MAX));
  CHECK(plain_scalar("-9223372036854775808") == integer(INT64_MIN));
  CHECK(plain_scalar("1.5") == Scalar{1.5});
  CHECK(plain_scalar("-.5") == Scalar{-0.5});
  CHECK(plain_scalar("5.") == Scalar{5.0});
  CHECK(plain_scalar("1e3") == Scalar{1000.0});
  CHECK(plain_scalar("+1.5E-1") == Scalar{0.15});
  CHECK(plain_scalar("-.inf") == Scalar{-std::numeric_limits<double>::infinity()});
  CHECK(std::isnan(std::get<double>(plain_scalar(".nan"))));
  CHECK(plain_scalar("1e999") == Scalar{std::numeric_limits<double>::infinity()});
  CHECK(plain_scalar("1e-999") == Scalar{0.0});
}

TEST_CASE("an integer beyond 64 bits is none that can be used") {
  CHECK(plain_scalar("9223372036854775808") == Scalar{TooLarge{}});
  CHECK(plain_scalar("-9223372036854775809") == Scalar{TooLarge{}});
  CHECK(plain_scalar("0xffffffffffffffffff") == Scalar{TooLarge{}});
}

TEST_CASE("everything else is a text") {
  for (const char* const word :
       {"yes", "on",  "tRue", "nULL", "1_000", "1,5",  "0b1",  "0o8", "0x",
        "0xg", "-",   "+",    ".",    "e3",    "1e",   "1e+",  "--1", "1.2.3",
        "inf", "nan", "1:30", "5s",   " 1",    "0X1f", "-0x1f"}) {
    CHECK(plain_scalar(word) == text(word));
  }
}

TEST_CASE("what readers of YAML 1.1 would take for something else is known") {
  for (const char* const word : {"yes", "Yes", "YES", "on", "On", "ON"}) {
    CHECK(ambiguity(word) == "true");
  }
  for (const char* const word : {"no", "No", "NO", "off", "Off", "OFF"}) {
    CHECK(ambiguity(word) == "false");
  }
  CHECK(ambiguity("010") == kLooksOctal);
  CHECK(ambiguity("-07") == kLooksOctal);
  for (const char* const word : {"", "0", "10", "089", "true", "y", "yess", "0x10", "0.7"}) {
    CHECK(ambiguity(word) == "");
  }
}

TEST_CASE("a duration is a number and its unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("2s") == 2s);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("7us") == 7us);
  CHECK(parse_duration("7ns") == 7ns);
  CHECK(parse_duration("1m") == 1min);
  CHECK(parse_duration("1d") == 24h);
  CHECK(parse_duration("0s") == 0s);
  for (const char* const word :
       {"", "5", "s", "5 s", "-1s", "+1s", "1h30m", "1e3s", "5S", "1..5s", ".s", "99999999999d"}) {
    CHECK(parse_duration(word) == std::nullopt);
  }
}

TEST_CASE("a size is a number and its unit") {
  CHECK(parse_size("0B") == 0u);
  CHECK(parse_size("64KiB") == 65536u);
  CHECK(parse_size("1.5GiB") == 1610612736u);
  CHECK(parse_size("10MB") == 10'000'000u);
  CHECK(parse_size("1kB") == 1000u);
  CHECK(parse_size("2TiB") == 2199023255552u);
  for (const char* const word : {"", "5", "5K", "5KB", "5kb", "5kiB", "-1B", "B", "99999999TB"}) {
    CHECK(parse_size(word) == std::nullopt);
  }
}

TEST_CASE("a share is a percentage from 0 to 100") {
  CHECK(parse_share("1%") == 0.01);
  CHECK(parse_share("0.5%") == 0.005);
  CHECK(parse_share("100%") == 1.0);
  for (const char* const word : {"", "%", "1", "101%", "-1%", "1 %", "x%"}) {
    CHECK(parse_share(word) == std::nullopt);
  }
}

TEST_CASE("scalars are described as people say them") {
  CHECK(describe(Scalar{Null{}}) == "nothing");
  CHECK(describe(Scalar{true}) == "true");
  CHECK(describe(integer(3)) == "the number 3");
  CHECK(describe(Scalar{0.1}) == "the number 0.1");
  CHECK(describe(text("a")) == "the text 'a'");
  CHECK(describe(Scalar{TooLarge{}}) == "an integer beyond 64 bits");
  CHECK(describe(Scalar{Unknown{}}) == "a value not given yet");
}
