#include "plugin/metadata.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "plugin/elf.h"

namespace papy {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<papy_flags, const char*>, 8> kFlags = {{
    {PAPY_REENTRANT, "reentrant"},
    {PAPY_PURE, "pure"},
    {PAPY_IDEMPOTENT, "idempotent"},
    {PAPY_SERIAL, "serial"},
    {PAPY_LOCAL, "local"},
    {PAPY_ISOLATE, "isolate"},
    {PAPY_CANCELS, "cancels"},
    {PAPY_BLOCKS, "blocks"},
}};
constexpr std::array<const char*, 3> kKinds = {"worker", "source", "sink"};

/// Reads the members of one record; remembers the first thing that is wrong.
class Record {
 public:
  explicit Record(const Json& json) : json_(json) {}

  /// Empty when the key is not there.
  std::string text(const char* key) {
    const auto at = json_.find(key);
    if (at == json_.end()) return {};
    if (at->is_string()) return at->get<std::string>();
    wrong(key, "text");
    return {};
  }
  std::uint32_t natural(const char* key, std::uint32_t otherwise) {
    const auto at = json_.find(key);
    if (at == json_.end()) return otherwise;
    if (at->is_number_unsigned() && at->get<std::uint64_t>() <= UINT32_MAX) {
      return at->get<std::uint32_t>();
    }
    wrong(key, "a number from 0");
    return otherwise;
  }
  bool boolean(const char* key) {
    const auto at = json_.find(key);
    if (at == json_.end()) return false;
    if (at->is_boolean()) return at->get<bool>();
    wrong(key, "true or false");
    return false;
  }
  /// An object as JSON text.
  std::string object(const char* key) {
    const auto at = json_.find(key);
    if (at == json_.end()) return {};
    if (at->is_object()) return at->dump();
    wrong(key, "an object");
    return {};
  }
  papy_flags flags(const char* key) {
    const auto at = json_.find(key);
    papy_flags all = 0;
    if (at == json_.end()) return all;
    if (!at->is_array()) wrong(key, "a list of names");
    for (const Json& name : at->is_array() ? *at : Json::array()) {
      const auto* const known = std::find_if(kFlags.begin(), kFlags.end(),
                                             [&](const auto& f) { return name == f.second; });
      if (known == kFlags.end()) {
        wrong(key, fmt::format("names of flags, not {}", name.dump()));
      } else {
        all |= known->first;
      }
    }
    return all;
  }
  papy_kind kind(const char* key) {
    const std::string name = text(key);
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      if (name == kKinds[i]) return static_cast<papy_kind>(i);
    }
    if (!name.empty()) wrong(key, "worker, source or sink");
    return PAPY_WORKER;
  }

  void wrong(const char* key, const std::string& expected) {
    if (problem.empty()) problem = fmt::format("its '{}' must be {}", key, expected);
  }

  std::string problem;

 private:
  const Json& json_;
};

bool is_name(std::string_view name) {
  const auto fits = [&](char c, bool first) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return letter || (!first && c >= '0' && c <= '9');
  };
  if (name.empty() || name.size() > 128) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!fits(name[i], i == 0)) return false;
  }
  return true;
}

std::string read_function(const Json& json, FunctionMetadata& function) {
  Record record(json);
  function.name = record.text("function");
  function.kind = record.kind("kind");
  function.flags = record.flags("flags");
  function.inputs_min = record.natural("inputs_min", function.kind == PAPY_SOURCE ? 0 : 1);
  function.inputs_max = record.natural("inputs_max", function.kind == PAPY_SOURCE ? 0 : 1);
  function.has_flush = record.boolean("flush");
  function.summary = record.text("summary");
  function.args_schema = record.object("args");
  function.input = record.text("input");
  function.output = record.text("output");
  function.emits = record.text("emits");
  if (!is_name(function.name)) record.wrong("function", "a C identifier of at most 128 letters");
  if (function.inputs_max != 0 && function.inputs_max < function.inputs_min) {
    record.wrong("inputs_max", "0 or at least inputs_min");
  }
  return record.problem;
}

std::string read_plugin(const Json& json, PluginMetadata& plugin) {
  Record record(json);
  plugin.name = record.text("plugin");
  plugin.version = record.text("version");
  plugin.license = record.text("license");
  plugin.url = record.text("url");
  plugin.abi_major = record.natural("abi_major", 0);
  plugin.abi_minor = record.natural("abi_minor", 0);
  if (plugin.name.empty()) record.wrong("plugin", "a name");
  return record.problem;
}

