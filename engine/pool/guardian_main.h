#pragma once

#include <string>

namespace papy {

/// The word after `papy` that makes it a guardian.
inline constexpr const char* kGuardianCommand = "guardian";
/// The guardian's end of the socket to the engine.
inline constexpr int kGuardianSocket = 3;

/// The guardian's process: parent of all slots, and subreaper of whatever they leave behind. Does
/// what Guardian orders over the socket until the engine ends, in whatever way; then kills all its
/// descendants, removes `folder` (unless empty) and returns the exit code.
///
/// Two things tell it that the engine has ended, each enough: the socket ends, and the process
/// does. No signal but SIGKILL and SIGSTOP reaches it.
int guardian_main(const std::string& folder);

}  // namespace papy
