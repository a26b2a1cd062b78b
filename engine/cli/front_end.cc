#include "cli/front_end.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/text.h"
#include "cli/print.h"
#include "cli/program.h"
#include "run/screen.h"

namespace papy {
namespace {

std::string program() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::string() : path.string();
}

std::string working_directory() {
  std::error_code failed;
  const auto path = std::filesystem::current_path(failed);
  return failed ? std::string("/") : path.string();
}

std::optional<std::string> environment(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Empty when plugins can be looked for there.
std::string folder_problem(const std::string& folder) {
  std::error_code failed;
  if (std::filesystem::is_directory(folder, failed)) return {};
  if (std::filesystem::exists(folder, failed))
    return fmt::format("{} is no directory, expected one that holds plugins", in_quotes(folder));
  return fmt::format("there is no directory {}", in_quotes(folder));
}

}  // namespace

void PluginOptions::add_to(CLI::App& command) {
  command
      .add_option("--plugin-path", folders,
                  "Look for plugins in this folder first; may be repeated")
      ->type_name("DIR")
      ->check(folder_problem)
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
}

PluginFinder PluginOptions::finder() const {
  return PluginFinder(plugin_folders(folders, std::getenv("PAPY_PLUGIN_PATH"), program()));
}

void LoadWords::add_to(CLI::App& command) {
  command.add_option("--set", sets, "Give a param of the workflow a value; may be repeated")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command.add_option("--params-file", params_files, "Take values of params from a YAML file")
      ->type_name("FILE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  plugins.add_to(command);
}

Result<LoadOptions> LoadWords::options() const {
  LoadOptions options;
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0)
      return error(fmt::format("--set wants NAME=VALUE, not {}", in_quotes(set)));
    std::string name = set.substr(0, equals);
    if (name.starts_with("params.")) name.erase(0, std::string_view("params.").size());
    options.sets.emplace_back(std::move(name), set.substr(equals + 1));
  }
  options.params_files = params_files;
  options.env = environment;
  options.find_program = [](std::string_view word) {
    return find_program(word, std::getenv("PATH"));
  };
  options.cwd = working_directory();
  options.cores = std::max(1u, std::thread::hardware_concurrency());
  return options;
}

std::optional<Plan> load_plan(const std::string& file, const LoadWords& words) {
  const auto options = words.options();
  if (!options) {
    fail(kUsage, options.error().text);
    return std::nullopt;
  }
  PluginFinder finder = words.plugins.finder();
  PluginCatalog catalog(finder);
  Loaded loaded = load_workflow(file, catalog, *options);
  fmt::print(stderr, "{}", findings_text(loaded, Level::warning, colour_of_stderr()));
  return std::move(loaded.plan);
}

Colour colour_of_stderr() {
  const char* const no_color = std::getenv("NO_COLOR");
  const bool wanted = no_color == nullptr || *no_color == '\0';
  return wanted && can_redraw(STDERR_FILENO) ? Colour::on : Colour::off;
}

std::string findings_text(const Loaded& loaded, Level least, Colour colour) {
  std::vector<Diagnostic> shown;
  std::size_t counts[3] = {0, 0, 0};
  for (const Diagnostic& finding : loaded.findings) {
    if (finding.level > least) continue;
    shown.push_back(finding);
    ++counts[static_cast<std::size_t>(finding.level)];
  }
  if (shown.empty()) return {};
  std::string text = render(shown, loaded.sources, colour) + "\n";
  std::string sum;
  for (const Level level : {Level::error, Level::warning, Level::note}) {
    const std::size_t n = counts[static_cast<std::size_t>(level)];
    if (n == 0) continue;
    sum += fmt::format("{}{} {}{}", sum.empty() ? "" : ", ", n, name_of(level), n == 1 ? "" : "s");
  }
  return text + sum + "\n";
}

}  // namespace papy
