#include "workflow/section_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "workflow/field_check.h"

namespace papy {

void Reading::say(Level level, std::string_view rule, const Node& node, std::string at,
                  std::string message, std::string hint) const {
  Diagnostic finding{.level = level,
                     .rule = std::string(rule),
                     .span = document.span(node.follow()),
                     .message = std::move(message),
                     .at = std::move(at),
                     .hint = std::move(hint)};
  if (node.kind == Node::Kind::alias) finding.related = Related{document.span(node), "used here"};
  findings.add(std::move(finding));
}

void Reading::error(std::string_view rule, const Node& node, const KeyPath& path,
                    std::string message, std::string hint) const {
  say(Level::error, rule, node, path.text(), std::move(message), std::move(hint));
}

std::string absolute_path(std::string_view path, std::string_view directory) {
  const std::filesystem::path given{path};
  const std::filesystem::path whole = given.is_absolute() ? given : directory / given;
  return whole.lexically_normal().string();
}

Scalar scalar_as(FieldKind wanted, const Node& node) {
  Scalar scalar = node.scalar();
  if (!node.follow().is_untyped) return scalar;
  const bool wants_type = wanted == FieldKind::integer || wanted == FieldKind::integer_or_any ||
                          wanted == FieldKind::boolean || wanted == FieldKind::scalar;
  return wants_type ? plain_scalar(text_of(scalar)) : scalar;
}

std::optional<std::string_view> name_of(const Node& node) {
  const Node& there = node.follow();
  if (there.kind != Node::Kind::scalar) return std::nullopt;
  if (there.value) {
    const auto* text = std::get_if<std::string>(&*there.value);
    return text != nullptr ? std::optional<std::string_view>(*text) : there.text;
  }
  return there.text;
}

SectionReader::SectionReader(const Node& node, const Section& section, std::string_view name,
                             const KeyPath& path, const Reading& reading, const Node* named_at)
    : section_(section), path_(path), reading_(reading), values_(section.fields.size()) {
  if (section.noun.empty()) {
    subject_ = "the document";
  } else if (name.empty() && section.noun.find(' ') != std::string_view::npos) {
    subject_ = fmt::format("this {}", section.noun);
  } else if (name.empty()) {
    subject_ = fmt::format("'{}'", section.noun);
  } else {
    subject_ = fmt::format("{} {}", section.noun, in_quotes(name));
  }
  const Node& mapping = node.follow();
  if (mapping.kind == Node::Kind::mapping) {
    read_keys(mapping);
    report_missing(mapping, named_at != nullptr ? *named_at : node);
  } else if (mapping.kind == Node::Kind::null) {
    report_missing(mapping, named_at != nullptr ? *named_at : node);
  } else {
    reading.error("wrong-type", node, path,
                  fmt::format("{} wants a mapping, not {}", subject_, describe(node)));
  }
}

void SectionReader::read_keys(const Node& mapping) {
  const bool is_document = section_.noun.empty();
  for (const Node::Entry& entry : mapping.entries) {
    const std::string_view key = entry.key->text;
    if (is_document && key.starts_with("x-")) continue;
    const Field* const field = section_.find(key);
    if (field == nullptr) {
      report_unknown(*entry.key);
      continue;
    }
    const KeyPath path = path_ / key;
    if (!check_field(*field, *entry.value, path, reading_)) continue;
    if (field->ready == Ready::not_yet) {
      reading_.error("not-supported-yet", *entry.key, path,
                     fmt::format("'{}' cannot be run by this version", field->name));
      continue;
    }
    values_[static_cast<std::size_t>(field - section_.fields.data())] = entry.value;
  }
}

void SectionReader::report_unknown(const Node& key) {
  std::vector<std::string_view> known;
  for (const Field& field : section_.fields) known.push_back(field.name);
  std::string hint;
  if (const auto meant = nearest(key.text, known)) {
    hint = fmt::format("did you mean {}?", in_quotes(*meant));
    if (const Field* const field = section_.find(*meant)) misspelt_.push_back(field);
  } else {
    hint = fmt::format("known are {}", listed(known));
  }
  reading_.error("unknown-key", key, path_ / key.text,
                 fmt::format("{} has no key {}", subject_, in_quotes(key.text)), std::move(hint));
}

void SectionReader::report_missing(const Node& mapping, const Node& shown) {
  for (const Field& field : section_.fields) {
    if (field.need != Need::required || mapping.find(field.name) != nullptr) continue;
    if (std::find(misspelt_.begin(), misspelt_.end(), &field) != misspelt_.end()) continue;
    reading_.error("missing-key", shown, path_, fmt::format("{} needs '{}'", subject_, field.name),
                   std::string(field.help));
  }
}

std::size_t SectionReader::index_of(std::string_view key) const {
  const Field* const field = section_.find(key);
  PAPY_CHECK(field != nullptr, key);
  return static_cast<std::size_t>(field - section_.fields.data());
}

const Node* SectionReader::node(std::string_view key) const { return values_[index_of(key)]; }

std::optional<std::int64_t> SectionReader::integer(std::string_view key) const {
  const Node* const value = node(key);
  if (value == nullptr) return std::nullopt;
  const Scalar scalar = scalar_as(FieldKind::integer, *value);
  const auto* number = std::get_if<std::int64_t>(&scalar);
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

bool SectionReader::boolean(std::string_view key, bool fallback) const {
  const Node* const value = node(key);
  if (value == nullptr) return fallback;
  const Scalar scalar = scalar_as(FieldKind::boolean, *value);
  const auto* boolean = std::get_if<bool>(&scalar);
  return boolean != nullptr ? *boolean : fallback;
}

std::optional<std::string> SectionReader::text(std::string_view key) const {
  const Node* const value = node(key);
  if (value == nullptr) return std::nullopt;
  const Scalar scalar = value->scalar();
  const auto* text = std::get_if<std::string>(&scalar);
  return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::optional<Duration> SectionReader::duration(std::string_view key) const {
  const auto value = text(key);
  return value ? parse_duration(*value) : std::nullopt;
}

std::optional<std::uint64_t> SectionReader::size(std::string_view key) const {
  const auto value = text(key);
  return value ? parse_size(*value) : std::nullopt;
}

std::optional<std::size_t> SectionReader::choice(std::string_view key) const {
  const Node* const value = node(key);
  if (value == nullptr) return std::nullopt;
  return find_word(section_.fields[index_of(key)], *name_of(*value));
}

}  // namespace papy