/// The records of a section: what stands between NULs and is not empty.
std::vector<std::string_view> split(std::string_view section) {
  std::vector<std::string_view> records;
  while (!section.empty()) {
    const std::size_t end = std::min(section.find('\0'), section.size());
    if (end != 0) records.push_back(section.substr(0, end));
    section.remove_prefix(std::min(end + 1, section.size()));
  }
  return records;
}

/// One record as JSON, or why it is none.
std::string parse(std::string_view text, Json& json) {
  constexpr int kMaxDepth = 64;
  bool too_deep = false;
  const auto watch = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > kMaxDepth;
    return !too_deep;
  };
  json = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (too_deep) return "it is nested too deep";
  if (!json.is_object()) return "it is not a JSON object";
  if (!json.contains("plugin") && !json.contains("function")) {
    return "it has neither 'plugin' nor 'function'";
  }
  return {};
}

std::string add_plugin(const Json& json, PluginMetadata& plugin) {
  if (!json.contains("plugin")) return {};
  if (!plugin.name.empty()) return "a record before it has 'plugin' too";
  return read_plugin(json, plugin);
}

std::string add_function(const Json& json, PluginMetadata& plugin) {
  if (json.contains("plugin")) return {};
  FunctionMetadata function;
  if (std::string problem = read_function(json, function); !problem.empty()) return problem;
  if (plugin.find(function.name) != nullptr) {
    return fmt::format("function '{}' is declared twice", function.name);
  }
  plugin.functions.push_back(std::move(function));
  return {};
}

/// Why this engine cannot load such a plugin, or nothing.
std::string abi_objection(const PluginMetadata& plugin) {
  if (plugin.abi_major == PAPY_ABI_MAJOR && plugin.abi_minor <= PAPY_ABI_MINOR) return {};
  return fmt::format(
      "plugin '{}' is made for version {}.{} of the plugin interface, this papy has {}.{}",
      plugin.path, plugin.abi_major, plugin.abi_minor, PAPY_ABI_MAJOR, PAPY_ABI_MINOR);
}

}  // namespace

const FunctionMetadata* PluginMetadata::find(std::string_view function) const {
  for (const FunctionMetadata& one : functions) {
    if (one.name == function) return &one;
  }
  return nullptr;
}

Result<PluginMetadata> parse_metadata(std::string_view section, const std::string& path) {
  PluginMetadata plugin;
  plugin.path = path;
  std::vector<Json> records;
  const auto broken = [&](std::size_t n, const std::string& problem) {
    return error(
        fmt::format("the metadata of '{}' is broken in record {}: {}", path, n + 1, problem));
  };
  for (const std::string_view text : split(section)) {
    std::string problem = parse(text, records.emplace_back());
    if (problem.empty()) problem = add_plugin(records.back(), plugin);
    if (!problem.empty()) return broken(records.size() - 1, problem);
  }
  if (plugin.name.empty()) {
    return error(fmt::format("the metadata of '{}' does not say which plugin it is", path));
  }
  // Before the functions: what another version says of them need not be readable.
  if (std::string why = abi_objection(plugin); !why.empty()) return error(std::move(why));
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string problem = add_function(records[i], plugin);
    if (!problem.empty()) return broken(i, problem);
  }
  return plugin;
}

Result<PluginMetadata> read_metadata(const LibraryFile& file) {
  auto section = read_section(file, ".papy.meta");
  if (!section) return tl::unexpected(std::move(section.error()));
  if (!section->has_value()) {
    return error(
        fmt::format("'{}' is no papy plugin: it has no section .papy.meta", file.real_path()));
  }
  return parse_metadata(**section, file.real_path());
}

std::vector<std::string> flag_names(papy_flags flags) {
  std::vector<std::string> names;
  for (const auto& [flag, name] : kFlags) {
    if ((flags & flag) != 0) names.emplace_back(name);
  }
  return names;
}

const char* kind_name(papy_kind kind) {
  return kind >= 0 && kind < static_cast<papy_kind>(kKinds.size()) ? kKinds[kind] : "unknown";
}

}  // namespace papy
