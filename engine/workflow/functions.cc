#include "workflow/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "workflow/args.h"
#include "workflow/placement.h"

namespace papy {
namespace {

std::string_view name_of_kind(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::worker:
      return "worker";
    case FunctionKind::source:
      return "source";
    case FunctionKind::sink:
      return "sink";
  }
  return "worker";
}

std::string_view place_of_kind(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::worker:
      return "a piper's worker";
    case FunctionKind::source:
      return "an input's source";
    case FunctionKind::sink:
      return "an output's sink";
  }
  return "";
}

bool is_bare_name(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 255 && is_word(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_word(c) || c == '.' || c == '+' || c == '-'; });
}

}  // namespace

// The parsed argument schemas, each once.
struct Functions::Schemas {
  struct Entry {
    nlohmann::json schema;  // discarded: the text is no JSON object
    bool is_reported = false;
  };
  std::unordered_map<const FunctionInfo*, Entry> entries;

  Entry& of(const FunctionInfo& info) {
    const auto [found, is_new] = entries.try_emplace(&info);
    if (is_new) {
      found->second.schema = info.args_schema.empty()
                                 ? nlohmann::json::object()
                                 : nlohmann::json::parse(info.args_schema, nullptr, false);
    }
    return found->second;
  }
};

Functions::Functions(Catalog& catalog, const Reading& reading)
    : catalog_(catalog), reading_(reading), schemas_(std::make_unique<Schemas>()) {}

Functions::~Functions() = default;

void Functions::resolve(Workflow& workflow) {
  for (const PluginDecl& decl : workflow.plugins) look_up(decl);
  for (InputDecl& input : workflow.inputs) {
    if (input.source) resolve(*input.source, FunctionKind::source);
  }
  const Placements placements(workflow);
  for (PiperDecl& piper : workflow.pipers) {
    const bool is_foreign = placements.of(piper) == Placement::programs;
    for (FunctionCall& call : piper.worker) {
      if (is_foreign) {
        accept_foreign(call);
      } else {
        resolve(call, FunctionKind::worker);
      }
    }
  }
  for (OutputDecl& output : workflow.outputs) {
    if (output.sink) resolve(*output.sink, FunctionKind::sink);
  }
}

void Functions::set_info(Library& library, const PluginInfo& info) {
  library.info = &info;
  for (const FunctionInfo& function : info.functions) {
    library.functions.emplace(function.name, &function);
  }
}

bool Functions::is_loadable_name(const NameUse& candidate, const std::string& at) const {
  const bool is_path = candidate.name.find('/') != std::string::npos;
  if (is_path ? candidate.name.size() <= 4096 : is_bare_name(candidate.name)) return true;
  reading_.say(Level::error, "bad-plugin-name", *candidate.node, at,
               fmt::format("{} names no library", in_quotes(candidate.name)),
               "a name has letters, digits, and _ . + - behind the first; a path has a slash");
  return false;
}

void Functions::look_up(const PluginDecl& decl) {
  Library& library = libraries_[decl.alias.name];
  library.is_optional = decl.is_optional;
  std::string why;
  for (const NameUse& candidate : decl.candidates) {
    if (!is_loadable_name(candidate, decl.at)) {
      library.is_optional = false;
      return;
    }
    const bool is_path = candidate.name.find('/') != std::string::npos;
    const auto found =
        catalog_.find(is_path ? absolute_path(candidate.name, reading_.base) : candidate.name);
    if (found) return set_info(library, **found);
    if (!why.empty()) why += "; ";
    why += found.error().text;
  }
  report_not_found(decl, why);
}

