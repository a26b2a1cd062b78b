#include "expression/value.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace papy::expression {
namespace {

[[noreturn]] void do_not_go(std::string_view with, const Value& a, const Value& b) {
  throw bad_value("cannot " + std::string(with) + " " + std::string(words_for(a)) + " and " +
                  std::string(words_for(b)));
}

void check_numbers(std::string_view what, const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) do_not_go(what, a, b);
}

bool both_whole(const Value& a, const Value& b) {
  return a.kind() == kind::integer && b.kind() == kind::integer;
}

/// A long double holds every integer of an item and every float.
static_assert(std::numeric_limits<long double>::digits >= 64);
long double exact(const Value& value) {
  return value.kind() == kind::integer ? static_cast<long double>(value.integer())
                                       : static_cast<long double>(value.real());
}

bool equal_lists(any a, any b) {
  const std::vector<any> left = a.list();
  const std::vector<any> right = b.list();
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](any x, any y) { return equal(Value(x), Value(y)); });
}

/// Whatever the order of their keys is.
bool equal_maps(any a, any b) {
  const auto left = a.map();
  const auto right = b.map();
  if (left.size() != right.size()) return false;
  return std::all_of(left.begin(), left.end(), [&](const auto& one) {
    return std::any_of(right.begin(), right.end(), [&](const auto& other) {
      return equal(Value(one.first), Value(other.first)) &&
             equal(Value(one.second), Value(other.second));
    });
  });
}

void check_divisor(const Value& b) {
  if (b.number() == 0) throw bad_value("division by 0");
}

}  // namespace

Value::Value(any from) : kind_(from.kind()), integer_(0) {
  switch (kind_) {
    case kind::nil:
      return;
    case kind::boolean:
      boolean_ = from.as<bool>();
      return;
    case kind::integer:
      integer_ =
          from.data()[0] == 0xcf ? Wide{from.as<std::uint64_t>()} : Wide{from.as<std::int64_t>()};
      return;
    case kind::real:
      real_ = from.as<double>();
      return;
    case kind::text:
      text_ = from.as<std::string_view>();
      return;
    default:
      other_ = from.data();
  }
}

Value Value::of(bool value) {
  Value made;
  made.kind_ = kind::boolean;
  made.boolean_ = value;
  return made;
}

Value Value::of(double value) {
  Value made;
  made.kind_ = kind::real;
  made.real_ = value;
  return made;
}

Value Value::of(std::string_view value) {
  Value made;
  made.kind_ = kind::text;
  made.text_ = value;
  return made;
}

void Value::write(writer& to) const {
  switch (kind_) {
    case kind::nil:
      return to.nil();
    case kind::boolean:
      return to.boolean(boolean_);
    case kind::integer:
      if (integer_ > INT64_MAX) return to.natural(static_cast<std::uint64_t>(integer_));
      return to.integer(static_cast<std::int64_t>(integer_));
    case kind::real:
      return to.real(real_);
    case kind::text:
      return to.text(text_);
    default:
      to.raw(other_);
  }
}

std::string_view words_for(const Value& value) {
  return value.is_null() ? "null" : detail::words_for(value.kind());
}

Value fitting(Wide value) {
  if (value < INT64_MIN || value > UINT64_MAX)
    throw bad_value("the result does not fit into 64 bits");
  return Value::of(value);
}

bool equal(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return exact(a) == exact(b);
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case kind::nil:
      return true;
    case kind::boolean:
      return a.boolean() == b.boolean();
    case kind::text:
      return a.text() == b.text();
    case kind::list:
      return equal_lists(a.other(), b.other());
    case kind::map:
      return equal_maps(a.other(), b.other());
    default:
      return std::ranges::equal(a.other().data(), b.other().data());
  }
}

std::partial_ordering order(const Value& a, const Value& b) {
  if (a.kind() == kind::text && b.kind() == kind::text) return a.text() <=> b.text();
  check_numbers("compare", a, b);
  return exact(a) <=> exact(b);
}

bool is_in(const Value& part, const Value& whole) {
  if (whole.kind() == kind::text && part.kind() == kind::text) {
    return whole.text().find(part.text()) != std::string_view::npos;
  }
  if (whole.kind() == kind::map && part.kind() == kind::text) {
    return whole.other().field(part.text()).has_value();
  }
  if (whole.kind() != kind::list) do_not_go("look for one in the other:", part, whole);
  const std::vector<any> values = whole.other().list();
  return std::any_of(values.begin(), values.end(),
                     [&](any value) { return equal(Value(value), part); });
}

Value add(const Value& a, const Value& b, Scratch& scratch) {
  if (both_whole(a, b)) return fitting(a.integer() + b.integer());
  if (a.kind() == kind::text && b.kind() == kind::text) {
    return Value::of(scratch.keep(std::string(a.text()).append(b.text())));
  }
  check_numbers("add", a, b);
  return Value::of(a.number() + b.number());
}

Value subtract(const Value& a, const Value& b) {
  if (both_whole(a, b)) return fitting(a.integer() - b.integer());
  check_numbers("subtract", a, b);
  return Value::of(a.number() - b.number());
}

Value multiply(const Value& a, const Value& b) {
  if (both_whole(a, b)) {
    Wide product = 0;
    if (__builtin_mul_overflow(a.integer(), b.integer(), &product)) {
      throw bad_value("the result does not fit into 64 bits");
    }
    return fitting(product);
  }
  check_numbers("multiply", a, b);
  return Value::of(a.number() * b.number());
}

Value divide(const Value& a, const Value& b) {
  check_numbers("divide", a, b);
  check_divisor(b);
  return Value::of(a.number() / b.number());
}

Value divide_whole(const Value& a, const Value& b) {
  check_numbers("divide", a, b);
  check_divisor(b);
  if (!both_whole(a, b)) return Value::of(std::floor(a.number() / b.number()));
  const Wide quotient = a.integer() / b.integer();
  const bool inexact = a.integer() % b.integer() != 0;
  const bool negative = (a.integer() < 0) != (b.integer() < 0);
  return fitting(inexact && negative ? quotient - 1 : quotient);
}

Value remainder(const Value& a, const Value& b) {
  check_numbers("divide", a, b);
  check_divisor(b);
  if (!both_whole(a, b)) {
    const double rest = std::fmod(a.number(), b.number());
    return Value::of(rest != 0 && (rest < 0) != (b.number() < 0) ? rest + b.number() : rest);
  }
  const Wide rest = a.integer() % b.integer();
  return fitting(rest != 0 && (rest < 0) != (b.integer() < 0) ? rest + b.integer() : rest);
}

Value negate(const Value& a) {
  if (a.kind() == kind::integer) return fitting(-a.integer());
  if (a.kind() != kind::real) throw bad_value("cannot negate " + std::string(words_for(a)));
  return Value::of(-a.real());
}

}  // namespace papy::expression
