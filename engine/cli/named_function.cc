#include "cli/named_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "workflow/args.h"
#include "workflow/document.h"

namespace papy {
namespace {

std::string hint(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest(word, {known.begin(), known.end()});
  if (near) return fmt::format(": did you mean '{}'?", *near);
  if (known.empty() || known.size() > 20) return "";
  return fmt::format(": it has {}", fmt::join(known, ", "));
}

/// Packs the args; says in `loaded` what is wrong with them.
Result<std::string> pack(const std::string& plugin, const FunctionInfo& info,
                         const std::string& text, const std::string& cwd, Loaded* loaded) {
  loaded->sources.emplace_back("--args", text);
  Findings findings;
  Document document(loaded->sources.back().text(), 0);
  const Reading reading{document, findings, cwd, cwd};
  std::string bytes;
  if (document.parse(findings, {"the value of --args", "a mapping like {\"n\": 3}", false})) {
    const auto schema = info.args_schema.empty()
                            ? nlohmann::json::object()
                            : nlohmann::json::parse(info.args_schema, nullptr, false);
    if (!schema.is_object())
      return error(fmt::format("the plugin describes the args of '{}' by what is no JSON object",
                               info.name));
    FunctionCall call;
    call.alias = plugin;
    call.function = info.name;
    call.node = call.args = document.root();
    call.info = &info;
    bytes = pack_args(call, schema, reading).bytes;
  }
  loaded->findings = findings.take();
  if (has_errors(loaded->findings)) return error("--args does not fit the function");
  return bytes;
}

}  // namespace

Result<NamedFunction> find_function(const std::string& name, const std::string& args,
                                    Catalog& catalog, const std::string& cwd, Loaded* loaded) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == name.size())
    return error(fmt::format("{} names no function: expected plugin.function", in_quotes(name)));
  std::string plugin = name.substr(0, dot);
  const std::string function = name.substr(dot + 1);
  const bool is_path = plugin.find('/') != std::string::npos;
  if (is_path) plugin = absolute_path(plugin, cwd);
  const auto library = catalog.find(plugin);
  if (!library) {
    const std::string text = library.error().text;
    return error(is_path ? text : text + hint(plugin, catalog.known_names()));
  }
  const auto& functions = (*library)->functions;
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const FunctionInfo& info) { return info.name == function; });
  if (found == functions.end()) {
    std::vector<std::string> known;
    for (const FunctionInfo& info : functions) known.push_back(info.name);
    return error(fmt::format("plugin '{}' has no function '{}'{}", (*library)->name, function,
                             hint(function, known)));
  }
  const auto packed = pack((*library)->name, *found, args, cwd, loaded);
  if (!packed) return tl::unexpected(packed.error());
  return NamedFunction{{.plugin = (*library)->name,
                        .library = (*library)->path,
                        .function = function,
                        .args = *packed,
                        .flags = found->flags,
                        .has_flush = found->has_flush},
                       *found};
}

}  // namespace papy
