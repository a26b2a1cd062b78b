#include "cli/usage.h"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "base/text.h"

namespace papy {
namespace {

/// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

/// "papy plugin inspect".
std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : full_name(*app.get_parent()) + " " + app.get_name();
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest(word, {known.begin(), known.end()});
  return near ? fmt::format(": did you mean '{}'?", *near) : "";
}

std::string unknown_option(const CLI::App& command, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = word.substr(0, word.find('='));
  return fmt::format("unknown option '{}' of '{}'{}", name, full_name(command),
                     did_you_mean(name, known));
}

std::string unknown_word(const CLI::App& command, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* each : command.get_subcommands({})) {
    if (!each->get_group().empty()) known.push_back(each->get_name());  // the others are hidden
  }
  if (known.empty()) return fmt::format("'{}' takes no further '{}'", full_name(command), word);
  const std::string before = full_name(command).substr(std::string_view("papy").size());
  return fmt::format("unknown command '{}{}'{}", before.empty() ? "" : before.substr(1) + " ", word,
                     did_you_mean(word, known));
}

std::string with_help(const std::string& text, const CLI::App& command) {
  return fmt::format("{}\nsee '{} --help'", text, full_name(command));
}

/// A message of CLI11 as papy speaks: lower case at the beginning, no full stop at the end.
std::string in_our_words(std::string text) {
  text = text.substr(0, text.find('\n'));
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::string usage_text(const CLI::App& papy, const CLI::ParseError& wrong) {
  const CLI::App& command = innermost(papy);
  std::string text;
  const std::vector<std::string> extra = papy.remaining(true);
  for (const std::string& word : extra) {
    if (text.empty() && word.size() > 1 && word.front() == '-' && word != "--")
      text = unknown_option(command, word);
  }
  if (text.empty() && !extra.empty()) text = unknown_word(command, extra.front());
  if (text.empty()) text = fmt::format("{}: {}", full_name(command), in_our_words(wrong.what()));
  return with_help(text, command);
}

std::string unknown_option_text(const CLI::App& command, const std::string& word) {
  return with_help(unknown_option(command, word), command);
}

void set_example(CLI::App& command, const std::string& example) {
  command.footer("Example:\n  " + example);
  command.get_formatter()->column_width(28);
}

}  // namespace papy
