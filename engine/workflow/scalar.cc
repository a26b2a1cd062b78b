#include "workflow/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_real(std::string_view text) {
  text = without_sign(text);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!all_digits(without_sign(text.substr(exponent + 1)))) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return all_digits(text);
  const std::string_view whole = text.substr(0, dot);
  const std::string_view rest = text.substr(dot + 1);
  if (whole.empty()) return all_digits(rest);
  return all_digits(whole) && (rest.empty() || all_digits(rest));
}

std::optional<double> special_real(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const std::string_view bare = without_sign(text);
  if (bare != ".inf" && bare != ".Inf" && bare != ".INF") return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return text[0] == '-' ? -infinity : infinity;
}

Scalar integer_in_base(std::string_view digits, int base) {
  std::int64_t value = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (code == std::errc::result_out_of_range) return TooLarge{};
  return value;
}

bool all_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

using Unit = std::pair<std::string_view, double>;

// A number and its unit, in the base unit; nothing when it is malformed, negative or beyond 2^63.
std::optional<double> parse_with_unit(std::string_view text, const Unit* first, const Unit* last) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view unit = text.substr(end);
  const auto found = std::find_if(first, last, [&](const Unit& u) { return u.first == unit; });
  const auto number = parse_number(text.substr(0, end));
  if (found == last || !number) return std::nullopt;
  const double value = *number * found->second;
  return value < 9.2e18 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!all_digits(without_sign(text))) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<double> parse_number(std::string_view text) {
  if (!looks_real(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc::result_out_of_range) {
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && text.substr(exponent + 1, 1) == "-";
    return tiny ? 0.0 : (text[0] == '-' ? -1 : 1) * std::numeric_limits<double>::infinity();
  }
  return value;
}

Scalar plain_scalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return Null{};
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (all_digits(without_sign(text))) {
    return integer_in_base(text[0] == '+' ? text.substr(1) : text, 10);
  }
  if (text.starts_with("0o") && all_of(text.substr(2), "01234567")) {
    return integer_in_base(text.substr(2), 8);
  }
  if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF")) {
    return integer_in_base(text.substr(2), 16);
  }
  if (const auto number = parse_number(text)) return *number;
  if (const auto number = special_real(text)) return *number;
  return std::string(text);
}

std::string_view ambiguity(std::string_view plain) {
  constexpr std::string_view kTrue[] = {"yes", "Yes", "YES", "on", "On", "ON"};
  constexpr std::string_view kFalse[] = {"no", "No", "NO", "off", "Off", "OFF"};
  if (plain.size() <= 3) {
    if (std::find(std::begin(kTrue), std::end(kTrue), plain) != std::end(kTrue)) return "true";
    if (std::find(std::begin(kFalse), std::end(kFalse), plain) != std::end(kFalse)) return "false";
  }
  const std::string_view digits = without_sign(plain);
  if (digits.size() > 1 && digits[0] == '0' && all_of(digits, "01234567")) return kLooksOctal;
  return "";
}

std::string text_of(const Scalar& scalar) {
  if (const auto* boolean = std::get_if<bool>(&scalar)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&scalar)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&scalar)) return *text;
  return "";
}

std::string describe(const Scalar& scalar) {
  if (std::holds_alternative<Null>(scalar)) return "nothing";
  if (std::holds_alternative<bool>(scalar)) return text_of(scalar);
  if (std::holds_alternative<std::string>(scalar)) return "the text " + in_quotes(text_of(scalar));
  if (std::holds_alternative<TooLarge>(scalar)) return "an integer beyond 64 bits";
  if (std::holds_alternative<Unknown>(scalar)) return "a value not given yet";
  return "the number " + text_of(scalar);
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr Unit kUnits[] = {{"ns", 1.0}, {"us", 1e3},   {"ms", 1e6},   {"s", 1e9},
                             {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
  const auto value = parse_with_unit(text, std::begin(kUnits), std::end(kUnits));
  if (!value) return std::nullopt;
  return Duration(static_cast<Duration::rep>(std::llround(*value)));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr Unit kUnits[] = {{"B", 1.0},         {"kB", 1e3},           {"MB", 1e6},
                             {"GB", 1e9},        {"TB", 1e12},          {"KiB", 1024.0},
                             {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"TiB", 1099511627776.0}};
  const auto value = parse_with_unit(text, std::begin(kUnits), std::end(kUnits));
  return value ? std::optional(static_cast<std::uint64_t>(std::llround(*value))) : std::nullopt;
}

std::optional<double> parse_share(std::string_view text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  const auto percent = parse_number(text.substr(0, text.size() - 1));
  if (!percent || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
  return *percent / 100;
}

}  // namespace papy
