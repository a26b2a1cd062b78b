#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace papy {

/// A word and what it stands for.
template <typename T>
using Choice = std::pair<const char*, T>;

/// Adds an option whose value is one of a few words; the first is what `value` says already.
template <typename T>
void add_choice(CLI::App& command, const char* name, const char* help, T& value,
                std::initializer_list<Choice<T>> given) {
  const std::vector<Choice<T>> choices = given;
  std::vector<std::string> words;
  for (const auto& choice : choices) words.emplace_back(choice.first);
  const std::string type = fmt::format("{}", fmt::join(words, "|"));
  const auto take = [choices, type, name = std::string(name), &value](const std::string& word) {
    for (const auto& [known, meaning] : choices) {
      if (word != known) continue;
      value = meaning;
      return;
    }
    throw CLI::ValidationError(name, fmt::format("wants {}, not '{}'", type, word));
  };
  command.add_option_function<std::string>(name, take, help)->type_name(type);
}

/// What a listing is printed as.
enum class Format { text, json };

inline void add_format(CLI::App& command, Format& format) {
  add_choice<Format>(command, "--format", "How to print it", format,
                     {{"text", Format::text}, {"json", Format::json}});
}

}  // namespace papy
