#pragma once

#include <optional>
#include <string>

#include "cli/front_end.h"

namespace papy {

/// From which level on messages of plugins and warnings are shown.
enum class LogLevel { debug, info, warning, error, off };

enum class ShowProgress { automatic, always, never };

struct RunSettings {
  std::string file;                 ///< "-": stdin
  std::optional<std::string> text;  ///< the document itself; `file` is what messages call it
  LoadWords load;
  bool quiet = false;  ///< say nothing but why the run did not go well
  std::string events;  ///< file of the event log; empty: none
  LogLevel log_level = LogLevel::info;
  ShowProgress progress = ShowProgress::automatic;
};

/// `papy run`: loads the workflow, runs it, tells of it on stderr. Returns the exit code; does not
/// return when a thread hangs in foreign code.
int run_workflow(const RunSettings& settings);

}  // namespace papy
