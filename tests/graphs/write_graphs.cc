// Writes random graphs as documents, with their input files and what must come of them; see
// README.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "document.h"
#include "expectation.h"

namespace papy::graphs {
namespace {

struct Settings {
  std::uint64_t first = 1, last = 1;
  std::string pools = "thread";
  std::string library;
  std::string folder;
  Lie lie;
};

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

/// FOLDER/SEED/: graph.yaml, the input files, expected.json, and OUTPUT.expected of each output.
void write_graph(std::uint64_t seed, Pools pools, const Settings& settings) {
  const std::filesystem::path folder =
      std::filesystem::absolute(settings.folder) / std::to_string(seed);
  std::filesystem::remove_all(folder / "marks");
  std::filesystem::create_directories(folder / "marks");
  const Graph graph = make_document_graph(seed, pools, folder.string());
  const Evaluation evaluation = evaluate(graph);
  write_file(folder / "graph.yaml", document(graph, settings.library, settings.lie));
  for (InputId i = 0; i < graph.plan.inputs.size(); ++i) {
    if (!graph.files[i].empty()) write_file(folder / graph.files[i], lines_of_input(graph, i));
  }
  for (OutputId o = 0; o < graph.plan.outputs.size(); ++o) {
    write_file(folder / (graph.plan.outputs[o].name + ".expected"),
               lines_of_output(graph, evaluation, o));
  }
  write_file(folder / "expected.json", expectation(graph, evaluation).dump());
}

int write_all(const Settings& settings) {
  const auto pools = pools_named(settings.pools);
  if (!pools) throw std::runtime_error("--pool-type is thread, process or mixed");
  for (std::uint64_t seed = settings.first; seed <= settings.last; ++seed)
    write_graph(seed, *pools, settings);
  return 0;
}

}  // namespace
}  // namespace papy::graphs

int main(int argc, char** argv) {
  CLI::App app("Writes random graphs as documents, and what must come of them.");
  papy::graphs::Settings settings;
  app.add_option("--first", settings.first, "the first seed")->required();
  app.add_option("--last", settings.last, "the last seed")->required();
  app.add_option("--pool-type", settings.pools, "thread, process or mixed")->capture_default_str();
  app.add_option("--plugin", settings.library, "libgraphs.so")->required();
  app.add_option("--into", settings.folder, "where a folder is made of each seed")->required();
  app.add_flag("--lie-value", settings.lie.changes_a_value, "the plugin is to change values");
  app.add_flag("--lie-deadly", settings.lie.dies_for_good,
               "functions are to die more often than is expected of them");
  CLI11_PARSE(app, argc, argv);
  try {
    return papy::graphs::write_all(settings);
  } catch (const std::exception& wrong) {
    std::cerr << "write_graphs: " << wrong.what() << "\n";
    return 2;
  }
}
