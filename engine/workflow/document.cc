#include "workflow/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "workflow/read.h"
#include "workflow/tree_builder.h"

namespace papy {

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key->text == key) return entry.value;
  }
  return nullptr;
}

Scalar Node::scalar() const {
  const Node& node = follow();
  if (node.value) return *node.value;
  if (node.kind == Kind::null) return Null{};
  if (node.is_quoted) return node.text;
  return plain_scalar(node.text);
}

std::string describe(const Node& node) {
  switch (node.follow().kind) {
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
    case Node::Kind::null:
    case Node::Kind::scalar:
    case Node::Kind::alias:
      return describe(node.scalar());
  }
  return "nothing";
}

bool Document::parse(Findings& findings, const TextWords& words) {
  const auto point = [this](std::size_t offset) {
    const auto at = static_cast<std::uint32_t>(std::min(offset, text_.size()));
    return Span{source_, at, at};
  };
  if (const auto unfit = find_unfit(text_, words.name)) {
    findings.add({.rule = unfit->rule,
                  .span = point(unfit->offset),
                  .message = unfit->text,
                  .hint = unfit->hint});
    return false;
  }
  TreeBuilder builder(*this, findings, words);
  if (!builder.build()) return false;
  if (root_ == nullptr || root_->kind == Node::Kind::null) {
    findings.add({.rule = "empty-document",
                  .span = point(0),
                  .message = fmt::format("{} is empty, expected {}", words.name, words.wanted)});
    return false;
  }
  if (root_->kind != Node::Kind::mapping) {
    findings.add({.rule = "wrong-type",
                  .span = span(*root_),
                  .message = fmt::format("{} is {}, expected {}", words.name, describe(*root_),
                                         words.wanted)});
    return false;
  }
  return true;
}

std::uint32_t Document::skip_properties(std::uint32_t at) const {
  const auto size = static_cast<std::uint32_t>(text_.size());
  while (at < size && (text_[at] == '&' || text_[at] == '!')) {
    at =
        static_cast<std::uint32_t>(std::min<std::size_t>(text_.find_first_of(" \t\r\n", at), size));
    at = static_cast<std::uint32_t>(
        std::min<std::size_t>(text_.find_first_not_of(" \t\r\n", at), size));
  }
  return at;
}

std::uint32_t Document::end_of(const Node& node, std::uint32_t begin) const {
  const auto size = static_cast<std::uint32_t>(text_.size());
  if (begin >= size) return size;
  const auto line_end =
      static_cast<std::uint32_t>(std::min<std::size_t>(text_.find_first_of("\r\n", begin), size));
  const char first = text_[begin];
  if (node.kind == Node::Kind::alias)
    return begin + 1 + static_cast<std::uint32_t>(node.text.size());
  if (node.kind != Node::Kind::scalar || first == '|' || first == '>') {
    return node.kind == Node::Kind::scalar ? line_end : begin + 1;
  }
  if (first == '\'' || first == '"') {
    for (std::uint32_t at = begin + 1; at < size; ++at) {
      if (text_[at] == '\\' && first == '"') {
        ++at;
      } else if (text_[at] == first) {
        if (first == '"' || at + 1 >= size || text_[at + 1] != first) return at + 1;
        ++at;
      }
    }
    return line_end;
  }
  if (text_.substr(begin).starts_with(node.text)) {
    return begin + static_cast<std::uint32_t>(node.text.size());
  }
  return line_end;
}

Span Document::span(const Node& node) const {
  if (node.kind == Node::Kind::null && node.target != nullptr) return span(*node.target);
  const std::uint32_t begin = skip_properties(node.begin);
  if (node.kind == Node::Kind::mapping && !node.entries.empty() && begin < text_.size() &&
      text_[begin] != '{' && !node.entries[0].merged) {
    return span(*node.entries[0].key);
  }
  return {source_, begin, std::max(begin, end_of(node, begin))};
}

}  // namespace papy
