#pragma once

#include <string>

#include "base/result.h"

namespace papy {

/// The longest name of a socket in a private folder.
inline constexpr std::size_t kLongestSocketName = 16;

/// Makes a folder `papy-XXXXXX` that this user alone can enter, for the sockets and scratch
/// directories of a run: in
/// $XDG_RUNTIME_DIR, else in $TMPDIR, else in /tmp. A place is passed over when it is not there,
/// not writable, or so deep that the path of a socket would be too long for the system.
Result<std::string> make_private_folder();

/// Removes it with all that is in it. Follows no links; a folder that is gone is no error.
void remove_private_folder(const std::string& folder);

}  // namespace papy
