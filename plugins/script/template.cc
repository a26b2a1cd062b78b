#include "script/template.h"

#include <algorithm>
#include <utility>

namespace papy::script {
namespace {

/// The field whose opening brace is at `at`, and the length of its text; 0: there is none.
std::size_t field_at(std::string_view text, std::size_t at, Field& field) {
  const std::size_t close = text.find('}', at);
  const bool is_taken = at > 0 && (text[at - 1] == '$' || text[at - 1] == '\\');
  if (close == std::string_view::npos || is_taken) return 0;
  const auto parsed = parse_field(text.substr(at + 1, close - at - 1));
  if (!parsed) return 0;
  field = *parsed;
  return close + 1 - at;
}

}  // namespace

Template::Template(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    Field field;
    const bool is_double = text.substr(at).starts_with("{{");
    if (is_double) {
      const std::size_t size = field_at(text, at + 1, field);
      if (size > 0 && text.substr(at + 1 + size).starts_with('}')) {
        plain += text.substr(at + 1, size);
        at += size + 2;
        continue;
      }
    }
    const std::size_t size = text[at] == '{' ? field_at(text, at, field) : 0;
    if (size == 0) {
      plain.push_back(text[at++]);
      continue;
    }
    if (!plain.empty()) pieces_.emplace_back(std::move(plain));
    plain.clear();
    pieces_.emplace_back(std::move(field));
    at += size;
  }
  if (!plain.empty()) pieces_.emplace_back(std::move(plain));
}

bool Template::has_fields() const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [](const Piece& piece) { return std::holds_alternative<Field>(piece); });
}

std::vector<Field> Template::fields() const {
  std::vector<Field> found;
  for (const Piece& piece : pieces_) {
    if (const auto* field = std::get_if<Field>(&piece)) found.push_back(*field);
  }
  return found;
}

std::string Template::text(const Values& values) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    if (const auto* plain = std::get_if<std::string>(&piece)) {
      text += *plain;
    } else {
      text += values.text(std::get<Field>(piece));
    }
  }
  return text;
}

ShellTemplate::ShellTemplate(std::string_view text) : Template(text) {
  QuoteTracker tracker;
  for (const Piece& piece : pieces_) {
    if (const auto* plain = std::get_if<std::string>(&piece)) {
      tracker.pass(*plain);
    } else {
      quotes_.push_back(tracker.now());
      tracker.pass("x");
    }
  }
}

template <typename Place>
std::string ShellTemplate::filled(const Values& values, Place place) const {
  std::string text;
  std::size_t n = 0;
  for (const Piece& piece : pieces_) {
    if (const auto* plain = std::get_if<std::string>(&piece)) {
      text += *plain;
      continue;
    }
    const Quotes quotes = quotes_[n++];
    bool is_first = true;
    for (std::string& word : values.words(std::get<Field>(piece))) {
      if (!std::exchange(is_first, false)) text += ' ';
      text += place(std::move(word), quotes);
    }
  }
  return text;
}

ShellTemplate::Command ShellTemplate::command(const Values& values) const {
  Command command;
  const std::string text = filled(values, [&command](std::string word, Quotes quotes) {
    if (is_harmless(word)) return word;
    command.words.push_back(std::move(word));
    return reference("_papy" + std::to_string(command.words.size()), quotes);
  });
  for (std::size_t i = 1; i <= command.words.size(); ++i)
    command.text += "_papy" + std::to_string(i) + "=${" + std::to_string(i) + "} ";
  if (!command.words.empty())
    command.text += "; shift " + std::to_string(command.words.size()) + "; ";
  command.text += text;
  return command;
}

std::string ShellTemplate::shown(const Values& values) const {
  return filled(values,
                [](const std::string& word, Quotes quotes) { return quoted(word, quotes); });
}

}  // namespace papy::script
