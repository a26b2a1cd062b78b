// Runs a workflow step by step, as it is told on stdin: one JSON object a line in, one out.
//
//     conformance_driver WORKFLOW.yaml
//     {"do": "pull", "output": "squares"}                    {"value": 4} or {"end": true}
//     {"do": "pull", "output": "squares", "seconds": 0.5}    ... or {"late": true}
//     {"do": "pass", "seconds": 0.5, "drain": true}          {}
//     {"do": "drain"}  {"do": "halt"}  {"do": "finished"}  {"do": "read"}  {"do": "tracked"}
//
// A workflow that is not valid: the findings on stderr, exit code 2.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cli/function_table.h"
#include "cli/plugin_catalog.h"
#include "item/failure.h"
#include "item/json.h"
#include "own_time.h"
#include "plugin/host.h"
#include "plugin/library.h"
#include "run/json_line.h"
#include "stepper.h"
#include "workflow/load.h"

namespace conformance {
namespace {

using nlohmann::json;

std::string answer(const OwnItem& item) {
  if (item.kind == papy::ItemKind::failure) {
    const papy::Failure failure = papy::decode_failure(papy::bytes_of(item.bytes));
    return R"({"failure":)" + papy::to_json(failure) + "}";
  }
  if (item.kind == papy::ItemKind::gap) return R"({"gap":true})";
  return R"({"value":)" + papy::to_json(papy::bytes_of(item.bytes)) + "}";
}

papy::Duration duration(double seconds) {
  return std::chrono::duration_cast<papy::Duration>(std::chrono::duration<double>(seconds));
}

/// Commands to one run.
class Commands {
 public:
  Commands(const papy::Plan& plan, Stepper& stepper) : plan_(plan), stepper_(stepper) {}

  std::string operator()(const json& command) {
    const std::string what = command.at("do");
    if (what == "pull") return pull(command);
    if (what == "pass") {
      stepper_.pass(duration(command.at("seconds")), command.at("drain"));
      return "{}";
    }
    if (what == "drain") return fmt::format(R"({{"ended":{}}})", stepper_.drain());
    if (what == "halt") return stepper_.halt(), "{}";
    if (what == "finished") return fmt::format(R"({{"finished":{}}})", stepper_.finished());
    if (what == "read") return read();
    if (what == "tracked") return tracked();
    throw std::runtime_error("there is no command '" + what + "'");
  }

 private:
  std::string pull(const json& command) {
    const std::string name = command.at("output");
    papy::OutputId output = 0;
    while (plan_.outputs.at(output).name != name) ++output;
    std::optional<papy::Duration> patience;
    if (command.contains("seconds")) patience = duration(command.at("seconds"));
    const Stepper::Pulled pulled = stepper_.pull(output, patience);
    switch (pulled.way) {
      case Stepper::Pulled::Way::item:
        return answer(pulled.item);
      case Stepper::Pulled::Way::ended:
        return R"({"end":true})";
      case Stepper::Pulled::Way::late:
        return R"({"late":true})";
      case Stepper::Pulled::Way::stuck:
        break;
    }
    return json{{"stuck", pulled.text}}.dump();
  }

  std::string read() const {
    json counts = json::object();
    for (papy::InputId i = 0; i < plan_.inputs.size(); ++i)
      counts[plan_.inputs[i].name] = stepper_.read(i);
    return counts.dump();
  }

  std::string tracked() const {
    std::string out = "{";
    for (const auto& [piper, items] : stepper_.tracked()) {
      out += (out.size() > 1 ? "," : "") + json(piper).dump() + ":{";
      std::string_view comma;
      for (const auto& [place, item] : items) {
        out += fmt::format("{}\"{}\":{}", comma, place, answer(item));
        comma = ",";
      }
      out += "}";
    }
    return out + "}";
  }

  const papy::Plan& plan_;
  Stepper& stepper_;
};

int drive(const std::string& path) {
  papy::PluginFinder finder({});
  papy::PluginCatalog catalog(finder);
  papy::LoadOptions options;
  options.cwd = std::filesystem::current_path();
  const papy::Loaded loaded = papy::load_workflow(path, catalog, options);
  if (!loaded.plan) {
    std::cerr << papy::render(loaded.findings, loaded.sources);
    return 2;
  }
  const papy::Plan& plan = *loaded.plan;
  papy::Host host("0", {});
  papy::Libraries libraries(host.raw());
  const auto table = papy::FunctionTable::load(plan, libraries);
  if (!table) throw std::runtime_error(table.error().text);
  OwnTime time(host.raw());
  const auto resolver = [&](const papy::FunctionUse& use) -> papy::Result<const papy_worker*> {
    return table->find(use);
  };
  Stepper stepper(plan, resolver, time);
  Commands commands(plan, stepper);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << commands(json::parse(line)) << std::endl;
  return 0;
}

}  // namespace
}  // namespace conformance

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: conformance_driver WORKFLOW.yaml\n";
    return 2;
  }
  try {
    return conformance::drive(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 70;
  }
}
