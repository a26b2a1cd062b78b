#pragma once

#include <papy/cpp/codec.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace conformance {

struct Value;

/// Wide enough that a sum or product of two 64-bit integers is seen to leave what msgpack can hold.
using Integer = __int128;
using List = std::vector<Value>;

/// Keys and their values, in the order in which they came.
struct Dict {
  List keys;
  List values;
};

/// An exception as data: a function returned it instead of raising it. As msgpack {"$exc": kind}.
struct Exception {
  std::string kind;
};

/// A value as Python's functions see it, whatever its type.
struct Value {
  std::variant<std::monostate, bool, Integer, double, std::string, List, Dict, Exception> is;

  bool is_none() const { return std::holds_alternative<std::monostate>(is); }
  const std::string* text() const { return std::get_if<std::string>(&is); }
  const List* list() const { return std::get_if<List>(&is); }
  const Dict* dict() const { return std::get_if<Dict>(&is); }
  const Exception* exception() const { return std::get_if<Exception>(&is); }
  /// Python's name of its type: "int", "str" ...
  const char* type() const;
};

inline Value none() { return {}; }
inline Value boolean(bool value) { return {value}; }
inline Value integer(Integer value) { return {value}; }
inline Value real(double value) { return {value}; }
inline Value text(std::string value) { return {std::move(value)}; }
inline Value list(List values) { return {std::move(values)}; }

/// A failure with the kind of Python's exception in front: "TypeError: ...".
[[noreturn]] void raise(const std::string& kind, const std::string& message);

}  // namespace conformance

/// Any msgpack value. Writing an integer of more than 64 bits raises OverflowError.
template <>
struct papy::codec<conformance::Value> {
  static constexpr detail::plain_type names{"any", "{}"};
  static conformance::Value read(reader& in);
  static void write(writer& out, const conformance::Value& value);
};
