#include "cli/plugin_catalog.h"

namespace papy {
namespace {

FunctionKind kind_of(papy_kind kind) {
  if (kind == PAPY_SOURCE) return FunctionKind::source;
  return kind == PAPY_SINK ? FunctionKind::sink : FunctionKind::worker;
}

PluginInfo info_of(const PluginMetadata& metadata) {
  PluginInfo info{metadata.path, metadata.name, metadata.version, {}};
  for (const FunctionMetadata& function : metadata.functions) {
    info.functions.push_back({function.name, kind_of(function.kind), function.flags,
                              function.inputs_min, function.inputs_max, function.has_flush,
                              function.summary, function.args_schema, function.input,
                              function.output});
  }
  return info;
}

}  // namespace

Result<const PluginInfo*> PluginCatalog::find(std::string_view name_or_path) {
  const auto metadata = finder_.find(name_or_path);
  if (!metadata) return tl::unexpected(metadata.error());
  auto& info = infos_[*metadata];
  if (info == nullptr) info = std::make_unique<PluginInfo>(info_of(**metadata));
  return info.get();
}

}  // namespace papy
