#include "core/total.h"

namespace papy::core {

Wide integer_of(any value) {
  if (value.data()[0] == 0xcf) return value.as<std::uint64_t>();
  return value.as<std::int64_t>();
}

void Total::add(any value) {
  if (value.kind() == kind::integer) {
    whole_ += integer_of(value);
  } else {
    if (value.kind() != kind::real) reader(value.data()).wrong("a number");
    real_ += value.as<double>();
    any_real_ = true;
  }
  ++n_;
}

void Total::write(writer& to) const {
  if (any_real_) return to.real(real());
  if (whole_ > INT64_MAX && whole_ <= UINT64_MAX)
    return to.natural(static_cast<std::uint64_t>(whole_));
  if (whole_ > UINT64_MAX || whole_ < INT64_MIN) throw fail("the sum does not fit into 64 bits");
  to.integer(static_cast<std::int64_t>(whole_));
}

void Total::write_mean(writer& to) const {
  n_ == 0 ? to.nil() : to.real(real() / static_cast<double>(n_));
}

Total::Saved Total::save() const {
  return {static_cast<std::int64_t>(whole_ >> 64), static_cast<std::uint64_t>(whole_), real_,
          any_real_, n_};
}

void Total::load(const Saved& from) {
  whole_ = static_cast<Wide>(std::get<0>(from)) * (static_cast<Wide>(1) << 64) + std::get<1>(from);
  real_ = std::get<2>(from);
  any_real_ = std::get<3>(from);
  n_ = std::get<4>(from);
}

}  // namespace papy::core
