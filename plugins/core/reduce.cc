// Workers that make one value of a whole stream: SERIAL, `produce: any`. The result comes at the
// end of the stream.
#include <cstdint>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <tuple>

#include "values/field.h"

namespace papy::core {
namespace {

struct field_arg {
  PAPY_ARGS(field_arg, (std::string, field, "",
                        "the field of the items to look at, as read.length; empty: the item"))
};

struct count_args {
  PAPY_ARGS(count_args, (std::string, name, "",
                         "emit a map with the number under this key instead of the number"))
};

class count {
 public:
  using args = count_args;
  explicit count(const count_args& args) : name_(args.name) {}

  void operator()(const inbox<>&, out<>&) { ++n_; }
  void flush(out<>& out) {
    if (!name_.empty()) {
      out.raw().map(1);
      out.raw().text(name_);
    }
    out.raw().natural(n_);
    out.wrote();
  }
  std::uint64_t save() const { return n_; }
  void load(std::uint64_t n) { n_ = n; }

 private:
  std::string name_;
  std::uint64_t n_ = 0;
};

/// Wide enough for any msgpack integer, and for sums of 2^64 of them.
__extension__ using wide = __int128;

wide integer_of(any value) {
  if (value.data()[0] == 0xcf) return value.as<std::uint64_t>();
  return value.as<std::int64_t>();
}

/// A sum of integers stays an integer, exact up to 64 bits; with the first float it becomes one.
/// Floats are added in the order of the stream.
class total {
 public:
  void add(any value) {
    if (value.kind() == kind::integer) {
      whole_ += integer_of(value);
    } else {
      if (value.kind() != kind::real) reader(value.data()).wrong("a number");
      real_ += value.as<double>();
      any_real_ = true;
    }
    ++n_;
  }
  std::uint64_t n() const { return n_; }
  double real() const { return static_cast<double>(whole_) + real_; }
  void write(writer& to) const {
    if (any_real_) return to.real(real());
    if (whole_ > INT64_MAX && whole_ <= UINT64_MAX)
      return to.natural(static_cast<std::uint64_t>(whole_));
    if (whole_ > UINT64_MAX || whole_ < INT64_MIN) throw fail("the sum does not fit into 64 bits");
    to.integer(static_cast<std::int64_t>(whole_));
  }

  using saved = std::tuple<std::int64_t, std::uint64_t, double, bool, std::uint64_t>;
  saved save() const {
    return {static_cast<std::int64_t>(whole_ >> 64), static_cast<std::uint64_t>(whole_), real_,
            any_real_, n_};
  }
  void load(const saved& from) {
    whole_ =
        static_cast<wide>(std::get<0>(from)) * (static_cast<wide>(1) << 64) + std::get<1>(from);
    real_ = std::get<2>(from);
    any_real_ = std::get<3>(from);
    n_ = std::get<4>(from);
  }

 private:
  wide whole_ = 0;
  double real_ = 0;
  bool any_real_ = false;
  std::uint64_t n_ = 0;
};

class sum {
 public:
  using args = field_arg;
  explicit sum(const field_arg& args) : field_(args.field) {}

  void operator()(const inbox<>& values, out<>&) {
    total with = total_;  // an inbox that fails adds nothing
    for (const any value : values) with.add(values::get_field(value, field_));
    total_ = with;
  }
  void flush(out<>& out) {
    total_.write(out.raw());
    out.wrote();
  }
  total::saved save() const { return total_.save(); }
  void load(const total::saved& from) { total_.load(from); }

 private:
  std::string field_;
  total total_;
};

class mean {
 public:
  using args = field_arg;
  explicit mean(const field_arg& args) : field_(args.field) {}

  void operator()(const inbox<>& values, out<>&) {
    total with = total_;  // an inbox that fails adds nothing
    for (const any value : values) with.add(values::get_field(value, field_));
    total_ = with;
  }
  void flush(out<>& out) {
    if (total_.n() == 0) {
      out.raw().nil();
    } else {
      out.raw().real(total_.real() / static_cast<double>(total_.n()));
    }
    out.wrote();
  }
  total::saved save() const { return total_.save(); }
  void load(const total::saved& from) { total_.load(from); }

 private:
  std::string field_;
  total total_;
};

/// Two numbers, or two texts, in their order. A long double holds every integer of 64 bits and
/// every float.
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

/// The first of the smallest values (Sign 1) or of the largest (Sign -1); nil when there is none.
template <int Sign>
class extreme {
 public:
  using args = field_arg;
  explicit extreme(const field_arg& args) : field_(args.field) {}

  void operator()(const inbox<>& values, out<>&) {
    for (const any item : values) {
      const any value = values::get_field(item, field_);
      const kind what = value.kind();
      if (what != kind::integer && what != kind::real && what != kind::text) {
        reader(value.data()).wrong("a number or text");
      }
      if (!best_.has_value() ||
          (Sign > 0 ? less(value, best_->view()) : less(best_->view(), value))) {
        best_.emplace(value);
      }
    }
  }
  packed flush() { return best_.value_or(packed()); }
  std::optional<packed> save() const { return best_; }
  void load(const std::optional<packed>& from) { best_ = from; }

 private:
  std::string field_;
  std::optional<packed> best_;
};
using min = extreme<1>;
using max = extreme<-1>;

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(count, papy::core::count, "how many inboxes there were (produce: any)");
PAPY_WORKER_AS(sum, papy::core::sum, "the sum of all values (produce: any)");
PAPY_WORKER_AS(mean, papy::core::mean,
               "the arithmetic mean of all values, nil of none (produce: any)");
PAPY_WORKER_AS(min, papy::core::min,
               "the smallest of all numbers or texts, nil of none (produce: any)");
PAPY_WORKER_AS(max, papy::core::max,
               "the largest of all numbers or texts, nil of none (produce: any)");
