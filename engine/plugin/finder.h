#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugin/metadata.h"

namespace papy {

/// Folders that plugins are looked for in, first to last: those of --plugin-path, those of the
/// variable PAPY_PLUGIN_PATH (`variable` may be null; folders between colons), and the one that
/// belongs to the program: ../lib/papy/plugins beside an installed one, ../plugins in a build tree.
std::vector<std::string> plugin_folders(const std::vector<std::string>& options,
                                        const char* variable, const std::string& program);

/// Finds plugin libraries by name or path and reads their metadata, without running them. It
/// remembers its answers: asking again gives the same, and the pointers live as long as it does.
///
///     PluginFinder finder(plugin_folders({}, getenv("PAPY_PLUGIN_PATH"), "/usr/bin/papy"));
///     finder.find("fastx");              // fastx, libfastx.so or fastx.so in the first folder
///     that has one finder.find("/home/me/libmine.so");
class PluginFinder {
 public:
  explicit PluginFinder(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  /// A path when it has a slash: absolute. A bare name otherwise: [A-Za-z0-9_][A-Za-z0-9._+-]*, at
  /// most 64 letters. A library that stands in an earlier folder but cannot be used is an error; no
  /// other is taken in its place.
  Result<const PluginMetadata*> find(std::string_view name_or_path);

  /// Names that find() would look up with success, in the order of the alphabet.
  std::vector<std::string> known_names() const;
  const std::vector<std::string>& folders() const { return folders_; }

 private:
  Result<const PluginMetadata*> read(const std::string& path);
  Result<std::string> locate(std::string_view name) const;

  const std::vector<std::string> folders_;
  std::map<std::string, Result<const PluginMetadata*>, std::less<>> answers_;
  std::map<std::string, std::unique_ptr<PluginMetadata>> by_real_path_;
};

}  // namespace papy
