#include "run/line_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace papy {
namespace {

constexpr std::size_t kGather = 64 * 1024;

}  // namespace

Result<std::unique_ptr<LineFile>> LineFile::create(const std::string& path, Folders folders) {
  const auto folder = std::filesystem::path(path).parent_path();
  if (folders == Folders::make && !folder.empty()) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code)
      return error(fmt::format("cannot make the folder '{}': {}", folder.string(), code.message()),
                   code.value());
  }
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) {
    const int code = errno;
    return error(fmt::format("cannot write '{}': {}", path, std::strerror(code)), code);
  }
  return std::unique_ptr<LineFile>(new LineFile(fd, path));
}

LineFile::~LineFile() {
  flush();
  close(fd_);
}

void LineFile::append(std::string_view line) {
  MutexLock lock(mutex_);
  if (failed_) {
    ++lost_;
    return;
  }
  waiting_.append(line);
  ++waiting_lines_;
  if (waiting_.size() >= kGather) write_out();
}

void LineFile::flush() {
  MutexLock lock(mutex_);
  if (!waiting_.empty()) write_out();
}

void LineFile::write_out() {
  std::size_t done = 0;
  while (done < waiting_.size()) {
    const ssize_t n = ::write(fd_, waiting_.data() + done, waiting_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno);
    done += static_cast<std::size_t>(n);
  }
  size_ += done;
  written_ += waiting_lines_;
  waiting_.clear();
  waiting_lines_ = 0;
}

void LineFile::fail(int code) {
  // Fails on a pipe, which has nothing to cut.
  [[maybe_unused]] const int cut = ftruncate(fd_, static_cast<off_t>(size_));
  failed_ = true;
  lost_ += waiting_lines_;
  waiting_.clear();
  waiting_lines_ = 0;
  error_ = Error{fmt::format("cannot write '{}': {}", path_, std::strerror(code)), code};
}

std::optional<Error> LineFile::take_error() {
  MutexLock lock(mutex_);
  return std::exchange(error_, std::nullopt);
}

std::uint64_t LineFile::written() const {
  MutexLock lock(mutex_);
  return written_ + waiting_lines_;
}

std::uint64_t LineFile::lost() const {
  MutexLock lock(mutex_);
  return lost_;
}

}  // namespace papy
