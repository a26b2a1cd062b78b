#pragma once

#include <papy/plugin.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugin/metadata.h"

namespace papy {

/// A plugin library in this process. It is never unloaded: code of it may be on some stack.
class Library {
 public:
  const PluginMetadata& metadata() const { return metadata_; }
  const papy_plugin& plugin() const { return *plugin_; }

  /// The table of a function, checked against what the metadata says. Lives as long as the process.
  /// The error names the nearest function there is.
  Result<const papy_worker*> worker(std::string_view name) const;

 private:
  friend class Libraries;
  Library() = default;
  Result<void*> symbol(const std::string& name) const;

  PluginMetadata metadata_;
  void* handle_ = nullptr;
  const void* map_ = nullptr;  // the loader's link_map of this library
  const papy_plugin* plugin_ = nullptr;
};

/// The libraries of this process: each is loaded and initialised once.
///
///     Libraries libraries(host.raw());
///     const papy_worker* trim =
///     *(*libraries.open("/usr/lib/papy/plugins/libfastx.so"))->worker("trim");
///
/// One thread, the loader's.
class Libraries {
 public:
  /// `host` is borrowed and outlives this.
  explicit Libraries(const papy_host* host) : host_(host) {}
  /// Tells each library that the process ends, the last one first.
  ~Libraries();
  Libraries(const Libraries&) = delete;
  Libraries& operator=(const Libraries&) = delete;

  /// Loads the library at this path, or gives the one that was loaded from it. Requires: absolute.
  /// The answer lives as long as this.
  Result<const Library*> open(const std::string& path);

 private:
  Result<std::unique_ptr<Library>> load(const std::string& path) const;

  const papy_host* const host_;
  std::map<std::string, const Library*> by_path_;
  std::vector<std::unique_ptr<Library>> loaded_;  // in this order
};

}  // namespace papy
