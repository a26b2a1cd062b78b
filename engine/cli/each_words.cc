#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "cli/each.h"

namespace papy {
namespace {

/// What script.run takes for a field of an item that is a text, or a list of texts.
bool is_field(std::string_view inside) {
  if (inside == "#" || inside == "%") return true;
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  inside.remove_prefix(static_cast<std::size_t>(
      std::find_if_not(inside.begin(), inside.end(), is_digit) - inside.begin()));
  return inside.empty() || inside == "." || inside == "/" || inside == "//" || inside == "/.";
}

/// What script.run takes for a field of a map, which no item here is.
bool is_named_field(std::string_view inside) {
  for (const std::string_view part : {"//", "/.", "/", "."}) {
    if (!inside.ends_with(part)) continue;
    inside.remove_suffix(part.size());
    break;
  }
  const auto is_in_key = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  };
  bool is_field = !inside.empty() && inside.front() != '-';
  while (is_field) {
    const std::string_view key = inside.substr(0, inside.find('.'));
    is_field = !key.empty() && std::all_of(key.begin(), key.end(), is_in_key);
    if (key.size() == inside.size()) break;
    inside.remove_prefix(key.size() + 1);
  }
  return is_field;
}

/// The command with the braces doubled that are not for script.run: `awk '{print}'` means its own.
std::string with_own_braces(std::string_view command) {
  std::string text;
  while (!command.empty()) {
    const std::size_t close = command.find('}');
    const bool opens = command.front() == '{' && close != std::string_view::npos &&
                       (text.empty() || (text.back() != '$' && text.back() != '\\'));
    const std::string_view inside = opens ? command.substr(1, close - 1) : std::string_view();
    if (opens && !is_field(inside) && is_named_field(inside)) {
      text += fmt::format("{{{{{}}}}}", inside);
      command.remove_prefix(close + 1);
    } else {
      text.push_back(command.front());
      command.remove_prefix(1);
    }
  }
  return text;
}

bool has_field(std::string_view command) {
  for (std::size_t open = command.find('{'); open != std::string_view::npos;
       open = command.find('{', open + 1)) {
    const std::size_t close = command.find('}', open);
    if (close == std::string_view::npos) return false;
    const char before = open > 0 ? command[open - 1] : ' ';
    const bool is_text = before == '$' || before == '\\' ||
                         (before == '{' && command.substr(close + 1).starts_with('}'));
    if (!is_text && is_field(command.substr(open + 1, close - open - 1))) return true;
  }
  return false;
}

}  // namespace

Result<void> take_each_words(const std::vector<std::string>& words, EachSettings& settings) {
  const auto is_list = [](const std::string& word) { return word.starts_with(":::"); };
  auto at = std::find_if(words.begin(), words.end(), is_list);
  settings.command = fmt::format("{}", fmt::join(words.begin(), at, " "));
  for (; at != words.end(); ++at) {
    if (*at == ":::") {
      settings.lists.emplace_back();
    } else if (is_list(*at)) {
      return error(fmt::format("{} is not known, expected ':::' (a file of items: --arg-file)",
                               in_quotes(*at)));
    } else {
      settings.lists.back().push_back(*at);
    }
  }
  if (!settings.lists.empty() && settings.arg_file)
    return error("items come from ':::' or from --arg-file, not from both");
  settings.command = with_own_braces(settings.command);
  if (!settings.command.empty() && !has_field(settings.command)) settings.command += " {}";
  return {};
}

}  // namespace papy
