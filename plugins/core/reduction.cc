#include "core/reduction.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "core/extreme.h"
#include "core/total.h"
#include "expression/token.h"
#include "sketch/distinct.h"
#include "sketch/frequent.h"
#include "sketch/quantiles.h"
#include "values/packed_by.h"

namespace papy::core {
namespace {

using expression::SyntaxError;
using expression::Tree;

class Count final : public Reduction {
 public:
  void check(any) const override {}
  void add(any) override { ++n_; }
  void write(writer& to) const override { to.natural(n_); }
  packed save() const override { return pack(n_); }
  void load(any saved) override { n_ = saved.as<std::uint64_t>(); }

 private:
  std::uint64_t n_ = 0;
};

template <void (Total::*write_of)(writer&) const>
class OfTotal final : public Reduction {
 public:
  void check(any value) const override { Total().add(value); }
  void add(any value) override { total_.add(value); }
  void write(writer& to) const override { (total_.*write_of)(to); }
  packed save() const override { return pack(total_.save()); }
  void load(any saved) override { total_.load(saved.as<Total::Saved>()); }

 private:
  Total total_;
};

template <Which which>
class OfExtreme final : public Reduction {
 public:
  void check(any value) const override { Extreme(best_).add(value); }
  void add(any value) override { best_.add(value); }
  void write(writer& to) const override { to.raw(best_.value().data()); }
  packed save() const override { return pack(best_.save()); }
  void load(any saved) override { best_.load(saved.as<std::optional<packed>>()); }

 private:
  Extreme best_{which};
};

template <bool kFirst>
class End final : public Reduction {
 public:
  void check(any) const override {}
  void add(any value) override {
    if (!kFirst || !value_) value_.emplace(value);
  }
  void write(writer& to) const override { to.raw(value_.value_or(packed()).data()); }
  packed save() const override { return pack(value_); }
  void load(any saved) override { value_ = saved.as<std::optional<packed>>(); }

 private:
  std::optional<packed> value_;
};

class List final : public Reduction {
 public:
  void check(any) const override {}
  void add(any value) override { values_.emplace_back(value); }
  void write(writer& to) const override { codec<std::vector<packed>>::write(to, values_); }
  packed save() const override { return pack(values_); }
  void load(any saved) override { values_ = saved.as<std::vector<packed>>(); }

 private:
  std::vector<packed> values_;
};

class Quantile final : public Reduction {
 public:
  explicit Quantile(double share) : share_(share) {}
  void check(any value) const override {
    if (std::isnan(value.as<double>())) throw bad_value("expected a number, got NaN");
  }
  void add(any value) override { quantiles_.add(value.as<double>()); }
  void write(writer& to) const override {
    quantiles_.n() == 0 ? to.nil() : to.real(quantiles_.at(share_));
  }
  packed save() const override { return pack(quantiles_.save()); }
  void load(any saved) override { quantiles_.load(saved.as<sketch::Quantiles::Saved>()); }

 private:
  double share_;
  sketch::Quantiles quantiles_;
};

class Distinct final : public Reduction {
 public:
  void check(any) const override {}
  void add(any value) override {
    distinct_.add(XXH3_64bits(value.data().data(), value.data().size()));
  }
  void write(writer& to) const override { to.natural(distinct_.count()); }
  packed save() const override {
    const std::string bytes_of_it = distinct_.save();
    return pack(std::vector<std::uint8_t>(bytes_of_it.begin(), bytes_of_it.end()));
  }
  void load(any saved) override {
    const bytes from = saved.as<bytes>();
    distinct_.load({reinterpret_cast<const char*>(from.data()), from.size()});
  }

 private:
  sketch::Distinct distinct_;
};

/// [[value, number], ...]
class Top final : public Reduction {
 public:
  explicit Top(double n) : n_(static_cast<std::size_t>(n)), frequent_(std::max(kRoom, 10 * n_)) {}
  void check(any) const override {}
  void add(any value) override { frequent_.add(packed(value).text()); }
  void write(writer& to) const override {
    const auto top = frequent_.top(n_);
    to.list(top.size());
    for (const auto& [value, n] : top) {
      to.list(2);
      to.raw(packed(value).data());
      to.natural(n);
    }
  }
  packed save() const override {
    std::vector<std::pair<packed, std::uint64_t>> counts;
    for (const auto& [value, n] : frequent_.save()) counts.emplace_back(packed(value), n);
    return pack(counts);
  }
  void load(any saved) override {
    sketch::Frequent::Counts counts;
    for (const auto& [value, n] : saved.as<std::vector<std::pair<packed, std::uint64_t>>>()) {
      counts.emplace_back(value.text(), n);
    }
    frequent_.load(counts);
  }

 private:
  static constexpr std::size_t kRoom = 1000;
  std::size_t n_;
  sketch::Frequent frequent_;
};

template <class T>
std::unique_ptr<Reduction> made(double) {
  return std::make_unique<T>();
}

template <class T>
std::unique_ptr<Reduction> made_with(double parameter) {
  return std::make_unique<T>(parameter);
}

}  // namespace

/// A parameter is a number from `least` to `most` in the call.
struct ReductionKind::Entry {
  std::string_view name;
  std::size_t parts;
  std::unique_ptr<Reduction> (*make)(double parameter);
  double least = 0;
  double most = 0;
};

std::span<const ReductionKind::Entry> ReductionKind::entries() {
  static constexpr Entry kEntries[] = {
      {"count", 0, made<Count>},
      {"distinct", 1, made<Distinct>},
      {"first", 1, made<End<true>>},
      {"last", 1, made<End<false>>},
      {"list", 1, made<List>},
      {"max", 1, made<OfExtreme<Which::largest>>},
      {"mean", 1, made<OfTotal<&Total::write_mean>>},
      {"min", 1, made<OfExtreme<Which::smallest>>},
      {"quantile", 2, made_with<Quantile>, 0, 1},
      {"sum", 1, made<OfTotal<&Total::write>>},
      {"top", 2, made_with<Top>, 1, 100'000},
  };
  return kEntries;
}

ReductionKind::ReductionKind(const Tree& call) {
  std::string names;
  for (const Entry& entry : entries()) {
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  const auto all = entries();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Entry& entry) {
    return call.is == Tree::Is::call && entry.name == call.name;
  });
  if (found == all.end()) {
    throw SyntaxError(call.at, "expected one of " + names + " of something, as mean(length)");
  }
  entry_ = &*found;
  if (call.parts.size() != entry_->parts) {
    throw SyntaxError(call.at, "'" + call.name + "' takes " + std::to_string(entry_->parts) +
                                   (entry_->parts == 1 ? " argument, got " : " arguments, got ") +
                                   std::to_string(call.parts.size()));
  }
  if (!call.parts.empty()) of_ = call.parts[0].get();
  if (call.parts.size() < 2) return;
  const Tree& parameter = *call.parts[1];
  const bool is_number =
      parameter.is == Tree::Is::constant && (parameter.value.view().kind() == kind::integer ||
                                             parameter.value.view().kind() == kind::real);
  if (is_number) parameter_ = parameter.value.as<double>();
  if (!is_number || parameter_ < entry_->least || parameter_ > entry_->most) {
    throw SyntaxError(parameter.at, "expected a number from " +
                                        std::to_string(std::lround(entry_->least)) + " to " +
                                        std::to_string(std::lround(entry_->most)));
  }
}

std::unique_ptr<Reduction> ReductionKind::make() const { return entry_->make(parameter_); }

}  // namespace papy::core
