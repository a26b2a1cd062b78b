#include "script/field.h"

#include <cctype>
#include <charconv>
#include <utility>

namespace papy::script {
namespace {

using Part = Field::Part;

constexpr std::pair<std::string_view, Part> kEndings[] = {
    {"//", Part::folder}, {"/.", Part::stem}, {"/", Part::name}, {".", Part::no_ending}};

bool is_key(std::string_view key) {
  for (const char c : key) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-') return false;
  }
  return !key.empty();
}

bool is_path(std::string_view path) {
  while (true) {
    const std::size_t point = path.find('.');
    if (!is_key(path.substr(0, point))) return false;
    if (point == std::string_view::npos) return true;
    path.remove_prefix(point + 1);
  }
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view without_ending(std::string_view path) {
  const std::string_view name = name_of(path);
  const std::size_t point = name.rfind('.');
  if (point == std::string_view::npos || point == 0 || point + 1 == name.size()) return path;
  return path.substr(0, path.size() - (name.size() - point));
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::string Field::name() const {
  switch (what) {
    case What::item:
      return {};
    case What::number:
      return "#";
    case What::slot:
      return "%";
    case What::path:
      return path;
    case What::position:
      return std::to_string(position) + (path.empty() ? "" : "." + path);
  }
  return {};
}

std::optional<Field> parse_field(std::string_view inside) {
  Field field;
  if (inside == "#" || inside == "%") {
    field.what = inside == "#" ? Field::What::number : Field::What::slot;
    return field;
  }
  for (const auto& [ending, part] : kEndings) {
    if (!inside.ends_with(ending)) continue;
    field.part = part;
    inside.remove_suffix(ending.size());
    break;
  }
  if (inside.empty()) return field;
  field.what = Field::What::path;
  if (std::isdigit(static_cast<unsigned char>(inside.front())) != 0) {
    field.what = Field::What::position;
    const char* const end = inside.data() + inside.size();
    const auto read = std::from_chars(inside.data(), end, field.position);
    if (read.ec != std::errc() || field.position == 0) return std::nullopt;
    if (read.ptr == end) return field;
    if (*read.ptr != '.') return std::nullopt;
    inside.remove_prefix(static_cast<std::size_t>(read.ptr - inside.data()) + 1);
  } else if (inside.front() == '-') {
    return std::nullopt;
  }
  if (!is_path(inside)) return std::nullopt;
  field.path = inside;
  return field;
}

std::string part_of(std::string_view path, Part part) {
  switch (part) {
    case Part::whole:
      return std::string(path);
    case Part::no_ending:
      return std::string(without_ending(path));
    case Part::name:
      return std::string(name_of(path));
    case Part::folder:
      return std::string(folder_of(path));
    case Part::stem:
      return std::string(without_ending(name_of(path)));
  }
  return {};
}

}  // namespace papy::script
