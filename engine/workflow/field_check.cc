#include "workflow/field_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

// Checks one value against one field.
class FieldCheck {
 public:
  FieldCheck(const Field& field, const Node& value, const KeyPath& path, const Reading& reading)
      : field_(field), value_(value), path_(path), reading_(reading) {}

  bool run();

 private:
  bool wrong(std::string_view wanted, std::string hint = "") const {
    return wrong_at(value_, path_, wanted, std::move(hint));
  }
  bool wrong_at(const Node& node, const KeyPath& path, std::string_view wanted,
                std::string hint = "") const {
    reading_.error("wrong-type", node, path,
                   fmt::format("'{}' wants {}, not {}", field_.name, wanted, describe(node)),
                   std::move(hint));
    return false;
  }

  std::string words() const { return either({field_.words.begin(), field_.words.end()}); }
  bool boolean() const;
  bool integer() const;
  bool number_in_range(std::int64_t value) const;
  bool text(const Node& node, const KeyPath& path) const;
  bool name(const Node& node, const KeyPath& path) const;
  bool word(const Node& node, const KeyPath& path) const;
  bool duration() const;
  bool size() const;
  bool limit() const;
  bool unit_missing(const Scalar& scalar, std::string_view units) const;
  bool list_of(bool (FieldCheck::*one)(const Node&, const KeyPath&) const,
               std::string_view wanted) const;
  bool mapping(std::string_view wanted) const;
  bool single(const Node& node, const KeyPath& path) const;
  bool chain() const;

  bool is_list() const { return value_.follow().kind == Node::Kind::sequence; }
  bool is_mapping() const { return value_.follow().kind == Node::Kind::mapping; }
  bool is_single() const { return !is_list() && !is_mapping(); }

  const Field& field_;
  const Node& value_;
  const KeyPath& path_;
  const Reading& reading_;
};

bool FieldCheck::run() {
  switch (field_.kind) {
    case FieldKind::text:
    case FieldKind::path:
      return text(value_, path_);
    case FieldKind::boolean:
      return boolean();
    case FieldKind::integer:
    case FieldKind::integer_or_any:
      return integer();
    case FieldKind::scalar:
      return single(value_, path_);
    case FieldKind::scalars:
      return list_of(&FieldCheck::single, "a list of values");
    case FieldKind::duration:
      return duration();
    case FieldKind::size:
      return size();
    case FieldKind::limit:
      return limit();
    case FieldKind::choice:
      return word(value_, path_);
    case FieldKind::choices:
      return list_of(&FieldCheck::word, "a list of words");
    case FieldKind::name:
    case FieldKind::function:
      return name(value_, path_);
    case FieldKind::names:
      return is_list() ? list_of(&FieldCheck::name, "a name or a list of names")
                       : name(value_, path_);
    case FieldKind::texts:
      return list_of(&FieldCheck::text, "a list of texts");
    case FieldKind::chain:
      return chain();
    case FieldKind::arguments:
    case FieldKind::section:
    case FieldKind::named_sections:
      return mapping("a mapping");
    case FieldKind::sections:
      return is_list() || wrong("a list of mappings");
    case FieldKind::anything:
      return true;
  }
  return true;
}

bool FieldCheck::boolean() const {
  if (!is_single()) return wrong("true or false");
  const Scalar scalar = scalar_as(field_.kind, value_);
  if (std::holds_alternative<bool>(scalar) || std::holds_alternative<Unknown>(scalar)) return true;
  const std::string_view meant = ambiguity(text_of(scalar));
  const bool is_word = meant == "true" || meant == "false";
  return wrong("true or false", is_word ? fmt::format("write {}", meant) : "");
}

bool FieldCheck::number_in_range(std::int64_t value) const {
  if (value >= field_.minimum && value <= field_.maximum) return true;
  const std::string expected = field_.minimum == field_.maximum
                                   ? std::to_string(field_.minimum)
                                   : fmt::format("{} to {}", field_.minimum, field_.maximum);
  reading_.error("out-of-range", value_, path_,
                 fmt::format("'{}' is {}, expected {}", field_.name, value, expected),
                 field_.minimum == field_.maximum ? "a newer papy may know it" : "");
  return false;
}

bool FieldCheck::integer() const {
  const bool or_any = field_.kind == FieldKind::integer_or_any;
  const std::string_view wanted = or_any ? "a whole number or any" : "a whole number";
  if (!is_single()) return wrong(wanted);
  const Scalar scalar = scalar_as(field_.kind, value_);
  if (std::holds_alternative<Unknown>(scalar)) return true;
  if (or_any && text_of(scalar) == "any") return true;
  if (const auto* number = std::get_if<std::int64_t>(&scalar)) return number_in_range(*number);
  const auto* text = std::get_if<std::string>(&scalar);
  const bool is_quoted_number = text != nullptr && parse_integer(*text);
  return wrong(wanted, is_quoted_number ? "without the quotes it is a number" : "");
}

bool FieldCheck::single(const Node& node, const KeyPath& path) const {
  const Node::Kind kind = node.follow().kind;
  if (kind == Node::Kind::scalar) return true;
  return wrong_at(node, path, "a single value");
}

bool FieldCheck::text(const Node& node, const KeyPath& path) const {
  const Node::Kind kind = node.follow().kind;
  if (kind != Node::Kind::scalar) return wrong_at(node, path, "a text");
  const Scalar scalar = scalar_as(field_.kind, node);
  if (std::holds_alternative<Unknown>(scalar)) return true;
  if (!std::holds_alternative<std::string>(scalar)) {
    return wrong_at(node, path, "a text",
                    fmt::format("with quotes it is one: \"{}\"", node.follow().text));
  }
  return !report_ambiguous(node, path, reading_);
}

