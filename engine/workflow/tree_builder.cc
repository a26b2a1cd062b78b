#include "workflow/tree_builder.h"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

// Lets the parser read the document where it lies.
class View : public std::streambuf {
 public:
  explicit View(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // only read
    setg(begin, begin, begin + text.size());
  }
};

// Says whether another document follows.
class Detector : public YAML::EventHandler {
 public:
  struct Found {
    YAML::Mark mark;
  };
  void OnDocumentStart(const YAML::Mark& mark) override { throw Found{mark}; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

std::size_t offset_of(const YAML::Mark& mark) {
  return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
}

bool is_merge(const Node& key) { return key.text == "<<" && !key.is_quoted; }

std::string_view name_at(std::string_view text, std::size_t offset) {
  text = text.substr(std::min(offset, text.size()));
  if (!text.empty() && (text[0] == '*' || text[0] == '&')) text.remove_prefix(1);
  return text.substr(0, std::min(text.find_first_of(" \t\r\n,[]{}"), text.size()));
}

}  // namespace

bool TreeBuilder::build() {
  View view(document_.text());
  std::istream in(&view);
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(*this);
    try {
      Detector detector;
      if (parser.HandleNextDocument(detector)) {
        fail_at("several-documents", document_.text().size(), "a second document follows");
      }
    } catch (const Detector::Found& found) {
      fail_at("several-documents", offset_of(found.mark),
              fmt::format("text after the end of {}, expected {}", words_.name,
                          words_.is_file ? "one document a file" : words_.wanted),
              words_.is_file ? "move it to a file of its own" : "");
    }
    return true;
  } catch (const Stopped&) {
  } catch (const YAML::Exception& e) {
    findings_.add({.rule = "yaml-syntax",
                   .span = {document_.source(), static_cast<std::uint32_t>(offset_of(e.mark)),
                            static_cast<std::uint32_t>(offset_of(e.mark))},
                   .message = "not valid YAML: " + e.msg});
  } catch (const std::exception& e) {
    findings_.add({.rule = "yaml-syntax",
                   .span = {document_.source(), 0, 0},
                   .message = fmt::format("not valid YAML: {}", e.what())});
  }
  document_.root_ = nullptr;
  return false;
}

void TreeBuilder::fail_at(const char* rule, std::size_t offset, std::string message,
                          std::string hint) {
  const auto at = static_cast<std::uint32_t>(std::min(offset, document_.text().size()));
  findings_.add({.rule = rule,
                 .span = {document_.source(), at, at},
                 .message = std::move(message),
                 .hint = std::move(hint)});
  throw Stopped{};
}

void TreeBuilder::fail(const char* rule, const Node& node, std::string message, std::string hint) {
  findings_.add({.rule = rule,
                 .span = document_.span(node),
                 .message = std::move(message),
                 .hint = std::move(hint)});
  throw Stopped{};
}

Node* TreeBuilder::make(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node& node = document_.nodes_.emplace_back();
  node.kind = kind;
  node.begin = static_cast<std::uint32_t>(std::min(offset_of(mark), document_.text().size()));
  if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
  return &node;
}

// Adds what a walk of `node` visits in addition: `part`.
void TreeBuilder::grow(Node& node, const Node& part) {
  node.size = std::min(kMostNodes + 1, node.size + part.size);
  node.bytes = std::min(kMostText + 1, node.bytes + part.bytes);
  if (node.size <= kMostNodes && node.bytes <= kMostText) return;
  const std::string limit = node.size > kMostNodes ? fmt::format("{} nodes", kMostNodes)
                                                   : fmt::format("{} MiB of text", kMostText >> 20);
  if (part.kind == Node::Kind::alias) {
    fail("too-many-nodes", part,
         fmt::format("with what anchor {} repeats, {} has more than {}", in_quotes(part.text),
                     words_.name, limit));
  }
  fail("too-many-nodes", part, fmt::format("{} has more than {}", words_.name, limit));
}

void TreeBuilder::put(Node* node) {
  if (open_.empty()) {
    document_.root_ = node;
    return;
  }
  Open& parent = open_.back();
  if (open_.size() + node->height > kDeepest) {
    fail("nested-too-deep", *node, fmt::format("nested deeper than {}", kDeepest));
  }
  parent.node->height = std::max<std::uint8_t>(parent.node->height, node->height + 1);
  if (parent.node->kind == Node::Kind::sequence) {
    parent.node->items.push_back(node);
  } else if (parent.key == nullptr) {
    if (node->kind != Node::Kind::scalar) {
      fail("wrong-type", *node, "a key must be a word, not " + describe(*node));
    }
    parent.key = node;
  } else {
    if (node->kind == Node::Kind::null) node->target = parent.key;
    if (is_merge(*parent.key)) {
      if (!parent.merges.empty()) fail("duplicate-key", *parent.key, "'<<' stands here twice");
      parent.merges.push_back(node);
    } else {
      parent.node->entries.push_back({parent.key, node});
    }
    parent.key = nullptr;
  }
}

