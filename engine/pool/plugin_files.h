#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "flow/groups.h"

namespace papy {

/// The libraries of plugins as they were when the run began. A process that is started later must
/// not load another version: its results would differ from those before.
///
///     PluginFiles files(plan);
///     ...
///     if (const auto changed = files.changed()) ...   // "plugin 'fastx' (/usr/...) has changed"
class PluginFiles {
 public:
  /// Looks at the libraries of all pipers.
  explicit PluginFiles(const Plan& plan);

  /// What is to be told of one that is not any more what it was, if there is such a one.
  std::optional<std::string> changed() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = -1;  // it is not there
    std::int64_t modified_ns = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  struct Known {
    std::string plugin;
    Identity identity;
  };
  static Identity identity_of(const std::string& path);

  std::map<std::string, Known> files_;  // by path
};

}  // namespace papy
