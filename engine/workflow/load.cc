#include "workflow/load.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <set>

#include "base/text.h"
#include "workflow/check.h"
#include "workflow/document.h"
#include "workflow/functions.h"
#include "workflow/interpolation.h"
#include "workflow/params.h"
#include "workflow/plan_builder.h"
#include "workflow/read.h"
#include "workflow/rules.h"
#include "workflow/workflow.h"

namespace papy {
namespace {

// Makes a Loaded, step by step.
class Loader {
 public:
  Loader(Catalog& catalog, const LoadOptions& options) : catalog_(catalog), options_(options) {}

  Loaded load_file(const std::string& path);
  Loaded load_text(std::string text, const std::string& name, const std::string& base);

 private:
  // A document's number among the sources is only final once all texts lie where they stay: hence
  // pointers.
  std::uint32_t add_source(std::string name, std::string text) {
    sources_.push_back(std::make_unique<Source>(std::move(name), std::move(text)));
    return static_cast<std::uint32_t>(sources_.size() - 1);
  }

  void load(std::uint32_t source, const std::string& base);
  void load_params_file(const std::string& path);
  void load_sets();
  bool interpolate(Document& document, const Reading& reading);
  std::set<std::string, std::less<>> declared_env(const Document& document,
                                                  const Reading& reading) const;
  void compile(Workflow& workflow, const Reading& reading);
  Loaded finish();

