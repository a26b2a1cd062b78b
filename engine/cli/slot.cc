#include <fmt/format.h>

#include <cstdlib>

#include "cli/command.h"
#include "cli/print.h"
#include "plugin/host.h"
#include "pool/slot_loop.h"

namespace papy {
namespace {

int evaluate_as_slot() {
  const char* const endpoint = std::getenv("PAPY_ENDPOINT");
  const char* const name = std::getenv("PAPY_SLOT");
  if (endpoint == nullptr || name == nullptr)
    return fail(kUsage,
                "papy starts its worker processes itself: a workflow's pool of type "
                "process says how many");
  const char* const scratch = std::getenv("PAPY_SCRATCH");
  return run_slot({.program = fmt::format("papy {}", PAPY_VERSION),
                   .endpoint = endpoint,
                   .name = name,
                   .scratch = scratch == nullptr ? temporary_folder() : scratch});
}

}  // namespace

Command add_slot(CLI::App& papy) {
  CLI::App& words = *papy.add_subcommand("slot", "A worker process");
  words.group("");  // papy starts it itself: no help shows it
  return {&words, evaluate_as_slot};
}

}  // namespace papy
