// Workers that choose, rename and drop fields of a map.
#include <algorithm>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "values/field.h"
#include "values/ordered_map.h"
#include "values/packed_by.h"

namespace papy::core {
namespace {

struct fields_args {
  PAPY_ARGS(fields_args, (std::vector<std::string>, names, required,
                          "the fields to keep, as read.name, in this order"))
};

packed fields(any item, const fields_args& args) {
  return values::packed_by([&](writer& to) {
    to.map(args.names.size());
    for (const std::string& name : args.names) {
      to.text(name);
      to.raw(values::get_field(item, name).data());
    }
  });
}

bool is_named(any key, std::string_view name) {
  return key.kind() == kind::text && key.as<std::string_view>() == name;
}

struct drop_args {
  PAPY_ARGS(drop_args,
            (std::vector<std::string>, names, required, "the fields to leave out, as read.name"),
            (bool, allow_missing, false, "a field that is not there is no failure"))
};

/// What is left of the names within the field `key`: of read.name, within read, name.
std::vector<std::string_view> names_within(any key, const std::vector<std::string_view>& names) {
  std::vector<std::string_view> within;
  for (const std::string_view name : names) {
    const auto point = name.find('.');
    if (point != name.npos && is_named(key, name.substr(0, point))) {
      within.push_back(name.substr(point + 1));
    }
  }
  return within;
}

void write_without(writer& to, any value, const std::vector<std::string_view>& names) {
  if (names.empty() || value.kind() != kind::map) return to.raw(value.data());
  auto fields = value.map();
  std::erase_if(fields, [&](const auto& field) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return is_named(field.first, name); });
  });
  to.map(fields.size());
  for (const auto& [key, inner] : fields) {
    to.raw(key.data());
    write_without(to, inner, names_within(key, names));
  }
}

packed drop(any item, const drop_args& args) {
  for (const std::string& name : args.names) {
    if (!args.allow_missing) values::get_field(item, name);
  }
  return values::packed_by([&](writer& to) {
    write_without(to, item, {args.names.begin(), args.names.end()});
  });
}

struct rename_args {
  PAPY_ARGS(rename_args,
            (values::OrderedMap<std::string>, names, required, "the new name of each field"),
            (bool, allow_missing, false, "a field that is not there is no failure"))
};

/// The name of a field afterwards, when it gets a new one.
const std::string* new_name_of(any key, const rename_args& args) {
  for (const auto& [name, new_name] : args.names) {
    if (is_named(key, name)) return &new_name;
  }
  return nullptr;
}

void check_new_names(any item, const rename_args& args) {
  for (const auto& [name, new_name] : args.names) {
    if (!args.allow_missing && !item.field(name)) {
      throw fail("there is no field '" + name + "'");
    }
  }
  std::vector<std::string_view> names;
  for (const auto& [key, value] : item.map()) {
    const std::string* const name = new_name_of(key, args);
    if (name != nullptr) names.push_back(*name);
    if (name == nullptr && key.kind() == kind::text) names.push_back(key.as<std::string_view>());
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw fail("there would be two fields '" + std::string(*twice) + "'");
}

packed rename(any item, const rename_args& args) {
  check_new_names(item, args);
  return values::packed_by([&](writer& to) {
    const auto fields = item.map();
    to.map(fields.size());
    for (const auto& [key, value] : fields) {
      const std::string* const name = new_name_of(key, args);
      name == nullptr ? to.raw(key.data()) : to.text(*name);
      to.raw(value.data());
    }
  });
}

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(fields, papy::core::fields, "a map of some fields of a map", papy::pure);
PAPY_WORKER_AS(drop, papy::core::drop, "the map without some of its fields", papy::pure);
PAPY_WORKER_AS(rename, papy::core::rename, "the map with other names for some of its fields",
               papy::pure);
