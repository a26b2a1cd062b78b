#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/front_end.h"
#include "cli/print.h"
#include "cli/usage.h"
#include "run/table.h"

namespace papy {
namespace {

using Json = nlohmann::ordered_json;

struct PluginSettings {
  std::string name;
  PluginOptions plugins;
  Format format = Format::text;
};

/// A path is one that has a slash, or that ends as libraries do and is there.
std::string name_or_path(const std::string& word) {
  std::error_code failed;
  const bool is_path = word.find('/') != std::string::npos ||
                       (word.ends_with(".so") && std::filesystem::exists(word, failed));
  return is_path ? std::filesystem::absolute(word, failed).lexically_normal().string() : word;
}

std::string inputs_text(const FunctionMetadata& function) {
  if (function.inputs_min == function.inputs_max) return std::to_string(function.inputs_min);
  if (function.inputs_max == 0) return fmt::format("{} or more", function.inputs_min);
  return fmt::format("{} to {}", function.inputs_min, function.inputs_max);
}

/// "limit: integer, default 10, from 1: at most so many".
std::string arg_text(const std::string& name, const Json& schema, bool is_required) {
  std::string text = name;
  if (schema.contains("type"))
    text += ": " + (schema["type"].is_string() ? schema["type"].get<std::string>()
                                               : schema["type"].dump());
  if (is_required) text += ", required";
  if (schema.contains("default")) text += ", default " + schema["default"].dump();
  if (schema.contains("enum")) text += ", one of " + schema["enum"].dump();
  if (schema.contains("minimum")) text += ", from " + schema["minimum"].dump();
  if (schema.contains("maximum")) text += ", up to " + schema["maximum"].dump();
  if (schema.contains("description")) {
    text += fmt::format(": {}", schema["description"].is_string()
                                    ? schema["description"].get<std::string>()
                                    : schema["description"].dump());
  }
  return text;
}

std::string args_text(const FunctionMetadata& function) {
  const Json schema = Json::parse(function.args_schema, nullptr, false);
  if (!schema.is_object() || !schema.contains("properties") || !schema["properties"].is_object())
    return {};
  const Json required = schema.contains("required") ? schema["required"] : Json::array();
  const auto is_required = [&](const std::string& name) {
    return std::find(required.begin(), required.end(), Json(name)) != required.end();
  };
  std::string text;
  for (const auto& [name, arg] : schema["properties"].items()) {
    if (arg.is_object()) text += fmt::format("      {}\n", arg_text(name, arg, is_required(name)));
  }
  return text.empty() ? text : "    args\n" + text;
}

std::string function_text(const FunctionMetadata& function) {
  std::string text = fmt::format("\n  {} {}\n", kind_name(function.kind), function.name);
  if (!function.summary.empty()) text += fmt::format("    {}\n", function.summary);
  if (function.kind == PAPY_WORKER) text += fmt::format("    inputs  {}\n", inputs_text(function));
  if (!function.input.empty()) text += fmt::format("    takes   {}\n", function.input);
  if (!function.output.empty()) text += fmt::format("    gives   {}\n", function.output);
  if (!function.emits.empty()) text += fmt::format("    emits   {}\n", function.emits);
  const auto flags = flag_names(function.flags);
  if (!flags.empty()) text += fmt::format("    flags   {}\n", fmt::join(flags, ", "));
  if (function.has_flush) text += "    speaks again after the last item\n";
  return text + args_text(function);
}

std::string text_of(const PluginMetadata& plugin) {
  std::string text = fmt::format("{} {}\n  library  {}\n  ABI      {}.{}\n", plugin.name,
                                 plugin.version, plugin.path, plugin.abi_major, plugin.abi_minor);
  if (!plugin.license.empty()) text += fmt::format("  licence  {}\n", plugin.license);
  if (!plugin.url.empty()) text += fmt::format("  url      {}\n", plugin.url);
  for (const FunctionMetadata& function : plugin.functions) text += function_text(function);
  return text;
}

Json json_of(const FunctionMetadata& function) {
  Json json{{"name", function.name},
            {"kind", kind_name(function.kind)},
            {"summary", function.summary},
            {"flags", flag_names(function.flags)},
            {"inputs_min", function.inputs_min},
            {"inputs_max", function.inputs_max == 0 ? Json() : Json(function.inputs_max)},
            {"has_flush", function.has_flush},
            {"input", function.input},
            {"output", function.output},
            {"emits", function.emits}};
  const Json schema = Json::parse(function.args_schema, nullptr, false);
  json["args_schema"] = schema.is_discarded() ? Json() : schema;
  return json;
}

Json json_of(const PluginMetadata& plugin) {
  Json functions = Json::array();
  for (const FunctionMetadata& function : plugin.functions) functions.push_back(json_of(function));
  return {{"name", plugin.name},
          {"version", plugin.version},
          {"path", plugin.path},
          {"abi", fmt::format("{}.{}", plugin.abi_major, plugin.abi_minor)},
          {"license", plugin.license},
          {"url", plugin.url},
          {"functions", functions}};
}

int inspect(const PluginSettings& settings) {
  PluginFinder finder = settings.plugins.finder();
  const std::string wanted = name_or_path(settings.name);
  const auto plugin = finder.find(wanted);
  if (!plugin) {
    const auto names = finder.known_names();
    const auto near = nearest(wanted, {names.begin(), names.end()});
    const bool is_name = wanted.find('/') == std::string::npos;
    return fail(kUsage, plugin.error().text +
                            (near && is_name ? fmt::format(": did you mean '{}'?", *near) : ""));
  }
  return print(settings.format == Format::json ? json_of(**plugin).dump(2) + "\n"
                                               : text_of(**plugin));
}

int list(const PluginSettings& settings) {
  PluginFinder finder = settings.plugins.finder();
  Table table({"plugin", "version", "functions", "library"});
  Json json = Json::array();
  std::string broken;
  for (const std::string& name : finder.known_names()) {
    const auto plugin = finder.find(name);
    if (!plugin) {
      broken += fmt::format("warning: {}\n", plugin.error().text);
      json.push_back({{"name", name}, {"error", plugin.error().text}});
      continue;
    }
    table.add(
        {name, (*plugin)->version, std::to_string((*plugin)->functions.size()), (*plugin)->path});
    json.push_back({{"name", name},
                    {"version", (*plugin)->version},
                    {"functions", (*plugin)->functions.size()},
                    {"path", (*plugin)->path}});
  }
  fmt::print(stderr, "{}", broken);
  return print(settings.format == Format::json ? json.dump(2) + "\n" : table.text());
}

}  // namespace

Command add_plugin_inspect(CLI::App& plugin) {
  auto settings = std::make_shared<PluginSettings>();
  CLI::App& words =
      *plugin.add_subcommand("inspect", "Print what a plugin declares, without running it");
  words.add_option("PLUGIN", settings->name, "A name on the plugin path, or the path of a library")
      ->type_name("")
      ->required();
  settings->plugins.add_to(words);
  add_format(words, settings->format);
  set_example(words, "papy plugin inspect ./libfastx.so --format json");
  return {&words, [settings] { return inspect(*settings); }};
}

Command add_plugin_list(CLI::App& plugin) {
  auto settings = std::make_shared<PluginSettings>();
  CLI::App& words = *plugin.add_subcommand("list", "List the plugins on the plugin path");
  settings->plugins.add_to(words);
  add_format(words, settings->format);
  set_example(words, "papy plugin list --plugin-path ./plugins");
  return {&words, [settings] { return list(*settings); }};
}

}  // namespace papy
