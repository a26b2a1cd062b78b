#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"
#include "workflow/findings.h"
#include "workflow/scalar.h"

namespace papy {

constexpr std::size_t kDeepest = 64;
constexpr std::uint32_t kMostNodes = 1'000'000;  ///< visited, counting what aliases repeat
constexpr std::uint32_t kMostText = 64u << 20;   ///< bytes of scalars, counting the same way

/// A place in a document and what stands there. Nodes belong to their Document and never move.
struct Node {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping, alias };

  struct Entry {
    const Node* key = nullptr;  ///< always a scalar
    Node* value = nullptr;
    bool merged = false;  ///< came through `<<`
  };

  Kind kind = Kind::null;
  bool is_quoted = false;   ///< or a block scalar, or tagged !!str: a text whatever it looks like
  std::uint32_t begin = 0;  ///< offset of its first byte, anchor and tag included
  std::uint8_t height = 0;  ///< collections below, aliases followed
  std::uint32_t size = 1;   ///< nodes visited when walking it, aliases followed
  std::uint32_t bytes = 0;  ///< text of the scalars that a walk visits
  std::string text;         ///< scalar: its text; alias: name of the anchor
  std::vector<Entry> entries;  ///< mapping: in the document's order, keys unique, merged ones last
  std::vector<Node*> items;    ///< sequence
  const Node* target = nullptr;  ///< alias: what it stands for; null: the key it belongs to, if any
  std::optional<Scalar> value;   ///< scalar: set when interpolation gave it a value
  bool is_untyped = false;       ///< that value is the environment's: read as what is wanted
  /// Bytes that references put below it, aliases followed; none: not looked through for references
  /// yet.
  std::optional<std::uint64_t> inserted;

  /// The node itself, or what an alias stands for.
  const Node& follow() const { return kind == Kind::alias ? *target : *this; }
  Node& follow() { return kind == Kind::alias ? const_cast<Node&>(*target) : *this; }

  /// Value of a key, or null. Looks at one entry after the other: for mappings whose keys are a few
  /// known words.
  const Node* find(std::string_view key) const;

  /// What a scalar or null stands for. Requires: it is one (after follow()).
  Scalar scalar() const;
};

/// "a list", "a mapping", "the text 'x'", of what the node stands for.
std::string describe(const Node& node);

/// How messages speak of a text that is read.
struct TextWords {
  std::string_view name = "the document";
  std::string_view wanted = "a mapping with 'version' and more";
  bool is_file = true;
};

/// The located tree of one YAML document. Strict: one document, no duplicate keys, no cycles,
/// bounded depth and size. Merge keys (`<<`) are already applied; of two values for a key, the
/// mapping's own wins, then the first merged.
class Document {
 public:
  /// `text` must outlive the document; `source` is its number in the list of sources.
  Document(std::string_view text, std::uint32_t source) : text_(text), source_(source) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// Reads the text. False when there is no tree to go on with; the findings then say why.
  bool parse(Findings& findings, const TextWords& words = {});

  /// The document's node, or null when parse() did not make one.
  Node* root() const { return root_; }

  /// The bytes that show a node: a whole scalar, an alias, the first key or the bracket of a
  /// collection.
  Span span(const Node& node) const;

  std::string_view text() const { return text_; }
  std::uint32_t source() const { return source_; }

 private:
  friend class TreeBuilder;

  std::uint32_t end_of(const Node& node, std::uint32_t begin) const;
  std::uint32_t skip_properties(std::uint32_t at) const;

  std::string_view text_;
  std::uint32_t source_;
  std::deque<Node> nodes_;
  Node* root_ = nullptr;
};

}  // namespace papy