bool FieldCheck::name(const Node& node, const KeyPath& path) const {
  const auto word = name_of(node);
  if (!word || word->empty()) return wrong_at(node, path, "a name");
  return true;
}

bool FieldCheck::word(const Node& node, const KeyPath& path) const {
  const auto given = name_of(node);
  if (!given) return wrong_at(node, path, words());
  if (std::holds_alternative<Unknown>(node.scalar()) || find_word(field_, *given)) return true;
  reading_.error(
      "unknown-word", node, path,
      fmt::format("'{}' is {}, expected {}", field_.name, in_quotes(*given), words()),
      reading_.findings.did_you_mean(*given, {field_.words.begin(), field_.words.end()}));
  return false;
}

bool FieldCheck::unit_missing(const Scalar& scalar, std::string_view units) const {
  const bool is_number =
      std::holds_alternative<std::int64_t>(scalar) || std::holds_alternative<double>(scalar) ||
      (std::holds_alternative<std::string>(scalar) && parse_number(text_of(scalar)));
  if (!is_number) return false;
  reading_.error("unit-missing", value_, path_,
                 fmt::format("'{}' is {} without a unit", field_.name, text_of(scalar)),
                 fmt::format("write {}", fmt::format(fmt::runtime(units), text_of(scalar))));
  return true;
}

bool FieldCheck::duration() const {
  if (!is_single()) return wrong("a duration like 500ms or 2s");
  const Scalar scalar = value_.scalar();
  if (std::holds_alternative<Unknown>(scalar)) return true;
  if (unit_missing(scalar, "{0}s, {0}ms or {0}m")) return false;
  if (std::holds_alternative<std::string>(scalar) && parse_duration(text_of(scalar))) return true;
  return wrong("a duration like 500ms or 2s", "units are ns us ms s m h d");
}

bool FieldCheck::size() const {
  if (!is_single()) return wrong("a size like 64KiB or 2GiB");
  const Scalar scalar = value_.scalar();
  if (std::holds_alternative<Unknown>(scalar)) return true;
  if (unit_missing(scalar, "{0}B, {0}MiB or {0}GiB")) return false;
  if (std::holds_alternative<std::string>(scalar) && parse_size(text_of(scalar))) return true;
  return wrong("a size like 64KiB or 2GiB", "units are B kB MB GB TB KiB MiB GiB TiB");
}

bool FieldCheck::limit() const {
  constexpr std::string_view kWanted = "a count or a share like 1%";
  if (!is_single()) return wrong(kWanted);
  const Scalar scalar = scalar_as(FieldKind::integer, value_);
  if (std::holds_alternative<Unknown>(scalar)) return true;
  const auto* count = std::get_if<std::int64_t>(&scalar);
  if (count != nullptr && *count >= 0) return true;
  if (std::holds_alternative<std::string>(scalar) && parse_share(text_of(scalar))) return true;
  return wrong(kWanted);
}

bool FieldCheck::list_of(bool (FieldCheck::*one)(const Node&, const KeyPath&) const,
                         std::string_view wanted) const {
  if (!is_list()) return wrong(wanted, is_single() ? "put it in brackets: [...]" : "");
  const auto& items = value_.follow().items;
  if (items.empty()) {
    reading_.error("wrong-type", value_, path_, fmt::format("'{}' is an empty list", field_.name));
    return false;
  }
  bool ok = true;
  for (std::size_t i = 0; i < items.size(); ++i) ok = (this->*one)(*items[i], path_[i]) && ok;
  return ok;
}

bool FieldCheck::mapping(std::string_view wanted) const {
  const bool is_empty = value_.follow().kind == Node::Kind::null;
  return is_mapping() || is_empty || wrong(wanted);
}

bool FieldCheck::chain() const {
  constexpr std::string_view kWanted = "a function like fastx.trim, or a list of them";
  if (is_mapping()) return true;
  if (!is_list()) return name_of(value_) ? name(value_, path_) : wrong(kWanted);
  const auto& items = value_.follow().items;
  if (items.empty()) return wrong(kWanted);
  bool ok = true;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Node::Kind kind = items[i]->follow().kind;
    if (kind == Node::Kind::mapping || kind == Node::Kind::scalar) continue;
    ok = wrong_at(*items[i], path_[i], "a function like fastx.trim");
  }
  return ok;
}

}  // namespace

bool check_field(const Field& field, const Node& value, const KeyPath& path,
                 const Reading& reading) {
  return FieldCheck(field, value, path, reading).run();
}

bool report_ambiguous(const Node& node, const KeyPath& path, const Reading& reading) {
  const Node& there = node.follow();
  if (there.is_quoted || there.value) return false;
  const std::string_view meant = ambiguity(there.text);
  if (meant.empty() || meant == kLooksOctal) return false;
  reading.error("ambiguous-scalar", node, path,
                fmt::format("{} is a text here, but {} to other readers of YAML",
                            in_quotes(there.text), meant),
                fmt::format("quote it: \"{}\"", there.text));
  return true;
}

bool is_name(std::string_view word) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !word.empty() && word.size() <= 255 && word[0] != '-' &&
         std::all_of(word.begin(), word.end(), is_letter);
}

std::optional<std::size_t> find_word(const Field& field, std::string_view word) {
  const auto found = std::find(field.words.begin(), field.words.end(), word);
  if (found == field.words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - field.words.begin());
}

}  // namespace papy
