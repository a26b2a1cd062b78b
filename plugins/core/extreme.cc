#include "core/extreme.h"

#include <string_view>

#include "core/total.h"

namespace papy::core {

/// A long double holds every integer of 64 bits and every float.
bool less(any a, any b) {
  if (a.kind() == kind::text && b.kind() == kind::text) {
    return a.as<std::string_view>() < b.as<std::string_view>();
  }
  const auto number = [](any value) {
    if (value.kind() == kind::integer) return static_cast<long double>(integer_of(value));
    if (value.kind() == kind::real) return static_cast<long double>(value.as<double>());
    throw bad_value("expected numbers only or texts only, got both");
  };
  return number(a) < number(b);
}

void Extreme::add(any value) {
  const kind what = value.kind();
  if (what != kind::integer && what != kind::real && what != kind::text) {
    reader(value.data()).wrong("a number or text");
  }
  const bool better = !best_ || (which_ == Which::smallest ? less(value, best_->view())
                                                           : less(best_->view(), value));
  if (better) best_.emplace(value);
}

}  // namespace papy::core
