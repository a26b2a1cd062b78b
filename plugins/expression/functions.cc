#include "expression/functions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <system_error>

#include "files/json_write.h"
#include "values/letters.h"
#include "values/packed_by.h"

namespace papy::expression {
namespace {

using Args = std::span<const Value>;
constexpr std::size_t kAny = SIZE_MAX;

[[noreturn]] void wrong(std::string_view expected, const Value& value) {
  throw bad_value("expected " + std::string(expected) + ", got " + std::string(words_for(value)));
}

double number(const Value& value) {
  if (!value.is_number()) wrong("a number", value);
  return value.number();
}

std::string_view text(const Value& value) {
  if (value.kind() != kind::text) wrong("text", value);
  return value.text();
}

std::vector<any> list(const Value& value) {
  if (value.kind() != kind::list) wrong("a list", value);
  return value.other().list();
}

std::int64_t small_integer(const Value& value) {
  if (value.kind() != kind::integer) wrong("an integer", value);
  return static_cast<std::int64_t>(
      std::clamp(value.integer(), Wide{INT64_MIN / 2}, Wide{INT64_MAX / 2}));
}

template <double (*F)(double)>
Value real(Args args, Scratch&) {
  return Value::of(F(number(args[0])));
}

/// Integers stay as they are; what a float is rounded to becomes an integer.
template <double (*F)(double)>
Value whole(Args args, Scratch&) {
  if (args[0].kind() == kind::integer) return args[0];
  const double rounded = F(number(args[0]));
  if (!(std::abs(rounded) < 0x1p63)) throw bad_value("the result does not fit into 64 bits");
  return fitting(static_cast<std::int64_t>(rounded));
}

Value absolute(Args args, Scratch&) {
  if (args[0].kind() == kind::integer && args[0].integer() < 0) return negate(args[0]);
  if (args[0].kind() == kind::integer) return args[0];
  return Value::of(std::abs(number(args[0])));
}

Value power(Args args, Scratch&) { return Value::of(std::pow(number(args[0]), number(args[1]))); }

/// Of its arguments, or of the values of one list.
template <bool Smallest>
Value extreme(Args args, Scratch&) {
  std::vector<Value> values(args.begin(), args.end());
  if (args.size() == 1 && args[0].kind() == kind::list) {
    values.clear();
    for (const any value : args[0].other().list()) values.emplace_back(value);
  }
  if (values.empty()) return Value();
  const auto before = [](const Value& a, const Value& b) { return std::is_lt(order(a, b)); };
  return Smallest ? *std::min_element(values.begin(), values.end(), before)
                  : *std::max_element(values.begin(), values.end(), before);
}

Value sum(Args args, Scratch& scratch) {
  Value total = Value::of(Wide{0});
  for (const any value : list(args[0])) {
    number(Value(value));
    total = add(total, Value(value), scratch);
  }
  return total;
}

Value length(Args args, Scratch&) {
  switch (args[0].kind()) {
    case kind::text:
      return Value::of(Wide{args[0].text().size()});
    case kind::bytes:
      return Value::of(Wide{args[0].other().as<bytes>().size()});
    case kind::list:
      return Value::of(Wide{reader(args[0].other().data()).list()});
    case kind::map:
      return Value::of(Wide{reader(args[0].other().data()).map()});
    default:
      wrong("text, bytes, a list or a map", args[0]);
  }
}

template <std::string (*F)(std::string_view)>
Value letters(Args args, Scratch& scratch) {
  return Value::of(scratch.keep(F(text(args[0]))));
}

Value trim(Args args, Scratch&) {
  constexpr std::string_view kWhite = " \t\n\r\f\v";
  const std::string_view all = text(args[0]);
  const auto first = all.find_first_not_of(kWhite);
  if (first == all.npos) return Value::of(std::string_view(""));
  return Value::of(all.substr(first, all.find_last_not_of(kWhite) - first + 1));
}

Value starts_with(Args args, Scratch&) {
  return Value::of(text(args[0]).starts_with(text(args[1])));
}

Value ends_with(Args args, Scratch&) { return Value::of(text(args[0]).ends_with(text(args[1]))); }

Value replace(Args args, Scratch& scratch) {
  std::string_view rest = text(args[0]);
  const std::string_view from = text(args[1]);
  const std::string_view to = text(args[2]);
  if (from.empty()) throw bad_value("the text to replace is empty");
  std::string result;
  for (auto at = rest.find(from); at != rest.npos; at = rest.find(from)) {
    result.append(rest.substr(0, at)).append(to);
    rest.remove_prefix(at + from.size());
  }
  return Value::of(scratch.keep(result.append(rest)));
}

Value split(Args args, Scratch& scratch) {
  std::string_view rest = text(args[0]);
  const std::string_view separator = text(args[1]);
  if (separator.empty()) throw bad_value("the separator is empty");
  std::vector<std::string_view> parts;
  for (auto at = rest.find(separator); at != rest.npos; at = rest.find(separator)) {
    parts.push_back(rest.substr(0, at));
    rest.remove_prefix(at + separator.size());
  }
  parts.push_back(rest);
  return Value(scratch.keep(pack(parts)));
}

/// Text as it is, other values as JSON.
std::string plain(const Value& value) {
  if (value.kind() == kind::text) return std::string(value.text());
  const packed item = values::packed_by([&](writer& to) { value.write(to); });
  std::string json;
  files::json_write(item.view(), json);
  return json;
}

Value join(Args args, Scratch& scratch) {
  const std::string_view separator = args.size() > 1 ? text(args[1]) : std::string_view();
  std::string joined;
  bool first = true;
  for (const any value : list(args[0])) {
    if (!first) joined += separator;
    first = false;
    joined += plain(Value(value));
  }
  return Value::of(scratch.keep(std::move(joined)));
}

/// From and to as places between the bytes or values, from the end when they are below 0.
Value slice(Args args, Scratch& scratch) {
  const bool is_text = args[0].kind() == kind::text;
  std::vector<any> values;
  if (!is_text) values = list(args[0]);
  const auto size = static_cast<std::int64_t>(is_text ? args[0].text().size() : values.size());
  const auto place = [&](std::size_t i, std::int64_t otherwise) {
    const std::int64_t at = args.size() > i ? small_integer(args[i]) : otherwise;
    return static_cast<std::size_t>(std::clamp(at < 0 ? at + size : at, std::int64_t{0}, size));
  };
  const std::size_t from = place(1, 0);
  const std::size_t to = std::max(from, place(2, size));
  if (is_text) return Value::of(args[0].text().substr(from, to - from));
  const auto begin = values.begin();
  return Value(scratch.keep(pack(std::vector<any>(begin + static_cast<std::ptrdiff_t>(from),
                                                  begin + static_cast<std::ptrdiff_t>(to)))));
}

Value keys(Args args, Scratch& scratch) {
  if (args[0].kind() != kind::map) wrong("a map", args[0]);
  std::vector<any> names;
  for (const auto& [key, value] : args[0].other().map()) names.push_back(key);
  return Value(scratch.keep(pack(names)));
}

[[noreturn]] void no_number(std::string_view digits, std::string_view what) {
  throw bad_value("'" + std::string(digits) + "' is no " + std::string(what) +
                  " that fits into 64 bits");
}

template <class T>
bool read_all(std::string_view digits, T& value) {
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  return read.ec == std::errc() && read.ptr == end;
}

std::string_view without_plus(std::string_view digits) {
  const bool plus = digits.size() > 1 && digits[0] == '+' && digits[1] != '-';
  return plus ? digits.substr(1) : digits;
}

Value to_integer(Args args, Scratch& scratch) {
  if (args[0].kind() != kind::text) return whole<std::trunc>(args, scratch);
  const std::string_view digits = without_plus(trim(args, scratch).text());
  std::int64_t value = 0;
  std::uint64_t natural = 0;
  if (read_all(digits, value)) return Value::of(Wide{value});
  if (read_all(digits, natural)) return Value::of(Wide{natural});
  no_number(digits, "integer");
}

Value to_real(Args args, Scratch& scratch) {
  if (args[0].kind() != kind::text) return Value::of(number(args[0]));
  const std::string_view digits = without_plus(trim(args, scratch).text());
  double value = 0;
  if (!read_all(digits, value)) no_number(digits, "number");
  return Value::of(value);
}

Value to_text(Args args, Scratch& scratch) { return Value::of(scratch.keep(plain(args[0]))); }

Value kind_of(Args args, Scratch&) {
  constexpr std::string_view names[] = {"null",  "boolean", "integer", "float",    "text",
                                        "bytes", "list",    "map",     "extension"};
  return Value::of(names[static_cast<int>(args[0].kind())]);
}

constexpr Function kFunctions[] = {
    {"abs", 1, 1, absolute},
    {"ceil", 1, 1, whole<std::ceil>},
    {"ends_with", 2, 2, ends_with},
    {"exp", 1, 1, real<std::exp>},
    {"float", 1, 1, to_real},
    {"floor", 1, 1, whole<std::floor>},
    {"int", 1, 1, to_integer},
    {"join", 1, 2, join},
    {"keys", 1, 1, keys},
    {"kind", 1, 1, kind_of},
    {"length", 1, 1, length},
    {"log", 1, 1, real<std::log>},
    {"log10", 1, 1, real<std::log10>},
    {"log2", 1, 1, real<std::log2>},
    {"lower", 1, 1, letters<values::lower_case>},
    {"max", 1, kAny, extreme<false>},
    {"min", 1, kAny, extreme<true>},
    {"pow", 2, 2, power},
    {"replace", 3, 3, replace},
    {"round", 1, 1, whole<std::nearbyint>},
    {"slice", 2, 3, slice},
    {"split", 2, 2, split},
    {"sqrt", 1, 1, real<std::sqrt>},
    {"starts_with", 2, 2, starts_with},
    {"sum", 1, 1, sum},
    {"text", 1, 1, to_text},
    {"trim", 1, 1, trim},
    {"upper", 1, 1, letters<values::upper_case>},
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }

}  // namespace papy::expression
