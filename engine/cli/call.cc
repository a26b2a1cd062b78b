#include "cli/call_function.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace papy {

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
  words.add_option("--limit", settings->limit, "Items to ask a source for, 10 if not given")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  settings->plugins.add_to(words);
  set_example(words,
              "papy call core.join --args '{\"separator\": \"-\"}' '\"a\"' '\"b\"'\n\n"
              "A function of several inputs gets all items as one inbox, another one after the "
              "other; a source gives its first items");
  return {&words, [settings] { return call_function(*settings); }};
}

}  // namespace papy
