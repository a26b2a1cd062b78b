// Workers that make one value of a whole stream: SERIAL, `produce: any`. The result comes at the
// end of the stream.
#include <cstdint>
#include <optional>
#include <papy/plugin.hpp>
#include <string>

#include "core/extreme.h"
#include "core/total.h"
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

/// `write` says what of the total is the result.
template <void (Total::*write)(writer&) const>
class of_total {
 public:
  using args = field_arg;
  explicit of_total(const field_arg& args) : field_(args.field) {}

  void operator()(const inbox<>& values, out<>&) {
    Total with = total_;  // an inbox that fails adds nothing
    for (const any value : values) with.add(values::get_field(value, field_));
    total_ = with;
  }
  void flush(out<>& out) {
    (total_.*write)(out.raw());
    out.wrote();
  }
  Total::Saved save() const { return total_.save(); }
  void load(const Total::Saved& from) { total_.load(from); }

 private:
  std::string field_;
  Total total_;
};
using sum = of_total<&Total::write>;
using mean = of_total<&Total::write_mean>;

template <Which which>
class extreme {
 public:
  using args = field_arg;
  explicit extreme(const field_arg& args) : field_(args.field), best_(which) {}

  void operator()(const inbox<>& values, out<>&) {
    for (const any item : values) best_.add(values::get_field(item, field_));
  }
  packed flush() { return best_.value(); }
  std::optional<packed> save() const { return best_.save(); }
  void load(const std::optional<packed>& from) { best_.load(from); }

 private:
  std::string field_;
  Extreme best_;
};
using min = extreme<Which::smallest>;
using max = extreme<Which::largest>;

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
