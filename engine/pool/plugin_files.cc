#include "pool/plugin_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace papy {

PluginFiles::PluginFiles(const Plan& plan) {
  for (const PlanPiper& piper : plan.pipers) {
    for (const FunctionUse& use : piper.worker) {
      if (!use.library.empty()) files_[use.library] = {use.plugin, identity_of(use.library)};
    }
  }
}

PluginFiles::Identity PluginFiles::identity_of(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) return {};
  return {about.st_dev, about.st_ino, about.st_size,
          std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
}

std::optional<std::string> PluginFiles::changed() const {
  for (const auto& [path, known] : files_) {
    if (identity_of(path) == known.identity) continue;
    return fmt::format(
        "plugin '{}' ({}) has changed since the run began: a process that is "
        "started now would load another version",
        known.plugin, path);
  }
  return std::nullopt;
}

}  // namespace papy
