#include "pool/slot_output.h"

#include <unistd.h>

#include <cerrno>

namespace papy {

/// Takes what one read gives. False: there is no more now, or for ever.
bool SlotOutput::fill() {
  if (fd() < 0) return false;
  char bytes[4096];
  const ssize_t n = ::read(fd(), bytes, sizeof bytes);
  if (n < 0 && errno == EINTR) return true;
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
  if (n <= 0) {
    pipe_.reset();
    return false;
  }
  const std::string_view text(bytes, static_cast<std::size_t>(n));
  open_ += text;
  tail_ += text;
  if (tail_.size() > 2 * kTail) tail_.erase(0, tail_.size() - kTail - 1);
  return open_.size() <= kLongestLine;
}

std::string SlotOutput::tail() const {
  std::string_view text = tail_;
  if (text.size() > kTail) {
    text.remove_prefix(text.size() - kTail - 1);
    const std::size_t line = text.find('\n');
    text.remove_prefix(line != std::string_view::npos && line + 1 < text.size() ? line + 1 : 1);
  }
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return std::string(text);
}

}  // namespace papy
