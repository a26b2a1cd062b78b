#include "workflow/params.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "workflow/field_check.h"

namespace papy {
namespace {

enum class ParamType { string, integer, number, boolean, path, duration, size };

constexpr std::array<std::string_view, 7> kWanted = {"a text",
                                                     "a whole number",
                                                     "a number",
                                                     "true or false",
                                                     "a path",
                                                     "a duration like 500ms or 2s",
                                                     "a size like 64KiB or 2GiB"};

// The value as the type wants it, or nothing when it is not of that type. A path becomes absolute
// from `directory`.
std::optional<Scalar> convert(ParamType type, Scalar value, bool is_untyped,
                              const std::string& directory) {
  if (std::holds_alternative<Unknown>(value)) return value;
  const auto* given = std::get_if<std::string>(&value);
  if (is_untyped && given != nullptr && type != ParamType::string) {
    if (type == ParamType::integer || type == ParamType::number || type == ParamType::boolean) {
      value = plain_scalar(*given);
      given = std::get_if<std::string>(&value);
    }
  }
  switch (type) {
    case ParamType::string:
      return given != nullptr ? std::optional(value) : std::nullopt;
    case ParamType::integer:
      if (std::holds_alternative<std::int64_t>(value)) return value;
      return std::nullopt;
    case ParamType::number:
      if (std::holds_alternative<std::int64_t>(value)) return value;
      if (std::holds_alternative<double>(value)) return value;
      return std::nullopt;
    case ParamType::boolean:
      if (std::holds_alternative<bool>(value)) return value;
      return std::nullopt;
    case ParamType::path:
      if (given == nullptr || given->empty()) return std::nullopt;
      return absolute_path(*given, directory);
    case ParamType::duration:
      return given != nullptr && parse_duration(*given) ? std::optional(value) : std::nullopt;
    case ParamType::size:
      return given != nullptr && parse_size(*given) ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

// What limits are compared by; nothing for types that have no order.
std::optional<double> magnitude(ParamType type, const Scalar& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  if (type == ParamType::duration) {
    if (const auto duration = parse_duration(*text)) return static_cast<double>(duration->count());
  }
  if (type == ParamType::size) {
    if (const auto size = parse_size(*text)) return static_cast<double>(*size);
  }
  return std::nullopt;
}

// One declaration, read and applied to values.
class Declaration {
 public:
  Declaration(std::string_view name, const Node& node, const KeyPath& path, const Reading& reading)
      : name_(name), path_(path), reading_(reading), reader_(node, kParam, name, path, reading) {
    type_ = static_cast<ParamType>(reader_.choice("type").value_or(0));
    for (const std::string_view key : {"minimum", "maximum"}) {
      if (const Node* const limit = reader_.node(key)) check_limit(key, *limit);
    }
  }

  /// The default in the document, or nothing.
  std::optional<Scalar> fallback() const {
    const Node* const node = reader_.node("default");
    if (node == nullptr) return std::nullopt;
    const KeyPath path = path_ / "default";
    return accept(node->scalar(), node->follow().is_untyped, reading_.base,
                  {reading_.document.span(node->follow()), path.text()});
  }

  Scalar given(const GivenParam& param) const {
    return accept(param.value, param.is_untyped, reading_.cwd, {param.value_span, path_.text()});
  }

  bool is_required() const { return reader_.boolean("required", false); }

 private:
  struct At {
    Span span;
    std::string path;
  };

  void check_limit(std::string_view key, const Node& limit) const {
    const auto value = convert(type_, limit.scalar(), limit.follow().is_untyped, reading_.base);
    if (value && magnitude(type_, *value)) return;
    reading_.error("wrong-type", limit, path_ / key,
                   fmt::format("'{}' of param {} must be {}, not {}", key, in_quotes(name_),
                               kWanted[static_cast<std::size_t>(type_)], describe(limit)));
  }

  void refuse(const At& at, std::string message) const {
    reading_.findings.add(
        {.rule = "param-value", .span = at.span, .message = std::move(message), .at = at.path});
  }

  Scalar accept(const Scalar& value, bool is_untyped, const std::string& directory,
                const At& at) const {
    const auto converted = convert(type_, value, is_untyped, directory);
    if (!converted) {
      refuse(at, fmt::format("param {} wants {}, not {}", in_quotes(name_),
                             kWanted[static_cast<std::size_t>(type_)], describe(value)));
      return Unknown{};
    }
    if (!within(*converted, at) || !among(*converted, at)) return Unknown{};
    return *converted;
  }

  bool within(const Scalar& value, const At& at) const {
    const auto size = magnitude(type_, value);
    if (!size) return true;
    const auto limit = [&](std::string_view key) -> std::optional<double> {
      const Node* const node = reader_.node(key);
      return node == nullptr ? std::nullopt : magnitude(type_, node->scalar());
    };
    if (const auto least = limit("minimum"); least && !(*size >= *least)) {
      refuse(at, fmt::format("param {} is {}, expected at least {}", in_quotes(name_),
                             text_of(value), text_of(reader_.node("minimum")->scalar())));
      return false;
    }
    if (const auto most = limit("maximum"); most && !(*size <= *most)) {
      refuse(at, fmt::format("param {} is {}, expected at most {}", in_quotes(name_),
                             text_of(value), text_of(reader_.node("maximum")->scalar())));
      return false;
    }
    return true;
  }

  bool among(const Scalar& value, const At& at) const {
    const Node* const words = reader_.node("enum");
    if (words == nullptr || std::holds_alternative<Unknown>(value)) return true;
    std::vector<std::string> known;
    for (const Node* const item : words->follow().items) {
      const auto word = convert(type_, item->scalar(), item->follow().is_untyped, reading_.base);
      if (word && *word == value) return true;
      known.push_back(text_of(item->scalar()));
    }
    refuse(at, fmt::format("param {} is {}, expected {}", in_quotes(name_),
                           in_quotes(text_of(value)), either(known)));
    return false;
  }

  std::string_view name_;
  const KeyPath& path_;
  const Reading& reading_;
  SectionReader reader_;
  ParamType type_ = ParamType::string;
};

void refuse_unknown(const std::vector<GivenParam>& given, const Node* section,
                    const Reading& reading) {
  std::vector<std::string_view> known;
  if (section != nullptr) {
    for (const Node::Entry& entry : section->follow().entries) known.push_back(entry.key->text);
  }
  for (const GivenParam& param : given) {
    if (section != nullptr && section->follow().find(param.name) != nullptr) continue;
    std::string hint = reading.findings.did_you_mean(param.name, known);
    if (hint.empty() && known.empty()) hint = "it declares none";
    if (hint.empty()) hint = fmt::format("it declares {}", listed(known));
    reading.findings.add(
        {.rule = "unknown-param",
         .span = param.name_span,
         .message = fmt::format("the workflow declares no param {}", in_quotes(param.name)),
         .hint = std::move(hint)});
  }
}

}  // namespace

ParamValues read_params(const Node* section, const std::vector<GivenParam>& given, Missing missing,
                        const Reading& reading) {
  ParamValues values;
  refuse_unknown(given, section, reading);
  if (section == nullptr || section->follow().kind != Node::Kind::mapping) return values;
  std::map<std::string_view, const GivenParam*> last;
  for (const GivenParam& param : given) last[param.name] = &param;
  const KeyPath root;
  const KeyPath params = root / "params";
  for (const Node::Entry& entry : section->follow().entries) {
    const std::string& name = entry.key->text;
    const KeyPath path = params / name;
    if (!is_name(name)) {
      reading.error(
          "bad-name", *entry.key, path,
          fmt::format("{} is no name, expected letters, digits, _ and -", in_quotes(name)));
    }
    const Declaration declaration(name, *entry.value, path, reading);
    const auto fallback = declaration.fallback();
    const auto found = last.find(name);
    if (found != last.end()) {
      values[name] = declaration.given(*found->second);
    } else if (fallback) {
      values[name] = *fallback;
    } else {
      values[name] = Unknown{};
      if (missing == Missing::is_unknown) continue;
      const std::string_view why = declaration.is_required() ? "is required" : "has no default";
      reading.error("param-missing", *entry.key, path,
                    fmt::format("param {} {} and was given no value", in_quotes(name), why),
                    fmt::format("give it with --set {}=VALUE", name));
    }
  }
  return values;
}

}  // namespace papy
