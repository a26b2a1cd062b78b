#include "cli/print.h"

#include <errno.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace papy {

int print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return kStdoutClosed;
    if (n < 0) return fail(kBroken, fmt::format("cannot write stdout: {}", std::strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return kOk;
}

int fail(int code, std::string_view text) {
  fmt::print(stderr, "error: {}\n", text);
  return code;
}

}  // namespace papy
