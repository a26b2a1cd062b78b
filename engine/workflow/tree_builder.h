#pragma once

#include <yaml-cpp/eventhandler.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "workflow/document.h"

namespace papy {

/// Makes a Document's nodes of the events of yaml-cpp's parser. (Its own Node tree forgets where
/// aliases stand, keeps duplicate keys and reads scalars by the rules of YAML 1.1.)
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Document& document, Findings& findings, const TextWords& words)
      : document_(document), findings_(findings), words_(words) {}

  /// False when the text is no YAML, or breaks a limit; a finding says which.
  bool build();

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

 private:
  // A collection that is not complete yet.
  struct Open {
    Node* node = nullptr;
    const Node* key = nullptr;  // mapping: the key whose value comes next
    std::vector<Node*> merges;  // mapping: values of its `<<`
  };
  struct Stopped {};  // thrown through the parser, after a finding said why

  Node* make(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor);
  void put(Node* node);
  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void close();
  void grow(Node& node, const Node& part);
  void refuse_duplicates(Node& mapping);
  void merge(Open& open);
  void merge_one(Node& into, const Node& from, const Node& value, std::set<std::string_view>& own);
  void check_tag(const YAML::Mark& mark, const std::string& tag, bool is_scalar);
  bool refuse_second_document(YAML::Mark mark, bool found);
  void fail(const char* rule, const Node& node, std::string message, std::string hint = "");
  void fail_at(const char* rule, std::size_t offset, std::string message, std::string hint = "");

  Document& document_;
  Findings& findings_;
  const TextWords& words_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node*> anchors_;
  std::uint32_t merged_ = 0;  // entries copied by merging, in all
};

}  // namespace papy
