// Workers that make one value of another.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/json_write.h"
#include "values/field.h"

namespace papy::core {
namespace {

struct constant_args {
  PAPY_ARGS(constant_args, (packed, value, required, "what to emit"))
};
any constant(const inbox<>&, const constant_args& args) { return args.value.view(); }

struct field_args {
  PAPY_ARGS(field_args, (std::string, name, required, "the field, as read.name or hits.0.score"),
            (std::optional<packed>, otherwise, std::nullopt,
             "the result where the field is not there; without it the item fails"))
};
any field(any value, const field_args& args) {
  if (!args.otherwise.has_value()) return values::get_field(value, args.name);
  return values::find_field(value, args.name).value_or(args.otherwise->view());
}

/// Keys in the order of their first map; a key of both with two maps is merged in turn, else the
/// later value counts.
void write_merged(writer& to, const std::vector<any>& maps) {
  std::vector<std::pair<any, std::vector<any>>> merged;
  for (const any map : maps) {
    for (const auto& [key, value] : map.map()) {
      const packed name(key);
      auto at = merged.begin();
      while (at != merged.end() && packed(at->first) != name) ++at;
      if (at == merged.end()) at = merged.insert(at, {key, {}});
      if (value.kind() != kind::map) at->second.clear();
      if (!at->second.empty() && at->second.back().kind() != kind::map) at->second.clear();
      at->second.push_back(value);
    }
  }
  to.map(merged.size());
  for (const auto& [key, values] : merged) {
    to.raw(key.data());
    if (values.size() == 1) {
      to.raw(values[0].data());
    } else {
      write_merged(to, values);
    }
  }
}

void merge(const inbox<>& values, out<>& out) {
  write_merged(out.raw(), {values.begin(), values.end()});
  out.wrote();
}

std::int64_t length(any value) {
  reader in(value.data());
  switch (value.kind()) {
    case kind::text:
      return static_cast<std::int64_t>(in.text().size());
    case kind::bytes:
      return static_cast<std::int64_t>(in.binary().size());
    case kind::list:
      return static_cast<std::int64_t>(in.list());
    case kind::map:
      return static_cast<std::int64_t>(in.map());
    default:
      in.wrong("text, bytes, a list or a map");
  }
}

struct print_args {
  PAPY_ARGS(print_args, (std::string, prefix, "", "text in front of the value"))
};
any print(any value, const print_args& args) {
  std::string line = args.prefix;
  files::json_write(value, line);
  log(level::info, line);
  return value;
}

void discard(any) {}

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(constant, papy::core::constant, "the same value for every inbox", papy::pure);
PAPY_WORKER_AS(field, papy::core::field, "one field of a map, or of maps and lists within it",
               papy::pure);
PAPY_WORKER_AS(merge, papy::core::merge,
               "one map of the maps in the inbox; maps within them are merged too, of other values "
               "the last counts",
               papy::pure);
PAPY_WORKER_AS(length, papy::core::length,
               "the number of bytes of a text, of values of a list, of keys of a map", papy::pure);
PAPY_WORKER_AS(print, papy::core::print, "writes the value as JSON into the log and passes it on",
               papy::idempotent);
PAPY_SINK_AS(discard, papy::core::discard, "takes everything and keeps nothing", papy::pure);
