#pragma once

#include <memory>
#include <papy/plugin.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "expression/tree.h"

namespace papy::core {

/// What is made of the values of a group.
class Reduction {
 public:
  virtual ~Reduction() = default;
  /// Throws papy::bad_value when the value is not what it is for.
  virtual void check(any value) const = 0;
  /// Requires: check(value) does not throw.
  virtual void add(any value) = 0;
  virtual void write(writer& to) const = 0;
  /// All that it knows, and back.
  virtual packed save() const = 0;
  virtual void load(any saved) = 0;
};

/// A call of a reduction in an expression: mean(length), quantile(length, 0.95), count().
///
///     ReductionKind kind(*expression::parse("top(page, 3)"));
///     auto pages = kind.make();
class ReductionKind {
 public:
  /// Throws expression::SyntaxError when the tree is no such call.
  explicit ReductionKind(const expression::Tree& call);
  std::unique_ptr<Reduction> make() const;
  /// What of the items it looks at, or null: it only counts them.
  const expression::Tree* of() const { return of_; }

 private:
  struct Entry;
  static std::span<const Entry> entries();

  const Entry* entry_;
  const expression::Tree* of_ = nullptr;
  double parameter_ = 0;  // 0.95 of quantile(x, 0.95)
};

}  // namespace papy::core
