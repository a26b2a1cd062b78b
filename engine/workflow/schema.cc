#include "workflow/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "workflow/fields.h"

namespace papy {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view kNamePattern = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$";
constexpr std::string_view kFunctionPattern = R"(^.+\.[^.]+$)";

std::string definition_of(const Section& section) {
  std::string name(section.noun);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

json reference_to(std::string_view definition) {
  return {{"$ref", fmt::format("#/definitions/{}", definition)}};
}

// What is written out, or a scalar with a reference in it.
json or_reference(json written) {
  return {{"anyOf", json::array({std::move(written), reference_to("reference")})}};
}

json text_like(std::string_view pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

json list_of(json items) {
  return {{"type", "array"}, {"minItems", 1}, {"items", std::move(items)}};
}

json words_of(const Field& field) {
  json words = json::array();
  for (const std::string_view word : field.words) words.push_back(word);
  return or_reference({{"enum", words}});
}

json integer_of(const Field& field) {
  return {{"type", "integer"}, {"minimum", field.minimum}, {"maximum", field.maximum}};
}

json named_sections(const Section& section) {
  return {{"type", {"object", "null"}},
          {"propertyNames", {{"pattern", kNamePattern}}},
          {"additionalProperties", reference_to(definition_of(section))}};
}

json chain_of(const Section& element) {
  const json one = {
      {"anyOf", json::array({text_like(kFunctionPattern), reference_to(definition_of(element))})}};
  return {{"anyOf", json::array({text_like(kFunctionPattern), reference_to(definition_of(element)),
                                 list_of(one)})}};
}

json value_of(const Field& field) {
  switch (field.kind) {
    case FieldKind::text:
    case FieldKind::path:
      return {{"type", "string"}};
    case FieldKind::boolean:
      return or_reference({{"type", "boolean"}});
    case FieldKind::integer:
      return or_reference(integer_of(field));
    case FieldKind::integer_or_any:
      return {{"anyOf",
               json::array({integer_of(field), {{"const", "any"}}, reference_to("reference")})}};
    case FieldKind::scalar:
      return {{"type", {"string", "number", "boolean"}}};
    case FieldKind::scalars:
      return list_of({{"type", {"string", "number", "boolean"}}});
    case FieldKind::duration:
      return or_reference(text_like("^[0-9.]+(ns|us|ms|s|m|h|d)$"));
    case FieldKind::size:
      return or_reference(text_like("^[0-9.]+([kMGT]?B|[KMGT]iB)$"));
    case FieldKind::limit:
      return {{"anyOf", json::array({{{"type", "integer"}, {"minimum", 0}},
                                     text_like("^[0-9.]+%$"),
                                     reference_to("reference")})}};
    case FieldKind::choice:
      return words_of(field);
    case FieldKind::choices:
      return list_of(words_of(field));
    case FieldKind::name:
      return {{"type", {"string", "integer"}}};
    case FieldKind::names:
      return {{"anyOf", json::array({{{"type", {"string", "integer"}}},
                                     list_of({{"type", {"string", "integer"}}})})}};
    case FieldKind::texts:
      return list_of({{"type", "string"}});
    case FieldKind::function:
      return text_like(kFunctionPattern);
    case FieldKind::chain:
      return chain_of(*field.nested);
    case FieldKind::arguments:
      return {{"type", {"object", "null"}}};
    case FieldKind::section:
      return reference_to(definition_of(*field.nested));
    case FieldKind::named_sections:
      return named_sections(*field.nested);
    case FieldKind::sections:
      return {{"type", "array"}, {"items", reference_to(definition_of(*field.nested))}};
    case FieldKind::anything:
      return json::object();
  }
  return json::object();
}

// "what it is (default: x; this version cannot run it)".
std::string help_of(const Field& field) {
  std::string extra;
  if (!field.fallback.empty()) extra = fmt::format("default: {}", field.fallback);
  if (field.ready == Ready::not_yet) {
    extra += fmt::format("{}this version cannot run it", extra.empty() ? "" : "; ");
  }
  return extra.empty() ? std::string(field.help) : fmt::format("{} ({})", field.help, extra);
}

json keys_of(const Section& section) {
  json properties = json::object();
  json required = json::array();
  for (const Field& field : section.fields) {
    json property = {{"description", help_of(field)}};
    json value = value_of(field);
    if (value.contains("$ref")) value = {{"allOf", json::array({std::move(value)})}};
    property.update(value);
    properties[std::string(field.name)] = std::move(property);
    if (field.need == Need::required) required.push_back(field.name);
  }
  json keys = {{"description", section.help}};
  keys["type"] = required.empty() ? json({"object", "null"}) : json("object");
  keys["additionalProperties"] = false;
  if (!required.empty()) keys["required"] = std::move(required);
  keys["properties"] = std::move(properties);
  return keys;
}

// Every section below, each once, those first that are met first.
void collect(const Section& section, std::vector<const Section*>& found) {
  if (std::find(found.begin(), found.end(), &section) != found.end()) return;
  found.push_back(&section);
  for (const Field& field : section.fields) {
    if (field.nested != nullptr) collect(*field.nested, found);
  }
}

std::vector<const Section*> all_sections() {
  std::vector<const Section*> found;
  collect(kDocument, found);
  return found;
}

std::string range_of(const Field& field) {
  return field.minimum == field.maximum ? fmt::format("{}", field.minimum)
                                        : fmt::format("{} to {}", field.minimum, field.maximum);
}

std::string value_in_words(const Field& field) {
  const std::string words = fmt::format("{}", fmt::join(field.words, ", "));
  switch (field.kind) {
    case FieldKind::text:
      return "text";
    case FieldKind::path:
      return "path";
    case FieldKind::boolean:
      return "true or false";
    case FieldKind::integer:
      return range_of(field);
    case FieldKind::integer_or_any:
      return range_of(field) + ", or `any`";
    case FieldKind::scalar:
      return "single value";
    case FieldKind::scalars:
      return "list of values";
    case FieldKind::duration:
      return "duration, `500ms`";
    case FieldKind::size:
      return "size, `2GiB`";
    case FieldKind::limit:
      return "count, or share: `1%`";
    case FieldKind::choice:
      return "one of " + words;
    case FieldKind::choices:
      return "list of " + words;
    case FieldKind::name:
      return "name";
    case FieldKind::names:
      return "name, or list of names";
    case FieldKind::texts:
      return "list of texts";
    case FieldKind::function:
      return "`plugin.function`";
    case FieldKind::chain:
      return fmt::format("`plugin.function`, a {}, or a list of these", field.nested->noun);
    case FieldKind::arguments:
      return "mapping";
    case FieldKind::section:
      return "mapping, see below";
    case FieldKind::named_sections:
      return fmt::format("name -> {}", field.nested->noun);
    case FieldKind::sections:
      return fmt::format("list of {}s", field.nested->noun);
    case FieldKind::anything:
      return "anything";
  }
  return "";
}

}  // namespace

std::string schema_json() {
  json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "papy workflow, version 1"}};
  schema.update(keys_of(kDocument));
  schema["type"] = "object";
  schema["patternProperties"] = {{"^x-", json::object()}};
  json definitions = {{"reference",
                       {{"description", "A text with a reference in it."},
                        {"type", "string"},
                        {"pattern", R"(\$\{(params|env|secrets)\.)"}}}};
  for (const Section* const section : all_sections()) {
    if (section != &kDocument) definitions[definition_of(*section)] = keys_of(*section);
  }
  schema["definitions"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

std::string reference_markdown() {
  std::string out;
  for (const Section* const section : all_sections()) {
    const std::string title = section->noun.empty() ? "document" : std::string(section->noun);
    out += fmt::format("### {}\n\n{}\n\n| key | value | default | meaning |\n|---|---|---|---|\n",
                       title, section->help);
    for (const Field& field : section->fields) {
      std::string fallback = field.need == Need::required ? "required" : "";
      if (!field.fallback.empty()) fallback = std::string(field.fallback);
      const std::string later = field.ready == Ready::not_yet ? "; this version cannot run it" : "";
      out += fmt::format("| `{}` | {} | {} | {}{} |\n", field.name, value_in_words(field), fallback,
                         field.help, later);
    }
    out += "\n";
  }
  out.pop_back();
  return out;
}

}  // namespace papy
