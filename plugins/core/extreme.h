#pragma once

#include <optional>
#include <papy/plugin.hpp>

namespace papy::core {

/// Whether a comes before b: two numbers by value, or two texts byte by byte. Throws
/// papy::bad_value when they are of both kinds.
bool less(any a, any b);

enum class Which { smallest, largest };

/// The first of the smallest or of the largest numbers or texts.
class Extreme {
 public:
  explicit Extreme(Which which) : which_(which) {}
  /// Throws papy::bad_value when the value is neither, or not what those before were.
  void add(any value);
  /// Nil of none.
  packed value() const { return best_.value_or(packed()); }

  const std::optional<packed>& save() const { return best_; }
  void load(const std::optional<packed>& from) { best_ = from; }

 private:
  Which which_;
  std::optional<packed> best_;
};

}  // namespace papy::core
