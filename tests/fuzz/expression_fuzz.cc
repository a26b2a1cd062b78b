// Any bytes at all are an expression that gives a value for every item, or a failure in words.
#include <cstdint>
#include <optional>
#include <papy/cpp/error.hpp>
#include <string>

#include "base/check.h"
#include "expression/expression.h"
#include "item/json.h"
#include "item/scan.h"
#include "values/packed_by.h"

namespace {

const std::string kItems[] = {
    *papy::from_json(R"({"name":"r1","n":-3,"x":0.5,"big":18446744073709551615,"no":null,)"
                     R"("yes":true,"hits":[{"score":7},{"score":9}],"raw":{"$base64":"AAEC"}})"),
    *papy::from_json(R"(["a", 1, {"n": []}])"), *papy::from_json("7")};

void check_value(const papy::expression::Value& value) {
  const papy::packed item = papy::values::packed_by([&](papy::writer& to) { value.write(to); });
  const papy::bytes data = item.data();
  const std::uint8_t* const end = data.data() + data.size();
  PAPY_CHECK(papy::end_of_value(data.data(), end) == end, "no msgpack");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::optional<papy::expression::Expression> expression;
  try {
    expression.emplace("x", std::string(reinterpret_cast<const char*>(bytes), size));
  } catch (const papy::fail& refused) {
    PAPY_CHECK(std::string(refused.what()).starts_with("x, character "), refused.what());
    return 0;
  }
  papy::expression::Scratch scratch;
  for (const std::string& item : kItems) {
    try {
      const auto* data = reinterpret_cast<const std::uint8_t*>(item.data());
      check_value(expression->of(papy::any(papy::bytes(data, item.size())), scratch));
    } catch (const papy::fail& failed) {
      PAPY_CHECK(std::string(failed.what()).starts_with("x, character "), failed.what());
    }
  }
  return 0;
}
