#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace papy {

enum class FunctionKind { worker, source, sink };

/// What a function declares of itself, read from its library's metadata without running it.
struct FunctionInfo {
  std::string name;
  FunctionKind kind = FunctionKind::worker;
  std::uint32_t flags = 0;  ///< PAPY_REENTRANT and so on (papy/plugin.h)
  std::uint32_t inputs_min = 1;
  std::uint32_t inputs_max = 1;  ///< 0: any number
  bool has_flush = false;
  std::string summary;
  std::string args_schema;  ///< JSON Schema of its args, as JSON text; empty: none declared
  std::string input_type;   ///< as the metadata says it, for people and lint; empty: not declared
  std::string output_type;
};

/// A library that was found.
struct PluginInfo {
  std::string path;  ///< real and absolute
  std::string name;  ///< as it calls itself
  std::string version;
  std::vector<FunctionInfo> functions;
};

/// What functions there are. The workflow's front end asks; plugin/ answers (tests answer from a
/// list).
class Catalog {
 public:
  virtual ~Catalog() = default;

  /// Finds a library and reads its metadata. `name_or_path` with a slash is a path (already made
  /// absolute); without, a bare name ("fastx" or "libfastx.so") that is looked up on the plugin
  /// path. The error is for the user. The answer lives as long as the catalog; asking again gives
  /// the same.
  virtual Result<const PluginInfo*> find(std::string_view name_or_path) = 0;

  /// Names that find() could have found on the plugin path, for "did you mean".
  virtual std::vector<std::string> known_names() = 0;
};

}  // namespace papy
