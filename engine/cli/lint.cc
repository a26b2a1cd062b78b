#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/choice.h"
#include "cli/command.h"
#include "cli/front_end.h"
#include "cli/print.h"
#include "cli/usage.h"

namespace papy {
namespace {

using Json = nlohmann::ordered_json;

struct LintSettings {
  std::vector<std::string> files;
  LoadWords load;
  Format format = Format::text;
};

Json json_of(const Diagnostic& finding, const std::vector<Source>& sources) {
  const Source& source = sources[finding.span.source];
  const LineColumn begin = source.place(finding.span.begin), end = source.place(finding.span.end);
  return {{"level", name_of(finding.level)},
          {"rule", finding.rule},
          {"file", source.name()},
          {"line", begin.line},
          {"column", begin.column},
          {"end_line", end.line},
          {"end_column", end.column},
          {"message", finding.message},
          {"at", finding.at},
          {"hint", finding.hint}};
}

bool is_unreadable(const Diagnostic& finding) { return finding.rule == "unreadable"; }

int lint(const LintSettings& settings) {
  auto options = settings.load.options();
  if (!options) return fail(kUsage, options.error().text);
  options->values_required = false;
  PluginFinder finder = settings.load.plugins.finder();
  PluginCatalog catalog(finder);
  int code = kOk;
  Json findings = Json::array();
  std::string text;
  for (const std::string& file : settings.files) {
    const Loaded loaded = load_workflow(file, catalog, *options);
    for (const Diagnostic& finding : loaded.findings) {
      findings.push_back(json_of(finding, loaded.sources));
      if (is_unreadable(finding)) code = kUsage;
      if (finding.level != Level::note) code = std::max(code, kFindings);
    }
    text += findings_text(loaded, Level::note, Colour::off);
  }
  if (settings.format == Format::json) text = Json{{"findings", findings}}.dump(2) + "\n";
  const int printed = print(text);
  return printed == kOk ? code : printed;
}

}  // namespace

Command add_lint(CLI::App& papy) {
  auto settings = std::make_shared<LintSettings>();
  CLI::App& words = *papy.add_subcommand("lint", "Check workflows without running anything");
  words.add_option("FILE", settings->files, "Workflows; - reads one from stdin")
      ->type_name("")
      ->required();
  settings->load.add_to(words);
  add_format(words, settings->format);
  set_example(words, "papy lint reads.yaml words.yaml --format json");
  return {&words, [settings] { return lint(*settings); }};
}

}  // namespace papy