  Catalog& catalog_;
  const LoadOptions& options_;
  std::vector<std::unique_ptr<Source>> sources_;
  Findings findings_;
  std::vector<GivenParam> given_;
  std::vector<std::unique_ptr<Document>> params_documents_;
  std::vector<IgnoreDecl> ignores_;
  std::optional<Plan> plan_;
};

Loaded Loader::load_file(const std::string& path) {
  const bool is_stdin = path == "-";
  auto text = read_document(path);
  const std::string name = is_stdin ? "stdin" : path;
  if (!text) {
    add_source(name, "");
    findings_.add({.rule = "unreadable", .message = text.error().text});
    return finish();
  }
  const std::string file = absolute_path(path, options_.cwd);
  const std::string base =
      is_stdin ? options_.cwd : std::filesystem::path(file).parent_path().string();
  return load_text(std::move(*text), name, base);
}

Loaded Loader::load_text(std::string text, const std::string& name, const std::string& base) {
  load(add_source(name, std::move(text)), base);
  return finish();
}

void Loader::load_params_file(const std::string& path) {
  auto text = read_document(path);
  if (!text) {
    const std::uint32_t source = add_source(path, "");
    findings_.add({.rule = "unreadable", .span = {source, 0, 0}, .message = text.error().text});
    return;
  }
  const std::uint32_t source = add_source(path, std::move(*text));
  params_documents_.push_back(std::make_unique<Document>(sources_[source]->text(), source));
  Document& document = *params_documents_.back();
  if (!document.parse(findings_, {"the file", "a mapping of params, like 'workers: 4'"})) return;
  for (const Node::Entry& entry : document.root()->entries) {
    const Node::Kind kind = entry.value->follow().kind;
    if (kind != Node::Kind::scalar) {
      findings_.add({.rule = "wrong-type",
                     .span = document.span(*entry.value),
                     .message = fmt::format("param {} wants a single value, not {}",
                                            in_quotes(entry.key->text), describe(*entry.value))});
      continue;
    }
    given_.push_back({entry.key->text, entry.value->scalar(), false, document.span(*entry.key),
                      document.span(entry.value->follow())});
  }
}

void Loader::load_sets() {
  for (const auto& [name, value] : options_.sets) {
    const std::uint32_t source = add_source("--set", name + "=" + value);
    const auto end = static_cast<std::uint32_t>(name.size());
    const auto whole = static_cast<std::uint32_t>(name.size() + 1 + value.size());
    if (find_bad_utf8(value) != std::string::npos || value.find('\0') != std::string::npos) {
      findings_.add(
          {.rule = "not-utf8",
           .span = {source, end + 1, whole},
           .message = fmt::format("the value of param {} is not UTF-8", in_quotes(name))});
      continue;
    }
    given_.push_back({name, value, true, Span{source, 0, end}, Span{source, end + 1, whole}});
  }
}

std::set<std::string, std::less<>> Loader::declared_env(const Document& document,
                                                        const Reading& reading) const {
  std::set<std::string, std::less<>> names;
  const Node* const list = document.root()->find("env");
  if (list == nullptr) return names;
  const KeyPath root;
  const KeyPath path = root / "env";
  const auto& items = list->follow().items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto name = name_of(*items[i]);
    if (!name) continue;  // the table's check reports it
    const bool is_name = name->find_first_of("={}$ \t\n") == std::string_view::npos;
    if (!is_name || name->empty()) {
      reading.error("bad-name", *items[i], path[i],
                    fmt::format("{} names no environment variable", in_quotes(*name)));
    }
    names.emplace(*name);
  }
  return names;
}

// False when references make the document too large to go on with.
bool Loader::interpolate(Document& document, const Reading& reading) {
  const auto declared = declared_env(document, reading);
  const KeyPath root;
  const Node* const section = document.root()->find("params");
  if (section != nullptr) {
    const Interpolation env_only(options_.env, declared, nullptr, reading);
    env_only.apply(const_cast<Node&>(section->follow()), root / "params");
  }
  const ParamValues params = read_params(
      section, given_, options_.values_required ? Missing::is_error : Missing::is_unknown, reading);
  const Interpolation interpolation(options_.env, declared, &params, reading);
  constexpr std::string_view kLiteral[] = {"version", "params",   "env",   "secrets",
                                           "observe", "profiles", "tests", "lint"};
  std::uint64_t bytes = 0;
  for (const Node::Entry& entry : document.root()->entries) {
    const std::string_view key = entry.key->text;
    const bool is_literal =
        key.starts_with("x-") ||
        std::find(std::begin(kLiteral), std::end(kLiteral), key) != std::end(kLiteral);
    if (is_literal) continue;
    bytes += interpolation.apply(*entry.value, root / key);
    if (bytes <= kMostText) continue;
    reading.error("too-many-nodes", *entry.key, root / key,
                  fmt::format("with what references put there, the document has more than {} MiB",
                              kMostText >> 20));
    return false;
  }
  return true;
}

void Loader::load(std::uint32_t source, const std::string& base) {
  Document document(sources_[source]->text(), source);
  if (!document.parse(findings_)) return;
  for (const std::string& file : options_.params_files) {
    load_params_file(file == "-" ? file : absolute_path(file, options_.cwd));
  }
  load_sets();
  const Reading reading{document, findings_, base, options_.cwd};
  if (!interpolate(document, reading)) return;
  const KeyPath path;
  const SectionReader root(*document.root(), kDocument, "", path, reading);
  Workflow workflow = read_workflow(root, options_.cores, reading);
  if (workflow.name.empty()) {
    workflow.name = std::filesystem::path(sources_[source]->name()).stem().string();
  }
  for (const std::string_view section : {"inputs", "outputs"}) {
    const Node* const node = root.node(section);
    if (node == nullptr || !node->follow().entries.empty()) continue;
    reading.error("empty-section", *node, path / section,
                  fmt::format("the document has no {}", section));
  }
  ignores_ = workflow.ignores;
  compile(workflow, reading);
  if (plan_) plan_->file = sources_[source]->name();
}

void Loader::compile(Workflow& workflow, const Reading& reading) {
  find_programs(workflow, options_.find_program, reading);
  Functions functions(catalog_, reading);
  functions.resolve(workflow);
  const Graph graph = check_graph(workflow, reading);
  check_workflow(workflow, graph, reading);
  if (findings_.errors() > 0 || functions.has_unknown_args()) return;
  plan_ = build_plan(workflow, graph, "", reading.base);
}

Loaded Loader::finish() {
  Loaded loaded;
  loaded.plan = std::move(plan_);
  for (auto& source : sources_) loaded.sources.push_back(std::move(*source));
  for (Diagnostic& finding : findings_.take()) {
    const bool is_ignored = std::any_of(ignores_.begin(), ignores_.end(), [&](const auto& ignore) {
      return suppresses(ignore.rule, ignore.at, finding);
    });
    if (!is_ignored) loaded.findings.push_back(std::move(finding));
  }
  return loaded;
}

}  // namespace

Loaded load_workflow(const std::string& path, Catalog& catalog, const LoadOptions& options) {
  return Loader(catalog, options).load_file(path);
}

Loaded load_workflow_text(std::string text, const std::string& name, const std::string& base,
                          Catalog& catalog, const LoadOptions& options) {
  return Loader(catalog, options).load_text(std::move(text), name, base);
}

}  // namespace papy
