#include "cli/function_table.h"

#include <fmt/format.h>

#include "base/check.h"
#include "pool/crash_note.h"

namespace papy {
namespace {

/// Says what was loaded when a library's own code crashes at that.
class LoadPlace final : public CrashPlace {
 public:
  explicit LoadPlace(const FunctionUse& use) : use_(use) {}

  void describe(CrashText& text) const override {
    text << "plugin '" << use_.plugin << "' (" << use_.library << ") while it was loaded";
  }

 private:
  const FunctionUse& use_;
};

Result<const papy_worker*> load_one(const FunctionUse& use, Libraries& libraries) {
  const LoadPlace place(use);
  const CrashWatch watch(place);
  const auto library = libraries.open(use.library);
  if (!library) return tl::unexpected(library.error());
  return (*library)->worker(use.function);
}

}  // namespace

Result<FunctionTable> FunctionTable::load(const Plan& plan, Libraries& libraries) {
  FunctionTable table;
  const auto add = [&](const char* noun, const std::string& name,
                       const FunctionUse& use) -> Result<void> {
    const papy_worker*& worker = table.functions_[{use.library, use.function}];
    if (worker != nullptr) return {};
    const auto found = load_one(use, libraries);
    if (!found) return error(fmt::format("{} '{}': {}", noun, name, found.error().text));
    worker = *found;
    return {};
  };
  for (const PlanInput& input : plan.inputs) {
    if (auto added = add("input", input.name, input.source); !added)
      return tl::unexpected(added.error());
  }
  for (const PlanPiper& piper : plan.pipers) {
    if (plan.pools[piper.pool].type == PoolType::process) continue;
    for (const FunctionUse& use : piper.worker) {
      if (auto added = add("piper", piper.name, use); !added) return tl::unexpected(added.error());
    }
  }
  for (const PlanOutput& output : plan.outputs) {
    if (auto added = add("output", output.name, output.sink); !added)
      return tl::unexpected(added.error());
  }
  return table;
}

const papy_worker* FunctionTable::find(const FunctionUse& use) const {
  const auto found = functions_.find({use.library, use.function});
  PAPY_CHECK(found != functions_.end(), use.name());
  return found->second;
}

}  // namespace papy