void TreeBuilder::OnAnchor(const YAML::Mark&, const std::string&) {}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node* const node = make(Node::Kind::null, mark, anchor);
  if (!open_.empty()) grow(*open_.back().node, *node);
  put(node);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node* const node = make(Node::Kind::alias, mark, YAML::NullAnchor);
  node->text = name_at(document_.text(), node->begin);
  const auto found = anchors_.find(anchor);
  const bool is_open = found != anchors_.end() &&
                       std::any_of(open_.begin(), open_.end(),
                                   [&](const Open& open) { return open.node == found->second; });
  if (found == anchors_.end() || is_open) {
    fail("alias-cycle", *node,
         fmt::format("alias {} stands inside of what it stands for", in_quotes("*" + node->text)));
  }
  node->target = found->second;
  node->size = found->second->size;
  node->bytes = found->second->bytes;
  node->height = found->second->height;
  put(node);
  if (!open_.empty()) grow(*open_.back().node, *node);
}

void TreeBuilder::check_tag(const YAML::Mark& mark, const std::string& tag, bool is_scalar) {
  if (tag.empty() || tag == "?" || tag == "!") return;
  const bool is_known = is_scalar
                            ? tag == "tag:yaml.org,2002:str"
                            : tag == "tag:yaml.org,2002:map" || tag == "tag:yaml.org,2002:seq";
  if (is_known) return;
  fail_at("unknown-tag", offset_of(mark), fmt::format("tag {} is not known here", in_quotes(tag)),
          "only !!str, !!map and !!seq are");
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  check_tag(mark, tag, true);
  Node* const node = make(Node::Kind::scalar, mark, anchor);
  node->text = value;
  node->bytes = static_cast<std::uint32_t>(value.size());
  node->is_quoted = tag != "?" && !tag.empty();
  if (value.find('\0') != std::string::npos || find_bad_utf8(value) != std::string::npos) {
    fail("not-utf8", *node, "the text holds a NUL or is not UTF-8 once its escapes are read");
  }
  if (!open_.empty()) grow(*open_.back().node, *node);
  put(node);
}

void TreeBuilder::open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor) {
  check_tag(mark, tag, false);
  Node* const node = make(kind, mark, anchor);
  if (open_.size() >= kDeepest) {
    fail("nested-too-deep", *node, fmt::format("nested deeper than {}", kDeepest));
  }
  open_.push_back({node, nullptr, {}});
}

void TreeBuilder::close() {
  Node* const node = open_.back().node;
  open_.pop_back();
  put(node);
  if (!open_.empty()) grow(*open_.back().node, *node);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  open(Node::Kind::sequence, mark, tag, anchor);
}

void TreeBuilder::OnSequenceEnd() { close(); }

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  open(Node::Kind::mapping, mark, tag, anchor);
}

void TreeBuilder::OnMapEnd() {
  refuse_duplicates(*open_.back().node);
  if (!open_.back().merges.empty()) merge(open_.back());
  close();
}

void TreeBuilder::refuse_duplicates(Node& mapping) {
  std::unordered_map<std::string_view, const Node*> seen;
  seen.reserve(mapping.entries.size());
  const auto is_duplicate = [&](const Node::Entry& entry) {
    const auto [first, is_new] = seen.emplace(entry.key->text, entry.key);
    if (is_new) return false;
    findings_.add({.rule = "duplicate-key",
                   .span = document_.span(*entry.key),
                   .message = fmt::format("key {} stands here twice", in_quotes(entry.key->text)),
                   .related = Related{document_.span(*first->second), "the first one"}});
    return true;
  };
  // In order, and so that the first of each stays (std::remove_if promises neither).
  std::vector<Node::Entry> kept;
  kept.reserve(mapping.entries.size());
  for (const Node::Entry& entry : mapping.entries) {
    if (!is_duplicate(entry)) kept.push_back(entry);
  }
  mapping.entries = std::move(kept);
}

// YAML 1.1's merge key: an alias of a mapping, or a list of such aliases.
void TreeBuilder::merge(Open& open) {
  std::set<std::string_view> own;
  for (const Node::Entry& entry : open.node->entries) own.insert(entry.key->text);
  const Node& value = *open.merges.front();
  if (value.kind == Node::Kind::sequence) {
    for (const Node* const item : value.items) merge_one(*open.node, item->follow(), *item, own);
  } else {
    merge_one(*open.node, value.follow(), value, own);
  }
}

void TreeBuilder::merge_one(Node& into, const Node& from, const Node& value,
                            std::set<std::string_view>& own) {
  if (value.kind != Node::Kind::alias || from.kind != Node::Kind::mapping) {
    const bool is_written_out = value.kind == Node::Kind::mapping;
    fail("bad-merge", value,
         fmt::format("'<<' wants the alias of a mapping, not {}{}", describe(value),
                     is_written_out ? " written out" : ""),
         "write `<<: *name`");
  }
  for (const Node::Entry& entry : from.entries) {
    if (!own.insert(entry.key->text).second) continue;
    into.entries.push_back({entry.key, entry.value, true});
    grow(into, *entry.key);
    grow(into, *entry.value);
    if (++merged_ > kMostNodes) {
      fail("too-many-nodes", value,
           fmt::format("merging makes {} more than {} nodes", words_.name, kMostNodes));
    }
  }
}

}  // namespace papy
