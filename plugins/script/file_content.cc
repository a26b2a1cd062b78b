#include "script/file_content.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <papy/cpp/error.hpp>

#include "files/input.h"
#include "script/descriptor.h"

namespace papy::script {
namespace {

constexpr std::size_t kBlock = 64 << 10;

[[noreturn]] void cannot(const char* what, const std::string& path) {
  const int code = errno;
  throw fail(code, std::string("cannot ") + what + " '" + path + "': " + files::system_text(code));
}

}  // namespace

void write_content(const std::string& path, std::string_view content) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) cannot("make", path);
  while (!content.empty()) {
    const ssize_t n = write(file.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) cannot("write", path);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::optional<std::string> read_content(const std::string& path, std::size_t most) {
  // A pipe of that name, with nobody at its other end, must not hold us.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) cannot("read", path);
  std::string content;
  while (true) {
    char block[kBlock];
    const ssize_t n = read(file.get(), block, kBlock);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) cannot("read", path);
    if (n == 0) return content;
    content.append(block, static_cast<std::size_t>(n));
    if (content.size() > most)
      throw fail("'" + path + "' has more than " + std::to_string(most) + " bytes ('most_output')");
  }
}

}  // namespace papy::script
