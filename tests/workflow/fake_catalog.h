#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "papy/plugin.h"
#include "workflow/catalog.h"

namespace papy {

/// A catalog of one library, "fake", with a function for every case, and "other", with one
/// function. "broken" describes its arguments by what is no JSON.
class FakeCatalog : public Catalog {
 public:
  FakeCatalog() {
    add("fake", {
                    source("lines", R"({"type":"object","additionalProperties":false,
                            "required":["path"],"properties":{"path":{"type":"string",
                            "format":"path"},"limit":{"type":"integer","minimum":1}}})"),
                    source("range", R"({"type":"object","additionalProperties":false,
                            "properties":{"stop":{"type":"integer"}}})"),
                    worker("pass", 1, 1),
                    worker("trim", 1, 1, R"({"type":"object","additionalProperties":false,
                            "properties":{"min_quality":{"type":"integer","minimum":0,
                            "maximum":60,"default":20},"mode":{"type":"string",
                            "enum":["head","tail"]},"ratio":{"type":"number",
                            "exclusiveMinimum":0,"exclusiveMaximum":1},
                            "strict":{"type":"boolean"},"name":{"type":"string","minLength":2,
                            "maxLength":4},"only":{"const":7},
                            "tags":{"type":"array","items":{"type":"string"},"minItems":1,
                            "maxItems":3},
                            "wait":{"type":"string","format":"duration"},
                            "room":{"type":"string","format":"size"},
                            "maybe":{"anyOf":[{"type":"integer"},{"type":"null"}]},
                            "both":{"type":["string","null"]},
                            "free":{},
                            "nested":{"type":"object","additionalProperties":{"type":"integer"}}
                            }})"),
                    worker("pair", 2, 2),
                    worker("some", 2, 3),
                    worker("pick", 1, 0),
                    worker("sum", 1, 1, "", PAPY_SERIAL, true),
                    worker("patient", 1, 1, "", PAPY_CANCELS),
                    worker("alone", 1, 1, "", PAPY_ISOLATE),
                    sink("write", R"({"type":"object","additionalProperties":false,
                            "required":["path"],"properties":{"path":{"type":"string",
                            "format":"path"}}})"),
                    sink("print", ""),
                    source("hermit", "", PAPY_ISOLATE),
                    sink("anchorite", "", PAPY_ISOLATE),
                });
    add("other", {worker("pass", 1, 1)});
    add("broken", {worker("pass", 1, 1, "{")});
  }

  Result<const PluginInfo*> find(std::string_view name_or_path) override {
    asked.emplace_back(name_or_path);
    const auto found = plugins_.find(std::string(name_or_path));
    if (found != plugins_.end()) return &found->second;
    return error("no library '" + std::string(name_or_path) + "'");
  }

  std::vector<std::string> known_names() override {
    std::vector<std::string> names;
    for (const auto& [name, info] : plugins_) names.push_back(name);
    return names;
  }

  std::vector<std::string> asked;  ///< what find() was asked for, in order

 private:
  static FunctionInfo worker(std::string name, std::uint32_t least, std::uint32_t most,
                             std::string schema = "", std::uint32_t flags = 0,
                             bool has_flush = false) {
    return {.name = std::move(name),
            .kind = FunctionKind::worker,
            .flags = flags,
            .inputs_min = least,
            .inputs_max = most,
            .has_flush = has_flush,
            .args_schema = std::move(schema)};
  }
  static FunctionInfo source(std::string name, std::string schema, std::uint32_t flags = 0) {
    return {.name = std::move(name),
            .kind = FunctionKind::source,
            .flags = flags,
            .inputs_min = 0,
            .inputs_max = 0,
            .args_schema = std::move(schema)};
  }
  static FunctionInfo sink(std::string name, std::string schema, std::uint32_t flags = 0) {
    return {.name = std::move(name),
            .kind = FunctionKind::sink,
            .flags = flags,
            .args_schema = std::move(schema)};
  }
  void add(const std::string& name, std::vector<FunctionInfo> functions) {
    plugins_[name] = {"/plugins/lib" + name + ".so", name, "1.0", std::move(functions)};
  }

  std::map<std::string, PluginInfo> plugins_;
};

}  // namespace papy
