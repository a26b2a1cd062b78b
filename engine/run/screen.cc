#include "run/screen.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"

namespace papy {
namespace {

constexpr std::string_view kErase = "\r\x1b[K";

}  // namespace

int Screen::width() const {
  winsize size{};
  if (ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void Screen::message(std::string_view text) {
  if (text.empty()) return;
  MutexLock lock(mutex_);
  std::string out;
  if (!status_.empty()) out += kErase;
  out += printable_lines(text);
  if (out.back() != '\n') out += '\n';
  write(out + status_);
}

void Screen::status(std::string_view line) {
  MutexLock lock(mutex_);
  if (!live_ || line == status_) return;
  write(std::string(kErase).append(line));
  status_ = line;
}

void Screen::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool can_redraw(int fd) {
  const char* const term = std::getenv("TERM");
  return isatty(fd) == 1 && term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

}  // namespace papy