void Functions::report_not_found(const PluginDecl& decl, const std::string& why) {
  const NameUse& first = decl.candidates.front();
  std::string hint;
  if (decl.candidates.size() == 1 && first.name.find('/') == std::string::npos) {
    const std::vector<std::string> names = catalog_.known_names();
    hint = reading_.findings.did_you_mean(first.name, {names.begin(), names.end()});
  }
  const Level level = decl.is_optional ? Level::warning : Level::error;
  const std::string_view role = decl.is_optional ? "optional plugin" : "plugin";
  reading_.say(level, "plugin-not-found", *first.node, decl.at,
               fmt::format("{} {} cannot be had: {}", role, in_quotes(decl.alias.name), why),
               std::move(hint));
}

// The library of a call's alias; one that is not listed is looked up by that name.
Functions::Library& Functions::library(const FunctionCall& call) {
  const auto [found, is_new] = libraries_.try_emplace(call.alias);
  Library& library = found->second;
  if (!is_new || !is_loadable_name({call.alias, call.node}, call.at)) return library;
  const auto plugin = catalog_.find(call.alias);
  if (plugin) {
    set_info(library, **plugin);
    return library;
  }
  const std::vector<std::string> names = catalog_.known_names();
  std::vector<std::string_view> known(names.begin(), names.end());
  for (const auto& [alias, other] : libraries_) {
    if (alias != call.alias) known.push_back(alias);
  }
  reading_.say(
      Level::error, "plugin-not-found", *call.node, call.at,
      fmt::format("plugin {} cannot be had: {}", in_quotes(call.alias), plugin.error().text),
      reading_.findings.did_you_mean(call.alias, known));
  return library;
}

void Functions::resolve(FunctionCall& call, FunctionKind kind) {
  Library& found = library(call);
  if (found.info == nullptr) {
    if (!found.is_optional) return;
    reading_.say(Level::error, "plugin-not-found", *call.node, call.at,
                 fmt::format("the optional plugin {} is missing, but its function {} is used",
                             in_quotes(call.alias), in_quotes(call.function)));
    return;
  }
  const auto function = found.functions.find(call.function);
  if (function == found.functions.end()) return report_unknown(call, found);
  call.plugin = found.info;
  call.info = function->second;
  check_kind(call, kind);
  Schemas::Entry& schema = schemas_->of(*call.info);
  if (!schema.schema.is_object()) {
    if (schema.is_reported) return;
    schema.is_reported = true;
    reading_.say(Level::error, "bad-metadata", *call.node, call.at,
                 fmt::format("plugin {} describes the args of {} by what is no JSON object",
                             in_quotes(call.alias), in_quotes(call.function)));
    return;
  }
  PackedArgs args = pack_args(call, schema.schema, reading_);
  call.packed_args = std::move(args.bytes);
  has_unknown_args_ = has_unknown_args_ || args.has_unknown;
}

void Functions::accept_foreign(FunctionCall& call) {
  call.is_foreign = true;
  PackedArgs args = pack_args(call, nlohmann::json::object(), reading_);
  call.packed_args = std::move(args.bytes);
  has_unknown_args_ = has_unknown_args_ || args.has_unknown;
}

void Functions::report_unknown(const FunctionCall& call, const Library& library) {
  std::vector<std::string_view> known;
  for (const FunctionInfo& info : library.info->functions) known.push_back(info.name);
  std::string hint = reading_.findings.did_you_mean(call.function, known);
  if (hint.empty() && !known.empty() && known.size() <= 20) {
    hint = fmt::format("it has {}", listed(known));
  }
  reading_.say(
      Level::error, "unknown-function", *call.node, call.at,
      fmt::format("plugin {} has no function {}", in_quotes(call.alias), in_quotes(call.function)),
      std::move(hint));
}

void Functions::check_kind(const FunctionCall& call, FunctionKind kind) {
  if (call.info->kind == kind) return;
  reading_.say(
      Level::error, "wrong-kind", *call.node, call.at,
      fmt::format("{} is a {}, expected a {} here", in_quotes(call.alias + "." + call.function),
                  name_of_kind(call.info->kind), name_of_kind(kind)),
      fmt::format("it can be {}", place_of_kind(call.info->kind)));
}

}  // namespace papy
