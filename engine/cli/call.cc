#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "cli/call_function.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace papy {
namespace {

std::uint64_t limit_of(const std::string& word) {
  std::uint64_t limit = 0;
  const char* const end = word.data() + word.size();
  const auto [at, wrong] = std::from_chars(word.data(), end, limit);
  if (at != end || wrong != std::errc() || limit == 0) {
    throw CLI::ValidationError(
        "--limit", fmt::format("wants a whole number from 1 on, not {}", in_quotes(word)));
  }
  return limit;
}

}  // namespace

void protect_items(std::vector<std::string>& words) {
  if (words.empty() || words.front() != "call") return;
  bool behind = false;
  std::vector<std::string> kept;
  for (std::string& word : words) {
    if (!behind && word == "--") {
      behind = true;
      continue;
    }
    const bool negative = word.size() > 1 && word[0] == '-' && word[1] >= '0' && word[1] <= '9';
    const bool protect = behind || negative || word.starts_with('[');
    kept.push_back(protect ? " " + word : std::move(word));
  }
  words = std::move(kept);
}

Command add_call(CLI::App& papy) {
  auto settings = std::make_shared<CallWords>();
  CLI::App& words = *papy.add_subcommand("call", "Evaluate one function by hand");
  words.add_option("PLUGIN.FUNCTION", settings->function, "What to call")
      ->type_name("")
      ->required();
  words.add_option("ITEM", settings->items, "Items as JSON; without any, a line of stdin each")
      ->type_name("");
  words.add_option("--args", settings->args, "The function's arguments, a JSON object")
      ->type_name("JSON");
  words
      .add_option_function<std::string>(
          "--limit", [settings](const std::string& word) { settings->limit = limit_of(word); },
          "Items to ask a source for, 10 if not given")
      ->type_name("N");
  settings->plugins.add_to(words);
  set_example(words,
              "papy call core.join --args '{\"separator\": \"-\"}' '\"a\"' '\"b\"'\n\n"
              "A function of several inputs gets all items as one inbox, another one after the "
              "other; a source gives its first items");
  return {&words, [settings] { return call_function(*settings); }};
}

}  // namespace papy
