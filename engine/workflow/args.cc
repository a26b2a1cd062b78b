#include "workflow/args.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "item/pack.h"
#include "workflow/field_check.h"

namespace papy {
namespace {

using nlohmann::json;

const json* find(const json& schema, const char* key) {
  if (!schema.is_object()) return nullptr;
  const auto found = schema.find(key);
  return found == schema.end() ? nullptr : &*found;
}

std::optional<double> number_at(const json& schema, const char* key) {
  const json* const found = find(schema, key);
  return found != nullptr && found->is_number() ? std::optional(found->get<double>())
                                                : std::nullopt;
}

std::string text_at(const json& schema, const char* key) {
  const json* const found = find(schema, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::string wanted_by(const std::string& type, const std::string& format) {
  if (type == "string" && format == "path") return "a path";
  if (type == "string" && format == "duration") return "a duration like 500ms or 2s";
  if (type == "string" && format == "size") return "a size like 64KiB or 2GiB";
  if (type == "string") return "a text";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  if (type == "object") return "a mapping";
  if (type == "null") return "nothing";
  return in_quotes(type);
}

std::vector<std::string> types_of(const json& schema) {
  std::vector<std::string> types;
  const json* const type = find(schema, "type");
  if (type == nullptr) return types;
  if (type->is_string()) types.push_back(type->get<std::string>());
  if (type->is_array()) {
    for (const json& one : *type) {
      if (one.is_string()) types.push_back(one.get<std::string>());
    }
  }
  return types;
}

// What a schema wants, for people: "a text or nothing".
std::string wanted_by(const json& schema) {
  std::vector<std::string> all;
  for (const char* const key : {"anyOf", "oneOf"}) {
    const json* const alternatives = find(schema, key);
    if (alternatives == nullptr || !alternatives->is_array()) continue;
    for (const json& one : *alternatives) all.push_back(wanted_by(one));
  }
  for (const std::string& type : types_of(schema)) {
    all.push_back(wanted_by(type, text_at(schema, "format")));
  }
  return all.empty() ? "another value" : either(all);
}

bool is_of_type(const Node& node, const Scalar& scalar, const std::string& type) {
  const Node::Kind kind = node.follow().kind;
  if (type == "array") return kind == Node::Kind::sequence;
  if (type == "object") return kind == Node::Kind::mapping;
  if (kind == Node::Kind::sequence || kind == Node::Kind::mapping) return false;
  if (type == "null") return std::holds_alternative<Null>(scalar);
  if (type == "boolean") return std::holds_alternative<bool>(scalar);
  if (type == "string") return std::holds_alternative<std::string>(scalar);
  if (type == "integer") return std::holds_alternative<std::int64_t>(scalar);
  if (type == "number") {
    return std::holds_alternative<std::int64_t>(scalar) || std::holds_alternative<double>(scalar);
  }
  return false;
}

bool equals(const Scalar& scalar, const json& value) {
  if (const auto* text = std::get_if<std::string>(&scalar)) {
    return value.is_string() && value.get_ref<const std::string&>() == *text;
  }
  if (const auto* boolean = std::get_if<bool>(&scalar))
    return value.is_boolean() && value == *boolean;
  if (const auto* number = std::get_if<std::int64_t>(&scalar)) {
    return value.is_number() && value == *number;
  }
  if (const auto* real = std::get_if<double>(&scalar)) return value.is_number() && value == *real;
  return std::holds_alternative<Null>(scalar) && value.is_null();
}

// Walks values and their schemas together and packs what it sees.
class ArgsReader {
 public:
  ArgsReader(const FunctionCall& call, const Reading& reading, Findings& findings)
      : call_(call), reading_(reading), findings_(findings) {}

  bool mapping(const Node& node, const json& schema, const KeyPath& path, std::string& out);
  bool has_unknown() const { return has_unknown_; }

 private:
  bool value(const Node& node, const json& schema, const KeyPath& path, std::string& out);
  bool any_of(const Node& node, const json& schema, const json& alternatives, const KeyPath& path,
              std::string& out);
  bool sequence(const Node& node, const json& schema, const KeyPath& path, std::string& out);
  bool single(const Node& node, const json& schema, const KeyPath& path, std::string& out);
  bool in_range(const Node& node, const Scalar& scalar, const json& schema, const KeyPath& path);
  bool among(const Node& node, const Scalar& scalar, const json& schema, const KeyPath& path);
  bool text_fits(const Node& node, const std::string& text, const json& schema,
                 const KeyPath& path);
  bool member(const Node::Entry& entry, const json& schema, const KeyPath& path, std::string& out);
  bool has_required(const Node& node, const json& schema, const KeyPath& path);

  bool fail(const char* rule, const Node& node, const KeyPath& path, std::string message,
            std::string hint = "") {
    Reading{reading_.document, findings_, reading_.base, reading_.cwd}.error(
        rule, node, path, std::move(message), std::move(hint));
    return false;
  }
  bool is_ambiguous(const Node& node, const KeyPath& path) {
    return report_ambiguous(node, path,
                            {reading_.document, findings_, reading_.base, reading_.cwd});
  }
  bool wrong(const Node& node, const json& schema, const Scalar& scalar, const KeyPath& path);
  // "argument 'k'", of the last key on the way here.
  std::string subject() const { return fmt::format("argument {}", in_quotes(argument_)); }

  const FunctionCall& call_;
  const Reading& reading_;
  Findings& findings_;
  std::string_view argument_;
  bool has_unknown_ = false;
};

bool ArgsReader::wrong(const Node& node, const json& schema, const Scalar& scalar,
                       const KeyPath& path) {
  std::string hint;
  const Node& there = node.follow();
  const std::vector<std::string> types = types_of(schema);
  const bool wants_one = types.size() == 1;
  const bool is_plain = there.kind == Node::Kind::scalar && !there.is_quoted && !there.value;
  const std::string_view meant = is_plain ? ambiguity(there.text) : std::string_view();
  const std::string format = text_at(schema, "format");
  const bool has_unit = format == "duration" || format == "size";
  if (has_unit && is_plain && parse_number(there.text)) {
    hint = fmt::format("write the unit: {}{}", there.text, format == "size" ? "MiB" : "s");
  } else if (wants_one && types[0] == "string" && is_plain) {
    hint = fmt::format("with quotes it is a text: \"{}\"", there.text);
  } else if (wants_one && types[0] == "boolean" && (meant == "true" || meant == "false")) {
    hint = fmt::format("write {}", meant);
  } else if (there.is_quoted && std::holds_alternative<std::string>(scalar) &&
             is_of_type(node, plain_scalar(there.text), wants_one ? types[0] : "")) {
    hint = "without the quotes it is one";
  }
  return fail("wrong-arg", node, path,
              fmt::format("{} wants {}, not {}", subject(), wanted_by(schema), describe(node)),
              std::move(hint));
}

bool ArgsReader::value(const Node& node, const json& schema, const KeyPath& path,
                       std::string& out) {
  for (const char* const key : {"anyOf", "oneOf"}) {
    const json* const alternatives = find(schema, key);
    if (alternatives != nullptr && alternatives->is_array() && !alternatives->empty()) {
      return any_of(node, schema, *alternatives, path, out);
    }
  }
  switch (node.follow().kind) {
    case Node::Kind::mapping:
    case Node::Kind::sequence: {
      const bool is_list = node.follow().kind == Node::Kind::sequence;
      const std::vector<std::string> types = types_of(schema);
      bool fits = types.empty();
      for (const std::string& type : types) fits = fits || is_of_type(node, Null{}, type);
      if (!fits) return wrong(node, schema, Null{}, path);
      return is_list ? sequence(node, schema, path, out) : mapping(node, schema, path, out);
    }
    case Node::Kind::null:
    case Node::Kind::scalar:
    case Node::Kind::alias:
      return single(node, schema, path, out);
  }
  return false;
}

bool ArgsReader::any_of(const Node& node, const json& schema, const json& alternatives,
                        const KeyPath& path, std::string& out) {
  for (const json& one : alternatives) {
    Findings ignored;
    ArgsReader trial(call_, reading_, ignored);
    trial.argument_ = argument_;
    std::string bytes;
    if (!trial.value(node, one, path, bytes)) continue;
    has_unknown_ = has_unknown_ || trial.has_unknown_;
    out += bytes;
    return true;
  }
  return wrong(node, schema, Null{}, path);
}

bool ArgsReader::single(const Node& node, const json& schema, const KeyPath& path,
                        std::string& out) {
  Scalar scalar = node.scalar();
  const std::vector<std::string> types = types_of(schema);
  if (std::holds_alternative<Unknown>(scalar)) {
    has_unknown_ = true;
    return true;
  }
  const auto fits = [&](const Scalar& candidate) {
    bool found = types.empty();
    for (const std::string& type : types) found = found || is_of_type(node, candidate, type);
    return found;
  };
  if (node.follow().is_untyped && !fits(scalar)) scalar = plain_scalar(text_of(scalar));
  if (std::holds_alternative<TooLarge>(scalar) || !fits(scalar)) {
    return wrong(node, schema, scalar, path);
  }
  if (!in_range(node, scalar, schema, path) || !among(node, scalar, schema, path)) return false;
  Packer packer(out);
  if (std::holds_alternative<Null>(scalar)) packer.nil();
  if (const auto* boolean = std::get_if<bool>(&scalar)) packer.boolean(*boolean);
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) packer.integer(*integer);
  if (const auto* real = std::get_if<double>(&scalar)) packer.real(*real);
  const auto* text = std::get_if<std::string>(&scalar);
  if (text == nullptr) return true;
  if (is_ambiguous(node, path) || !text_fits(node, *text, schema, path)) return false;
  const bool is_path = text_at(schema, "format") == "path" && !text->empty() && *text != "-";
  packer.text(is_path ? absolute_path(*text, reading_.base) : *text);
  return true;
}

bool ArgsReader::in_range(const Node& node, const Scalar& scalar, const json& schema,
                          const KeyPath& path) {
  double number = 0;
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) {
    number = static_cast<double>(*integer);
  } else if (const auto* real = std::get_if<double>(&scalar)) {
    number = *real;
  } else {
    return true;
  }
  const auto refuse = [&](const char* key, std::string_view how) {
    return fail("wrong-arg", node, path,
                fmt::format("{} is {}, expected {} {}", subject(), text_of(scalar), how,
                            find(schema, key)->dump()));
  };
  const auto below = [&](const char* key) {
    const auto limit = number_at(schema, key);
    return limit && !(number >= *limit);
  };
  const auto above = [&](const char* key) {
    const auto limit = number_at(schema, key);
    return limit && !(number <= *limit);
  };
  if (below("minimum")) return refuse("minimum", "at least");
  if (above("maximum")) return refuse("maximum", "at most");
  const auto open_below = number_at(schema, "exclusiveMinimum");
  if (open_below && !(number > *open_below)) return refuse("exclusiveMinimum", "more than");
  const auto open_above = number_at(schema, "exclusiveMaximum");
  if (open_above && !(number < *open_above)) return refuse("exclusiveMaximum", "less than");
  return true;
}

bool ArgsReader::among(const Node& node, const Scalar& scalar, const json& schema,
                       const KeyPath& path) {
  const json* words = find(schema, "enum");
  const json* const only = find(schema, "const");
  const json one = only != nullptr ? json::array({*only}) : json();
  if (only != nullptr) words = &one;
  if (words == nullptr || !words->is_array()) return true;
  std::vector<std::string> shown;
  std::vector<std::string_view> candidates;
  for (const json& word : *words) {
    if (equals(scalar, word)) return true;
    shown.push_back(word.is_string() ? word.get<std::string>() : word.dump());
    if (word.is_string()) candidates.push_back(word.get_ref<const std::string&>());
  }
  return fail(
      "wrong-arg", node, path,
      fmt::format("{} is {}, expected {}", subject(), in_quotes(text_of(scalar)), either(shown)),
      findings_.did_you_mean(text_of(scalar), candidates));
}

bool ArgsReader::text_fits(const Node& node, const std::string& text, const json& schema,
                           const KeyPath& path) {
  const std::string format = text_at(schema, "format");
  const bool bad_duration = format == "duration" && !parse_duration(text);
  const bool bad_size = format == "size" && !parse_size(text);
  if (bad_duration || bad_size) {
    return fail("wrong-arg", node, path,
                fmt::format("{} wants {}, not {}", subject(), wanted_by(schema), describe(node)));
  }
  const auto length = static_cast<double>(columns(text));
  const auto least = number_at(schema, "minLength");
  const auto most = number_at(schema, "maxLength");
  if (least && length < *least) {
    return fail("wrong-arg", node, path,
                fmt::format("{} is {}, expected at least {} characters", subject(), in_quotes(text),
                            *least));
  }
  if (most && length > *most) {
    return fail(
        "wrong-arg", node, path,
        fmt::format("{} is {}, expected at most {} characters", subject(), in_quotes(text), *most));
  }
  return true;
}

bool ArgsReader::sequence(const Node& node, const json& schema, const KeyPath& path,
                          std::string& out) {
  static const json kAnything = json::object();
  const auto& items = node.follow().items;
  const auto size = static_cast<double>(items.size());
  const auto least = number_at(schema, "minItems");
  const auto most = number_at(schema, "maxItems");
  if ((least && size < *least) || (most && size > *most)) {
    const bool too_few = least && size < *least;
    return fail("wrong-arg", node, path,
                fmt::format("{} has {} elements, expected at {} {}", subject(), items.size(),
                            too_few ? "least" : "most", too_few ? *least : *most));
  }
  const json* const each = find(schema, "items");
  Packer(out).array(items.size());
  bool ok = true;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const json* one = each;
    if (each != nullptr && each->is_array()) one = i < each->size() ? &(*each)[i] : nullptr;
    ok = value(*items[i], one != nullptr ? *one : kAnything, path[i], out) && ok;
  }
  return ok;
}

bool ArgsReader::member(const Node::Entry& entry, const json& schema, const KeyPath& path,
                        std::string& out) {
  static const json kAnything = json::object();
  const std::string& key = entry.key->text;
  const json* const properties = find(schema, "properties");
  const json* const others = find(schema, "additionalProperties");
  const json* known = nullptr;
  if (properties != nullptr && properties->is_object()) {
    const auto found = properties->find(key);
    if (found != properties->end()) known = &*found;
  }
  const bool is_closed = others != nullptr && others->is_boolean() && !others->get<bool>();
  if (known == nullptr && is_closed) {
    std::vector<std::string_view> names;
    if (properties != nullptr && properties->is_object()) {
      for (auto it = properties->begin(); it != properties->end(); ++it) names.push_back(it.key());
    }
    std::string hint = findings_.did_you_mean(key, names);
    if (hint.empty()) {
      hint = names.empty() ? "it takes none" : fmt::format("it takes {}", listed(names));
    }
    return fail("unknown-arg", *entry.key, path / key,
                fmt::format("function {} takes no argument {}",
                            in_quotes(call_.alias + "." + call_.function), in_quotes(key)),
                std::move(hint));
  }
  if (known == nullptr && others != nullptr && others->is_object()) known = others;
  const std::string_view outer = std::exchange(argument_, key);
  const bool ok = value(*entry.value, known != nullptr ? *known : kAnything, path / key, out);
  argument_ = outer;
  return ok;
}

bool ArgsReader::has_required(const Node& node, const json& schema, const KeyPath& path) {
  const json* const required = find(schema, "required");
  if (required == nullptr || !required->is_array()) return true;
  bool ok = true;
  for (const json& name : *required) {
    if (!name.is_string()) continue;
    const std::string key = name.get<std::string>();
    if (node.follow().find(key) != nullptr) continue;
    ok = fail("missing-arg", node, path,
              fmt::format("function {} needs argument {}",
                          in_quotes(call_.alias + "." + call_.function), in_quotes(key)));
  }
  return ok;
}

bool ArgsReader::mapping(const Node& node, const json& schema, const KeyPath& path,
                         std::string& out) {
  bool ok = has_required(node, schema, path);
  const auto& entries = node.follow().entries;
  Packer(out).map(entries.size());
  for (const Node::Entry& entry : entries) {
    Packer(out).text(entry.key->text);
    ok = member(entry, schema, path, out) && ok;
  }
  return ok;
}

}  // namespace

PackedArgs pack_args(const FunctionCall& call, const json& schema, const Reading& reading) {
  const KeyPath root;
  const KeyPath path = root / (call.args != nullptr ? call.args_at : call.at);
  const bool has_args = call.args != nullptr && call.args->follow().kind == Node::Kind::mapping;
  ArgsReader reader(call, reading, reading.findings);
  PackedArgs packed;
  // Without args the call itself stands for them: a scalar, which is a mapping without entries
  // here.
  const bool ok = reader.mapping(has_args ? *call.args : *call.node, schema, path, packed.bytes);
  packed.has_unknown = reader.has_unknown();
  if (!ok || packed.has_unknown) packed.bytes.clear();
  return packed;
}

}  // namespace papy
