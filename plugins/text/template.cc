#include "text/template.h"

#include <fmt/format.h>

#include <papy/cpp/error.hpp>

#include "files/json_write.h"
#include "values/field.h"

namespace papy::text {
namespace {

[[noreturn]] void wrong(std::size_t at, std::string_view what) {
  throw fail(fmt::format("argument 'format', character {}: {}", at + 1, what));
}

template <class T>
std::string formatted(const std::string& format, const T& value) {
  return fmt::vformat(format, fmt::make_format_args(value));
}

template <class T>
bool suits(const std::string& format, const T& value) {
  try {
    formatted(format, value);
    return true;
  } catch (const fmt::format_error&) {
    return false;
  }
}

std::string formatted_value(const std::string& format, any value) {
  switch (value.kind()) {
    case kind::integer:
      if (value.data()[0] == 0xcf) return formatted(format, value.as<std::uint64_t>());
      return formatted(format, value.as<std::int64_t>());
    case kind::real:
      return formatted(format, value.as<double>());
    case kind::text:
      return formatted(format, value.as<std::string_view>());
    default: {
      std::string json;
      files::json_write(value, json);
      return formatted(format, json);
    }
  }
}

}  // namespace

Template::Template(const std::string& text) {
  parts_.emplace_back();
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const bool doubled = at + 1 < text.size() && text[at + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      parts_.back().literal += c;
      at += 2;
    } else if (c == '{') {
      at = take_field(text, at);
    } else if (c == '}') {
      wrong(at, "'}' closes nothing; a brace itself is '}}'");
    } else {
      parts_.back().literal += c;
      ++at;
    }
  }
}

/// Takes the field whose brace opens at `at`; says where the text goes on.
std::size_t Template::take_field(std::string_view text, std::size_t at) {
  const auto close = text.find('}', at);
  if (close == text.npos) wrong(at, "'{' is not closed; a brace itself is '{{'");
  const std::string_view inside = text.substr(at + 1, close - at - 1);
  const auto colon = inside.find(':');
  Field field{std::string(inside.substr(0, colon)), "{}"};
  if (colon != inside.npos) field.format = fmt::format("{{{}}}", inside.substr(colon));
  if (!suits(field.format, "") && !suits(field.format, 0) && !suits(field.format, 0.0)) {
    wrong(at + 1 + colon, fmt::format("'{}' is no format, expected one as '>8', '08d' or '.2f'",
                                      inside.substr(colon + 1)));
  }
  parts_.back().field = std::move(field);
  parts_.back().has_field = true;
  parts_.emplace_back();
  return close + 1;
}

std::string Template::fill(any item) const {
  std::string text;
  for (const Part& part : parts_) {
    text += part.literal;
    if (!part.has_field) continue;
    const any value = values::get_field(item, part.field.path);
    try {
      text += formatted_value(part.field.format, value);
    } catch (const fmt::format_error& wrong) {
      throw fail(fmt::format("the field '{}' cannot be formatted as '{}': {}", part.field.path,
                             part.field.format, wrong.what()));
    }
  }
  return text;
}

}  // namespace papy::text
