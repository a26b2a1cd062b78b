#include "workflow/read.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace papy {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// An open file; closed at the end unless it is stdin.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> cannot_read(const std::string& path, std::string_view why, int code) {
  return error(fmt::format("cannot read {}: {}", in_quotes(path), why), code);
}

tl::unexpected<Error> too_large(const std::string& path) {
  return cannot_read(path, fmt::format("larger than {} MiB", kLargestDocument >> 20), EFBIG);
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory, not a file";
  if (S_ISFIFO(mode)) return "a pipe, not a regular file";
  if (S_ISSOCK(mode)) return "a socket, not a regular file";
  return "a device, not a regular file";
}

Result<std::string> read_all(int fd, const std::string& path) {
  std::string text;
  char block[1 << 16];
  for (;;) {
    const ssize_t n = ::read(fd, block, sizeof block);
    if (n == 0) return text;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(path, std::strerror(errno), errno);
    text.append(block, static_cast<std::size_t>(n));
    if (text.size() > kLargestDocument + kByteOrderMark.size()) return too_large(path);
  }
}

bool starts_token(std::string_view text, std::size_t at) {
  return at == 0 || std::strchr(" \t\r\n[{,:", text[at - 1]) != nullptr;
}

// Where the quoted scalar at `at` ends (behind its quote), or the end of the text.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return text.size();
}

// Two measures, because only a parser knows for certain what is quoted: brackets open outside of
// what looks like quotes and comments, and brackets opened one behind the other, whatever is around
// them.
std::optional<std::size_t> find_bracket_flood(std::string_view text) {
  std::size_t row = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '[' || c == '{') {
      if (++row > kMostOpenBrackets) return at;
    } else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
      row = 0;
    }
  }
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if ((c == '\'' || c == '"') && starts_token(text, at)) {
      at = skip_quoted(text, at);
      continue;
    }
    if (c == '#' && starts_token(text, at)) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if ((c == '[' || c == '{') && ++open > kMostOpenBrackets) return at;
    if ((c == ']' || c == '}') && open > 0) --open;
    ++at;
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> read_document(const std::string& path) {
  const bool is_stdin = path == "-";
  // O_NONBLOCK, so that opening a FIFO that nobody writes to returns; it changes nothing for files.
  const Descriptor file(
      is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return cannot_read(path, std::strerror(errno), errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return cannot_read(path, std::strerror(errno), errno);
  if (!is_stdin && !S_ISREG(about.st_mode)) {
    return cannot_read(path, kind_of(about.st_mode), S_ISDIR(about.st_mode) ? EISDIR : EINVAL);
  }
  const auto size = static_cast<std::size_t>(about.st_size);
  if (S_ISREG(about.st_mode) && size > kLargestDocument + kByteOrderMark.size()) {
    return too_large(path);
  }
  auto text = read_all(file.get(), path);
  if (text && text->starts_with(kByteOrderMark)) text->erase(0, kByteOrderMark.size());
  return text;
}

std::optional<Unfit> find_unfit(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return Unfit{0, "not-utf8", "the document is UTF-16, expected UTF-8", "save it as UTF-8"};
  }
  const std::size_t nul = text.find('\0');
  const std::size_t bad = find_bad_utf8(text);
  if (nul < bad) return Unfit{nul, "not-utf8", "the document holds a NUL byte, expected text", ""};
  if (bad != std::string_view::npos) {
    return Unfit{bad, "not-utf8",
                 fmt::format("the document is not UTF-8: byte 0x{:02x}",
                             static_cast<unsigned char>(text[bad])),
                 "save it as UTF-8"};
  }
  if (const auto flood = find_bracket_flood(text)) {
    return Unfit{*flood, "nested-too-deep",
                 fmt::format("more than {} brackets are open here", kMostOpenBrackets), ""};
  }
  return std::nullopt;
}

}  // namespace papy
