#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <papy/cpp/any.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace papy::expression {

/// Wide enough for every integer that an item can hold, and for their sums and differences.
__extension__ using Wide = __int128;

/// A value at work: scalars as they are, lists, maps, bytes and extensions as msgpack.
///
/// Borrows text and msgpack from the item, the expression or a Scratch.
class Value {
 public:
  Value() : integer_(0) {}  ///< null
  explicit Value(any from);
  static Value of(bool value);
  static Value of(Wide value) { return Value(kind::integer, value); }
  static Value of(double value);
  static Value of(std::string_view value);

  papy::kind kind() const { return kind_; }
  bool is_null() const { return kind_ == kind::nil; }
  bool is_number() const { return kind_ == kind::integer || kind_ == kind::real; }

  // Each requires its kind.
  bool boolean() const { return boolean_; }
  Wide integer() const { return integer_; }
  double real() const { return real_; }
  std::string_view text() const { return text_; }
  any other() const { return any(other_); }

  /// Of an integer or a float.
  double number() const { return kind_ == kind::integer ? static_cast<double>(integer_) : real_; }
  void write(writer& to) const;

 private:
  Value(papy::kind kind, Wide value) : kind_(kind), integer_(value) {}

  papy::kind kind_ = kind::nil;
  union {
    bool boolean_;
    Wide integer_;
    double real_;
    std::string_view text_;
    bytes other_;
  };
};

/// What evaluations need room for. One thread at a time; made once and used for many items.
class Scratch {
 public:
  /// Keeps a text for as long as the evaluation goes on.
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  any keep(packed value) {
    const std::string_view text = keep(std::string(value.text()));
    return any(bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }
  void clear() {
    texts_.clear();
    stack.clear();
  }

  std::vector<Value> stack;

 private:
  std::deque<std::string> texts_;
};

// Operations on values. Each throws papy::bad_value when the kinds do not go together.

bool equal(const Value& a, const Value& b);
/// Numbers with numbers, texts with texts byte by byte. What is no number is not ordered.
std::partial_ordering order(const Value& a, const Value& b);
bool is_in(const Value& part, const Value& whole);

Value add(const Value& a, const Value& b, Scratch& scratch);
Value subtract(const Value& a, const Value& b);
Value multiply(const Value& a, const Value& b);
Value divide(const Value& a, const Value& b);
/// Rounded down, as the remainder goes with it: a == b * (a // b) + a % b.
Value divide_whole(const Value& a, const Value& b);
Value remainder(const Value& a, const Value& b);
Value negate(const Value& a);

/// "an integer", for messages.
std::string_view words_for(const Value& value);
/// The integer, when it fits into an item. Throws papy::bad_value otherwise.
Value fitting(Wide value);

}  // namespace papy::expression
