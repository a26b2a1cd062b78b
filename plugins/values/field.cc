#include "values/field.h"

#include <charconv>
#include <papy/cpp/error.hpp>
#include <string>

namespace papy::values {
namespace {

std::optional<any> child(any value, std::string_view key) {
  if (value.kind() == kind::map) return value.field(key);
  std::size_t index = 0;
  const auto read = std::from_chars(key.data(), key.data() + key.size(), index);
  if (value.kind() != kind::list || read.ec != std::errc() || read.ptr != key.data() + key.size()) {
    return std::nullopt;
  }
  reader in(value.data());
  if (index >= in.list()) return std::nullopt;
  for (; index > 0; --index) in.skip();
  return any(in.any());
}

}  // namespace

std::optional<any> find_field(any value, std::string_view path) {
  std::optional<any> here = value;
  while (here.has_value() && !path.empty()) {
    const auto point = path.find('.');
    here = child(*here, path.substr(0, point));
    path = point == path.npos ? std::string_view() : path.substr(point + 1);
  }
  return here;
}

any get_field(any value, std::string_view path) {
  if (const auto found = find_field(value, path)) return *found;
  throw fail("there is no field '" + std::string(path) + "'");
}

}  // namespace papy::values
