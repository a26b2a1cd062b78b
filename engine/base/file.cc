#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/text.h"

namespace papy {
namespace {

// An open file, closed at the end; or stdin, which is only borrowed.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : is_stdin_(path == "-"),
        // O_NONBLOCK, so that opening a pipe that nobody writes to returns; it changes nothing for
        // files.
        fd_(is_stdin_ ? STDIN_FILENO
                      : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (!is_stdin_ && fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool is_stdin() const { return is_stdin_; }

 private:
  bool is_stdin_;
  int fd_;
};

tl::unexpected<Error> cannot_read(const std::string& path, std::string_view why, int code) {
  return error(fmt::format("cannot read {}: {}", in_quotes(path), why), code);
}

tl::unexpected<Error> too_large(const std::string& path, std::size_t most) {
  return cannot_read(path, fmt::format("larger than {} bytes", most), EFBIG);
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory, not a file";
  if (S_ISFIFO(mode)) return "a pipe, not a regular file";
  if (S_ISSOCK(mode)) return "a socket, not a regular file";
  return "a device, not a regular file";
}

Result<std::string> read_all(int fd, const std::string& path, std::size_t most) {
  std::string text;
  char block[1 << 16];
  for (;;) {
    const ssize_t n = ::read(fd, block, sizeof block);
    if (n == 0) return text;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(path, std::strerror(errno), errno);
    text.append(block, static_cast<std::size_t>(n));
    if (text.size() > most) return too_large(path, most);
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const Descriptor file(path);
  if (file.get() < 0) return cannot_read(path, std::strerror(errno), errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return cannot_read(path, std::strerror(errno), errno);
  const bool is_regular = S_ISREG(about.st_mode);
  if (!file.is_stdin() && !is_regular) {
    return cannot_read(path, kind_of(about.st_mode), S_ISDIR(about.st_mode) ? EISDIR : EINVAL);
  }
  if (is_regular && static_cast<std::size_t>(about.st_size) > most) return too_large(path, most);
  return read_all(file.get(), path, most);
}

}  // namespace papy
