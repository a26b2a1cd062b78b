#include "io/cell.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <papy/cpp/error.hpp>

#include "files/json_read.h"

namespace papy::io {
namespace {

struct Name {
  std::string_view name;
  CellType type;
};
constexpr Name kNames[] = {{"text", CellType::text},
                           {"integer", CellType::integer},
                           {"float", CellType::real},
                           {"boolean", CellType::boolean},
                           {"json", CellType::json}};

[[noreturn]] void is_no(std::string_view text, std::string_view what) {
  throw bad_value("'" + std::string(text) + "' is no " + std::string(what));
}

template <class T>
bool read_all(std::string_view text, T& value) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  if (plus) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end;
}

void write_integer(writer& to, std::string_view text) {
  std::int64_t value = 0;
  std::uint64_t natural = 0;
  if (read_all(text, value)) return to.integer(value);
  if (read_all(text, natural)) return to.natural(natural);
  is_no(text, "integer of 64 bits");
}

void write_real(writer& to, std::string_view text) {
  double value = 0;
  if (!read_all(text, value)) is_no(text, "number");
  to.real(value);
}

void write_boolean(writer& to, std::string_view text) {
  if (text != "true" && text != "false") is_no(text, "boolean (true or false)");
  to.boolean(text == "true");
}

}  // namespace

CellType cell_type_of(const std::string& name) {
  const auto found = std::find_if(std::begin(kNames), std::end(kNames),
                                  [&](const Name& one) { return one.name == name; });
  if (found != std::end(kNames)) return found->type;
  throw fail("argument 'types': expected 'text', 'integer', 'float', 'boolean' or 'json', got '" +
             name + "'");
}

void write_cell(writer& to, std::string_view text, CellType type) {
  if (type == CellType::text) return to.text(text);
  if (text.empty()) return to.nil();
  switch (type) {
    case CellType::integer:
      return write_integer(to, text);
    case CellType::real:
      return write_real(to, text);
    case CellType::boolean:
      return write_boolean(to, text);
    default: {
      std::string value;
      files::json_read(text, value);
      to.raw({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
    }
  }
}

}  // namespace papy::io
