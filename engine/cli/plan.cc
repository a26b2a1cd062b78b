#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/front_end.h"
#include "cli/print.h"
#include "cli/usage.h"
#include "flow/groups.h"
#include "run/table.h"

namespace papy {
namespace {

using Json = nlohmann::ordered_json;

struct PlanSettings {
  std::string file;
  LoadWords load;
  Format format = Format::text;
};

std::string type_name(PoolType type) { return type == PoolType::thread ? "thread" : "process"; }

std::string number_or_auto(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "auto";
}

std::string produce_text(const Produce& produce) {
  if (produce.any) return "any";
  return fmt::format("{}{}", produce.n, produce.repeat ? " (repeated)" : "");
}

std::vector<std::string> names_of(const Plan& plan, const std::vector<StreamId>& streams) {
  std::vector<std::string> names;
  for (const StreamId stream : streams) names.push_back(plan.stream_name(stream));
  return names;
}

/// The pool of pipers that name none.
std::string pool_name(const PlanPool& pool) { return pool.name.empty() ? "(none)" : pool.name; }

std::string command_text(const PlanPool& pool) {
  if (pool.command.empty()) return "papy slot";
  std::string text;
  for (const std::string& word : pool.command) {
    const bool is_plain = !word.empty() && word.find_first_of(" \t\n'\"") == std::string::npos;
    text += (text.empty() ? "" : " ") + (is_plain ? word : in_quotes(word));
  }
  return text;
}

/// In the largest unit in which it is a whole number: "1536MiB".
std::string size_text(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return fmt::format("{}{}", bytes, kUnits[unit]);
}

std::string limits_text(const PlanLimits& limits) {
  std::vector<std::string> texts;
  if (limits.memory) texts.push_back("memory " + size_text(*limits.memory));
  if (limits.open_files) texts.push_back(fmt::format("open files {}", *limits.open_files));
  if (limits.cpu_time) texts.push_back(fmt::format("cpu time {}s", *limits.cpu_time));
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

/// What only pools of processes have.
std::string processes_text(const Plan& plan) {
  Table table({"processes of", "started as", "max crashes", "recycle", "limits"});
  bool is_empty = true;
  for (const PlanPool& pool : plan.pools) {
    if (pool.type != PoolType::process) continue;
    is_empty = false;
    table.add({pool.name, command_text(pool), std::to_string(pool.max_crashes),
               pool.recycle ? std::to_string(*pool.recycle) : "never", limits_text(pool.limits)});
  }
  return is_empty ? std::string() : "\n" + table.text();
}

std::string pools_text(const Plan& plan) {
  if (plan.pools.empty()) return {};
  Table table({"pool", "type", "slots", "stride", "buffer", "batch", "order"});
  for (const PlanPool& pool : plan.pools) {
    table.add({pool_name(pool), type_name(pool.type), std::to_string(pool.slots),
               number_or_auto(pool.stride), number_or_auto(pool.buffer), number_or_auto(pool.batch),
               pool.ordered ? "kept" : "free"});
  }
  return "\n" + table.text() + processes_text(plan);
}

std::string pipers_text(const Plan& plan) {
  if (plan.pipers.empty()) return {};
  Table table({"piper", "worker", "from", "pool", "consume", "produce", "spawn"});
  for (const PlanPiper& piper : plan.pipers) {
    table.add({piper.name, piper.worker_name(),
               fmt::format("{}", fmt::join(names_of(plan, piper.from), ", ")),
               pool_name(plan.pools[piper.pool]), std::to_string(piper.consume),
               produce_text(piper.produce), std::to_string(piper.spawn)});
  }
  std::string text = "\n" + table.text();
  for (const Group& group : fuse(plan)) {
    if (group.pipers.size() < 2) continue;
    std::vector<std::string> names;
    for (const PiperId piper : group.pipers) names.push_back(plan.pipers[piper].name);
    text += fmt::format("in one go: {}\n", fmt::join(names, ", "));
  }
  return text;
}

std::string plan_text(const Plan& plan) {
  std::string text = fmt::format("{} ({})\n", plan.name, plan.file) + pools_text(plan);
  Table inputs({"input", "source"}), outputs({"output", "sink", "from"});
  for (const PlanInput& input : plan.inputs) inputs.add({input.name, input.source.name()});
  for (const PlanOutput& output : plan.outputs)
    outputs.add({output.name, output.sink.name(), plan.stream_name(output.from)});
  return fmt::format("{}\n{}{}\n{}", text, inputs.text(), pipers_text(plan), outputs.text());
}

Json json_of(const FunctionUse& use) {
  return {{"function", use.name()},
          {"library", use.library.empty() ? Json(nullptr) : Json(use.library)}};
}

Json json_of(const PlanPool& pool) {
  const auto number = [](const auto& n) { return n ? Json(*n) : Json("auto"); };
  Json json = {{"name", pool.name},
               {"type", type_name(pool.type)},
               {"slots", pool.slots},
               {"stride", number(pool.stride)},
               {"buffer", number(pool.buffer)},
               {"batch", number(pool.batch)},
               {"ordered", pool.ordered}};
  if (pool.type != PoolType::process) return json;
  const auto or_none = [](const auto& n) { return n ? Json(*n) : Json(nullptr); };
  json["command"] = pool.command.empty() ? Json(nullptr) : Json(pool.command);
  json["max_crashes"] = pool.max_crashes;
  json["recycle"] = or_none(pool.recycle);
  json["limits"] = {{"memory", or_none(pool.limits.memory)},
                    {"open_files", or_none(pool.limits.open_files)},
                    {"cpu_time", or_none(pool.limits.cpu_time)}};
  return json;
}

Json json_of(const Plan& plan) {
  Json pools = Json::array(), inputs = Json::array(), pipers = Json::array(),
       outputs = Json::array(), groups = Json::array();
  for (const PlanPool& pool : plan.pools) pools.push_back(json_of(pool));
  for (const PlanInput& input : plan.inputs)
    inputs.push_back({{"name", input.name}, {"source", json_of(input.source)}});
  for (const PlanPiper& piper : plan.pipers) {
    Json worker = Json::array();
    for (const FunctionUse& use : piper.worker) worker.push_back(json_of(use));
    pipers.push_back({{"name", piper.name},
                      {"worker", worker},
                      {"from", names_of(plan, piper.from)},
                      {"pool", plan.pools[piper.pool].name},
                      {"consume", piper.consume},
                      {"produce", piper.produce.any ? Json("any") : Json(piper.produce.n)},
                      {"spawn", piper.spawn}});
  }
  for (const PlanOutput& output : plan.outputs) {
    outputs.push_back({{"name", output.name},
                       {"sink", json_of(output.sink)},
                       {"from", plan.stream_name(output.from)}});
  }
  for (const Group& group : fuse(plan)) {
    Json names = Json::array();
    for (const PiperId piper : group.pipers) names.push_back(plan.pipers[piper].name);
    groups.push_back(names);
  }
  return {{"name", plan.name}, {"file", plan.file},  {"pools", pools},  {"inputs", inputs},
          {"pipers", pipers},  {"outputs", outputs}, {"groups", groups}};
}

int show_plan(const PlanSettings& settings) {
  const std::optional<Plan> plan = load_plan(settings.file, settings.load);
  if (!plan) return kUsage;
  return print(settings.format == Format::json ? json_of(*plan).dump(2) + "\n" : plan_text(*plan));
}

}  // namespace

Command add_plan(CLI::App& papy) {
  auto settings = std::make_shared<PlanSettings>();
  CLI::App& words = *papy.add_subcommand("plan", "Show what a workflow would run, and where");
  words.add_option("FILE", settings->file, "The workflow; - reads it from stdin")
      ->type_name("")
      ->required();
  settings->load.add_to(words);
  add_format(words, settings->format);
  set_example(words, "papy plan reads.yaml --set r1=a.fq.gz --set r2=b.fq.gz");
  return {&words, [settings] { return show_plan(*settings); }};
}

}  // namespace papy
