#include "pool/child.h"

#include <catch2/catch.hpp>

namespace papy {
namespace {

const Child kChild{.number = 7,
                   .program = "/proc/self/exe",
                   .argv = {"papy", "slot", ""},
                   .env = {{"PAPY_SLOT", "a b"}, {"EMPTY", ""}},
                   .limits = {.memory = 1ULL << 40, .cpu_time = 0},
                   .directory = "/tmp"};

}  // namespace

TEST_CASE("an order to start a child is read as it was written") {
  const auto order = decode_order(encode(kChild));
  REQUIRE(order);
  const Child& child = std::get<Child>(*order);
  CHECK(child.number == 7);
  CHECK(child.program == kChild.program);
  CHECK(child.argv == kChild.argv);
  CHECK(child.env == kChild.env);
  CHECK(child.limits == kChild.limits);
  CHECK(child.directory == kChild.directory);
}

TEST_CASE("an order to signal is read as it was written") {
  const auto order = decode_order(encode(ChildSignal{7, 15}));
  REQUIRE(order);
  CHECK(std::get<ChildSignal>(*order) == ChildSignal{7, 15});
}

TEST_CASE("what is not an order is nothing") {
  const std::string whole = encode(kChild);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(decode_order(whole.substr(0, size)));
  CHECK_FALSE(decode_order(whole + "x"));
  CHECK_FALSE(decode_order(std::string(64, '\xff')));
}

}  // namespace papy
