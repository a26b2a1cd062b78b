#pragma once

#include <papy/plugin.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugin/library_file.h"

namespace papy {

/// What a function declares of itself.
struct FunctionMetadata {
  std::string name;
  papy_kind kind = PAPY_WORKER;
  papy_flags flags = 0;
  std::uint32_t inputs_min = 1;
  std::uint32_t inputs_max = 1;  ///< 0: any number
  bool has_flush = false;
  std::string summary;
  std::string args_schema;  ///< JSON Schema, as JSON text; empty: none declared
  std::string input;        ///< "int, string", "record{...}", "any..."; empty: not declared
  std::string output;
  std::string emits;  ///< "one", "at-most-one", "any"; empty: not declared

  friend bool operator==(const FunctionMetadata&, const FunctionMetadata&) = default;
};

/// What a library declares of itself, in its section .papy.meta.
struct PluginMetadata {
  std::string path;  ///< real and absolute
  std::string name;
  std::string version;
  std::string license;
  std::string url;
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::vector<FunctionMetadata> functions;  ///< as they stand in the library; no two of one name

  const FunctionMetadata* find(std::string_view function) const;
  friend bool operator==(const PluginMetadata&, const PluginMetadata&) = default;
};

/// Reads what a library says of itself. Runs no line of it.
Result<PluginMetadata> read_metadata(const LibraryFile& file);

/// The same from the bytes of the section: JSON objects between NULs, one with "plugin", the others
/// with "function". `path` is for messages. Keys that this version does not know are passed over.
Result<PluginMetadata> parse_metadata(std::string_view section, const std::string& path);

/// The names of flags, in the order of their bits: {"reentrant", "pure"}.
std::vector<std::string> flag_names(papy_flags flags);
const char* kind_name(papy_kind kind);

}  // namespace papy
