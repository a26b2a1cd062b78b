#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "workflow/plan.h"

namespace papy {

/// Why a task came back without a result.
///
///     desk.lose(task, {.why = Loss::Why::died, .at = 3, .function = "fastx.trim", .kind = "crash",
///                      .code = 11, .message = "killed by signal 11"});
///
/// Who is to blame is said by whoever had the task; what becomes of its tasklets is decided by the
/// flow (DESIGN.md section 6): a suspect is evaluated alone, and fails when it dies there again and
/// again.
struct Loss {
  enum class Why {
    returned,   ///< it was not begun: it is handed out again as it is
    died,       ///< the slot's process ended by itself, or was killed by others
    timed_out,  ///< the slot was ended because a tasklet took too long
  } why = Why::returned;
  std::optional<std::uint32_t> at;  ///< index of the tasklet under evaluation (0 for a flush);
                                    ///< none: nobody is to blame
  bool many = false;        ///< it was in call_many from `at` on: any from there on may be to blame
  bool ended = false;       ///< a function in front of it had said END with a value for it
  std::uint32_t stage = 0;  ///< of the group's pipers
  std::string function;     ///< "plugin.function"
  std::string kind;         ///< of the failure, if it comes to one: "crash", "timeout", "deadline",
                            ///< "memory"
  std::int32_t code = 0;    ///< signal number, or exit code
  std::string message;      ///< for the user: what happened, and the process's last words
  Duration elapsed{0};      ///< since that attempt of that tasklet began
};

}  // namespace papy
