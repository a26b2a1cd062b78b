#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/finder.h"
#include "workflow/catalog.h"

namespace papy {

/// What the workflow's front end asks about functions, answered by the libraries that `finder`
/// finds.
class PluginCatalog : public Catalog {
 public:
  /// `finder` is borrowed and outlives this.
  explicit PluginCatalog(PluginFinder& finder) : finder_(finder) {}

  Result<const PluginInfo*> find(std::string_view name_or_path) override;
  std::vector<std::string> known_names() override { return finder_.known_names(); }

 private:
  PluginFinder& finder_;
  std::map<const PluginMetadata*, std::unique_ptr<PluginInfo>> infos_;
};

}  // namespace papy
