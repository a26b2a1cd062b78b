#include <memory>

#include "cli/choice.h"
#include "cli/command.h"
#include "cli/front_end.h"
#include "cli/graphviz.h"
#include "cli/print.h"
#include "cli/usage.h"
#include "draw/picture.h"

namespace papy {
namespace {

enum class Picturing { text, dot, mermaid, json, svg };
enum class LayoutBy { automatic, graphviz, papy };

struct GraphSettings {
  std::string file;
  LoadWords load;
  Picturing format = Picturing::text;
  LayoutBy layout = LayoutBy::automatic;
};

int print_svg(const Picture& picture, LayoutBy by) {
  if (by == LayoutBy::papy) return print(svg_text(picture));
  const auto svg = svg_by_graphviz(dot_text(picture));
  if (svg) return print(*svg);
  if (by == LayoutBy::graphviz)
    return fail(kBroken, svg.error().text + " (graphviz has it; --layout papy needs nothing)");
  return print(svg_text(picture));
}

int graph(const GraphSettings& settings) {
  const std::optional<Plan> plan = load_plan(settings.file, settings.load);
  if (!plan) return kUsage;
  const Picture picture = picture_of(*plan);
  switch (settings.format) {
    case Picturing::text:
      return print(tree_text(picture));
    case Picturing::dot:
      return print(dot_text(picture));
    case Picturing::mermaid:
      return print(mermaid_text(picture));
    case Picturing::json:
      return print(json_text(picture));
    case Picturing::svg:
      return print_svg(picture, settings.layout);
  }
  return kUsage;
}

}  // namespace

Command add_graph(CLI::App& papy) {
  auto settings = std::make_shared<GraphSettings>();
  CLI::App& words = *papy.add_subcommand("graph", "Draw a workflow");
  words.add_option("FILE", settings->file, "The workflow; - reads it from stdin")
      ->type_name("")
      ->required();
  settings->load.add_to(words);
  add_choice<Picturing>(words, "--format", "What to draw it as", settings->format,
                        {{"text", Picturing::text},
                         {"dot", Picturing::dot},
                         {"mermaid", Picturing::mermaid},
                         {"svg", Picturing::svg},
                         {"json", Picturing::json}});
  add_choice<LayoutBy>(
      words, "--layout", "Who lays out an svg: graphviz where it is installed, else papy",
      settings->layout,
      {{"auto", LayoutBy::automatic}, {"graphviz", LayoutBy::graphviz}, {"papy", LayoutBy::papy}});
  set_example(words, "papy graph reads.yaml --format svg > reads.svg");
  return {&words, [settings] { return graph(*settings); }};
}

}  // namespace papy
