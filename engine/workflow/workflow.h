#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/catalog.h"
#include "workflow/plan.h"
#include "workflow/section_reader.h"

namespace papy {

/// A name as it stands in the document.
struct NameUse {
  std::string name;
  const Node* node = nullptr;
};

/// A function as it stands in the document, and once found, what it is.
struct FunctionCall {
  std::string alias;
  std::string function;
  const Node* node = nullptr;
  std::string at;              ///< key path of the name
  const Node* args = nullptr;  ///< null: none are given
  std::string args_at;
  bool is_foreign = false;             ///< of a program that a pool starts: nothing of it is known
  const PluginInfo* plugin = nullptr;  ///< null: foreign, or not found, and reported
  const FunctionInfo* info = nullptr;
  std::string packed_args;  ///< a msgpack map; empty when they are wrong, and reported
};

struct PluginDecl {
  NameUse alias;
  std::string at;
  const Node* node = nullptr;
  std::vector<NameUse> candidates;  ///< the first that can be had counts; at least one
  bool is_optional = false;
};

struct PoolDecl {
  NameUse name;
  bool is_type_known = true;      ///< false: it depends on a parameter without a value
  bool has_command = false;       ///< even if what stands there was wrong, and reported
  const Node* program = nullptr;  ///< first word of the command, where it is known
  PlanPool settings;
};

struct InputDecl {
  NameUse name;
  std::optional<FunctionCall> source;  ///< none: missing or malformed, and reported
};

struct PiperDecl {
  NameUse name;
  std::vector<FunctionCall> worker;  ///< empty: missing or malformed, and reported
  std::vector<NameUse> from;
  std::optional<NameUse> pool;
  bool is_pool_known = true;      ///< false: it depends on a parameter without a value
  const Node* produce = nullptr;  ///< null: left out
  const Node* timeout = nullptr;
  const Node* deadline = nullptr;
  const Node* stateful = nullptr;
  PlanPiper settings;  ///< all that needs no look elsewhere: join, consume, produce, retries ...
};

struct OutputDecl {
  NameUse name;
  std::optional<FunctionCall> sink;
  std::optional<NameUse> from;
};

struct IgnoreDecl {
  std::string rule;
  std::string at;  ///< empty: everywhere
  const Node* node = nullptr;
};

/// A document as plain structs, in its order; every name still a word. What was wrong is left out
/// or has its default, and was reported. The nodes belong to the Document.
struct Workflow {
  std::string name;
  std::vector<PluginDecl> plugins;
  std::vector<PoolDecl> pools;
  std::vector<InputDecl> inputs;
  std::vector<PiperDecl> pipers;
  std::vector<OutputDecl> outputs;
  std::vector<IgnoreDecl> ignores;
  MaxFailures max_failures;
  std::optional<std::uint64_t> memory;
  std::optional<std::string> dead_letters;
};

/// Reads the document by the table of keys. `cores`: slots of a pool that does not say how many.
/// Requires: references are already replaced.
Workflow read_workflow(const SectionReader& document, std::uint32_t cores, const Reading& reading);

}  // namespace papy
