#include "workflow/interpolation.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/text.h"

namespace papy {

std::uint64_t Interpolation::apply(Node& node, const KeyPath& path) const {
  Node& there = node.follow();
  if (there.inserted) return *there.inserted;
  std::uint64_t bytes = 0;
  switch (there.kind) {
    case Node::Kind::scalar:
      bytes = apply_to_scalar(there, path);
      break;
    case Node::Kind::sequence:
      for (std::size_t i = 0; i < there.items.size(); ++i) bytes += apply(*there.items[i], path[i]);
      break;
    case Node::Kind::mapping:
      for (const Node::Entry& entry : there.entries) {
        bytes += apply(*entry.value, path / entry.key->text);
      }
      break;
    case Node::Kind::null:
    case Node::Kind::alias:
      break;
  }
  there.inserted = bytes;
  return bytes;
}

std::uint64_t Interpolation::apply_to_scalar(Node& node, const KeyPath& path) const {
  const std::string_view text = node.text;
  if (text.find("${") == std::string_view::npos) {
    warn_of_octal(node, path);
    return 0;
  }
  if (inserted_ > kMostText) {  // the caller refuses the document
    node.value = Unknown{};
    return 0;
  }
  std::string out;
  bool is_unknown = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t dollar = text.find('$', at);
    out += text.substr(at, dollar - at);
    if (dollar == std::string_view::npos) break;
    if (text.substr(dollar).starts_with("$${")) {
      out += "${";
      at = dollar + 3;
      continue;
    }
    if (!text.substr(dollar).starts_with("${")) {
      out += '$';
      at = dollar + 1;
      continue;
    }
    const std::size_t end = text.find('}', dollar);
    if (end == std::string_view::npos) {
      fail("bad-reference", text.substr(dollar), node, path, "'${' has no '}'",
           "write $${ for a literal ${");
      node.value = Unknown{};
      return 0;
    }
    const std::string_view reference = text.substr(dollar, end + 1 - dollar);
    const Target target = resolve(reference, node, path);
    if (reference.size() == text.size()) {
      node.value = target.value;
      node.is_untyped = target.is_untyped;
      const std::uint64_t bytes = text_of(target.value).size();
      inserted_ += bytes;
      return bytes;
    }
    is_unknown = is_unknown || std::holds_alternative<Unknown>(target.value);
    out += text_of(target.value);
    at = end + 1;
    if (inserted_ + out.size() > kMostText) break;
  }
  if (is_unknown) {
    node.value = Unknown{};
    return 0;
  }
  const std::uint64_t bytes = out.size();
  inserted_ += bytes;
  node.value = std::move(out);
  return bytes;
}

void Interpolation::warn_of_octal(const Node& node, const KeyPath& path) const {
  if (node.is_quoted || ambiguity(node.text) != kLooksOctal) return;
  reading_.say(Level::warning, "octal-number", node, path.text(),
               fmt::format("{} is the number {} here, but an octal one to other readers of YAML",
                           in_quotes(node.text), text_of(node.scalar())),
               "write it without leading zeros, or in quotes for a text");
}

// `whole`: "${params.x}".
Interpolation::Target Interpolation::resolve(std::string_view whole, const Node& node,
                                             const KeyPath& path) const {
  const std::string_view inside = whole.substr(2, whole.size() - 3);
  if (inside.starts_with("params.")) return resolve_param(inside.substr(7), whole, node, path);
  if (inside.starts_with("env.")) return resolve_env(inside.substr(4), whole, node, path);
  if (inside.starts_with("secrets.")) {
    fail("not-supported-yet", whole, node, path, "secrets cannot be used by this version");
    return {};
  }
  std::string hint = "write $${ for a literal ${";
  if (params_ != nullptr && params_->contains(inside)) {
    hint = fmt::format("did you mean ${{params.{}}}?", inside);
  }
  fail("bad-reference", whole, node, path,
       fmt::format("{} refers to nothing, expected ${{params.NAME}} or ${{env.NAME}}",
                   in_quotes(whole)),
       std::move(hint));
  return {};
}

Interpolation::Target Interpolation::resolve_param(std::string_view name, std::string_view whole,
                                                   const Node& node, const KeyPath& path) const {
  if (params_ == nullptr) {
    fail("bad-reference", whole, node, path, "params cannot refer to params");
    return {};
  }
  const auto found = params_->find(name);
  if (found != params_->end()) return {found->second, false};
  std::vector<std::string_view> known;
  for (const auto& [param, value] : *params_) known.push_back(param);
  std::string hint = reading_.findings.did_you_mean(name, known);
  if (hint.empty()) hint = "declare it under 'params'";
  fail("unknown-param", whole, node, path,
       fmt::format("the workflow declares no param {}", in_quotes(name)), std::move(hint));
  return {};
}

Interpolation::Target Interpolation::resolve_env(std::string_view name, std::string_view whole,
                                                 const Node& node, const KeyPath& path) const {
  const std::size_t separator = name.find(":-");
  std::optional<std::string> fallback;
  if (separator != std::string_view::npos) {
    fallback = name.substr(separator + 2);
    name = name.substr(0, separator);
  }
  if (!declared_.contains(name)) {
    fail("env-not-declared", whole, node, path,
         fmt::format("environment variable {} is not declared", in_quotes(name)),
         fmt::format("add it to the list 'env': env: [{}]", name));
    return {};
  }
  std::optional<std::string> value = env_ ? env_(name) : std::nullopt;
  const bool is_text = !value || (value->find('\0') == std::string::npos &&
                                  find_bad_utf8(*value) == std::string::npos);
  if (!is_text) {
    fail("env-not-set", whole, node, path,
         fmt::format("the value of environment variable {} is not UTF-8", in_quotes(name)));
    return {};
  }
  if (!value || (value->empty() && fallback)) value = fallback;
  if (value) return {*value, true};
  fail("env-not-set", whole, node, path,
       fmt::format("environment variable {} is not set", in_quotes(name)),
       fmt::format("set it, or give a default: ${{env.{}:-value}}", name));
  return {};
}

void Interpolation::fail(const char* rule, std::string_view reference, const Node& node,
                         const KeyPath& path, std::string message, std::string hint) const {
  Span span = reading_.document.span(node);
  const std::string_view raw = reading_.document.text().substr(span.begin, span.end - span.begin);
  const std::size_t found = raw.find(reference);
  if (found != std::string_view::npos) {
    span.begin += static_cast<std::uint32_t>(found);
    span.end = span.begin + static_cast<std::uint32_t>(reference.size());
  }
  reading_.findings.add({.rule = rule,
                         .span = span,
                         .message = std::move(message),
                         .at = path.text(),
                         .hint = std::move(hint)});
}

}  // namespace papy
