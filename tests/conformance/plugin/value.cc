#include "value.h"

#include <cstdint>
#include <papy/cpp/any.hpp>
#include <papy/cpp/error.hpp>
#include <stdexcept>

namespace conformance {
namespace {

constexpr std::string_view kExceptionKey = "$exc";

List read_list(papy::reader& in) {
  List values;
  for (std::size_t n = in.list(); n > 0; --n) values.push_back(papy::codec<Value>::read(in));
  return values;
}

Value read_map(papy::reader& in) {
  Dict dict;
  for (std::size_t n = in.map(); n > 0; --n) {
    dict.keys.push_back(papy::codec<Value>::read(in));
    dict.values.push_back(papy::codec<Value>::read(in));
  }
  if (dict.keys.size() == 1 && dict.keys[0].text() != nullptr && dict.values[0].text() != nullptr &&
      *dict.keys[0].text() == kExceptionKey) {
    return {Exception{*dict.values[0].text()}};
  }
  return {std::move(dict)};
}

Value read_integer(papy::reader& in) {
  const papy::bytes bytes = in.any();
  papy::reader number(bytes);
  const bool is_natural = bytes[0] == 0xcf;
  if (is_natural) return integer(number.integer<std::uint64_t>());
  return integer(number.integer<std::int64_t>());
}

void write_integer(papy::writer& out, Integer value) {
  if (value < INT64_MIN || value > Integer{UINT64_MAX}) {
    raise("OverflowError", "the integer does not fit into 64 bits");
  }
  if (value < 0) return out.integer(static_cast<std::int64_t>(value));
  out.natural(static_cast<std::uint64_t>(value));
}

struct Write {
  papy::writer& out;

  void operator()(std::monostate) const { out.nil(); }
  void operator()(bool value) const { out.boolean(value); }
  void operator()(Integer value) const { write_integer(out, value); }
  void operator()(double value) const { out.real(value); }
  void operator()(const std::string& value) const { out.text(value); }
  void operator()(const List& values) const {
    out.list(values.size());
    for (const Value& value : values) std::visit(*this, value.is);
  }
  void operator()(const Dict& dict) const {
    out.map(dict.keys.size());
    for (std::size_t i = 0; i < dict.keys.size(); ++i) {
      std::visit(*this, dict.keys[i].is);
      std::visit(*this, dict.values[i].is);
    }
  }
  void operator()(const Exception& exception) const {
    out.map(1);
    out.text(kExceptionKey);
    out.text(exception.kind);
  }
};

}  // namespace

const char* Value::type() const {
  constexpr const char* names[] = {"NoneType", "bool", "int",  "float",
                                   "str",      "list", "dict", "Exception"};
  return names[is.index()];
}

void raise(const std::string& kind, const std::string& message) {
  throw std::runtime_error(kind + ": " + message);
}

}  // namespace conformance

conformance::Value papy::codec<conformance::Value>::read(reader& in) {
  switch (in.next()) {
    case kind::nil:
      in.any();
      return conformance::none();
    case kind::boolean:
      return conformance::boolean(in.boolean());
    case kind::integer:
      return conformance::read_integer(in);
    case kind::real:
      return conformance::real(in.real());
    case kind::text:
      return conformance::text(std::string(in.text()));
    case kind::list:
      return conformance::list(conformance::read_list(in));
    case kind::map:
      return conformance::read_map(in);
    case kind::bytes:
    case kind::extension:
      break;
  }
  conformance::raise("TypeError", "bytes and extensions are not among the values of the cases");
}

void papy::codec<conformance::Value>::write(writer& out, const conformance::Value& value) {
  std::visit(conformance::Write{out}, value.is);
}
