#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "workflow/workflow.h"

namespace papy {

/// Finds the functions that a workflow calls, checks that they may stand where they do, and packs
/// their arguments.
class Functions {
 public:
  Functions(Catalog& catalog, const Reading& reading);
  ~Functions();

  /// Looks up every plugin that the workflow lists, then every function that it calls; fills in
  /// FunctionCall::plugin, info and packed_args. Functions of programs that a pool's `command`
  /// starts are not looked up: any name is right, and any args.
  void resolve(Workflow& workflow);

  /// Whether an argument's value is not known yet.
  bool has_unknown_args() const { return has_unknown_args_; }

 private:
  // A plugin as the document calls it.
  struct Library {
    const PluginInfo* info = nullptr;  // null: could not be had
    bool is_optional = false;          // and that was only a warning
    std::unordered_map<std::string_view, const FunctionInfo*> functions;
  };
  struct Schemas;

  void look_up(const PluginDecl& decl);
  void report_not_found(const PluginDecl& decl, const std::string& why);
  bool is_loadable_name(const NameUse& candidate, const std::string& at) const;
  Library& library(const FunctionCall& call);
  void resolve(FunctionCall& call, FunctionKind kind);
  void accept_foreign(FunctionCall& call);
  void report_unknown(const FunctionCall& call, const Library& library);
  void check_kind(const FunctionCall& call, FunctionKind kind);
  void set_info(Library& library, const PluginInfo& info);

  Catalog& catalog_;
  const Reading& reading_;
  std::map<std::string, Library, std::less<>> libraries_;  // by alias
  std::unique_ptr<Schemas> schemas_;
  bool has_unknown_args_ = false;
};

}  // namespace papy
