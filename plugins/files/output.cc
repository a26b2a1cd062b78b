#include "files/output.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <ctime>
#include <papy/cpp/error.hpp>
#include <utility>

#include "files/input.h"

namespace papy::files {
namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_folder(const std::string& path) {
  struct stat about;
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

/// Writes all of `text`, or says so with errno.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// Where a path leads to, though nothing may be there yet: the file behind a symbolic link is
/// written, not the link.
std::string real_target(std::string path) {
  if (path.empty()) throw fatal("cannot write '': the path is empty", ENOENT);
  const std::string given = path;
  constexpr int kMostLinks = 40;  // as the system allows
  for (int links = 0; links <= kMostLinks; ++links) {
    char target[PATH_MAX];
    const ssize_t size = readlink(path.c_str(), target, sizeof target);
    if (size < 0) return path;  // no link
    const std::string to(target, static_cast<std::size_t>(size));
    path = to.starts_with('/') ? to : folder_of(path) + "/" + to;
  }
  throw fatal("cannot write '" + given + "': its symbolic links lead in a circle", ELOOP);
}

}  // namespace

void Output::cannot_write(const char* what) const {
  const int code = errno;
  throw fatal("cannot " + std::string(what) + " '" + path_ + "': " + system_text(code), code);
}

Output::Output(std::string path)
    : path_(real_target(std::move(path))), part_(path_ + ".part"), encoder_(encoder_for(path_)) {
  const std::string folder = folder_of(path_);
  if (is_folder(path_)) throw fatal("cannot write '" + path_ + "': it is a directory", EISDIR);
  if (!is_folder(folder)) {
    throw fatal("cannot write '" + path_ + "': the directory '" + folder + "' does not exist",
                ENOENT);
  }
  struct stat about;
  device_ = stat(path_.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
  device_ ? open_device() : open_part();
  buffer_.reserve(kBuffer);
}

void Output::open_part() {
  // The lock is on what the name leads to, so look again whether it still does: the owner may just
  // have renamed it.
  while (true) {
    fd_ = open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd_ < 0) {
      const int code = errno;
      throw fatal("cannot write '" + part_ + "': " + system_text(code), code);
    }
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      close(fd_);
      throw fatal(
          "cannot write '" + path_ + "': it is being written already, by another output or run",
          EBUSY);
    }
    struct stat opened;
    struct stat named;
    const bool same = fstat(fd_, &opened) == 0 && stat(part_.c_str(), &named) == 0 &&
                      opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
    if (same) break;
    close(fd_);
  }
}

void Output::open_device() {
  fd_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd_ < 0 && errno == ENXIO)
    throw fatal("cannot write '" + path_ + "': nobody reads this pipe", ENXIO);
  if (fd_ < 0 || fcntl(fd_, F_SETFL, O_WRONLY) != 0) cannot_write("write");
  begun_ = true;
}

Output::~Output() {
  if (finished_) return;
  struct stat about;
  if (!begun_ && buffer_.empty() && fstat(fd_, &about) == 0 && about.st_size == 0) {
    unlink(part_.c_str());  // the run never began
  } else if (begun_ || !buffer_.empty()) {
    try {
      flush();
    } catch (const fatal&) {  // the run ended without finish(): who resumes it goes back to a mark
    }
  }
  close(fd_);
}

void Output::begin() {
  if (begun_) return;
  if (ftruncate(fd_, 0) != 0) cannot_write("write");
  begun_ = true;
}

void Output::flush() {
  begin();
  put(buffer_);
  buffer_.clear();
}

/// Hands text to the system, packed when that is asked for.
void Output::put(std::string_view text) {
  if (encoder_ != nullptr) {
    packed_.clear();
    encoder_->encode(text, packed_);
    frame_open_ = frame_open_ || !text.empty();
    text = packed_;
  }
  put_raw(text);
}

void Output::put_raw(std::string_view bytes) {
  if (!write_all(fd_, bytes)) {
    buffer_.clear();  // part of it may be there: nobody may write it again
    cannot_write("write");
  }
  flushed_ += bytes.size();
}

/// What is with the system afterwards can be read to its end, also when it is packed.
void Output::end_frame() {
  flush();
  if (encoder_ == nullptr || !frame_open_) return;
  packed_.clear();
  encoder_->end(packed_);
  frame_open_ = false;
  put_raw(packed_);
}

void Output::write_long(std::string_view text) {
  flush();
  if (text.size() <= kBuffer / 2) {
    buffer_.append(text);
    return;
  }
  put(text);
}

std::string Output::mark() {
  end_frame();
  return std::to_string(flushed_);
}

void Output::sync() {
  end_frame();
  if (device_) return;
  if (fdatasync(fd_) != 0) cannot_write("flush");
}

void Output::go_back(std::string_view mark) {
  if (device_) throw fatal("cannot go on with '" + path_ + "': it is no file", ESPIPE);
  std::uint64_t size = 0;
  const char* const end = mark.data() + mark.size();
  const auto read = std::from_chars(mark.data(), end, size);
  struct stat about;
  if (fstat(fd_, &about) != 0) cannot_write("read");
  if (read.ec != std::errc() || read.ptr != end ||
      static_cast<std::uint64_t>(about.st_size) < size) {
    throw fatal("cannot go on with '" + part_ + "': it has " + std::to_string(about.st_size) +
                    " bytes, expected at least '" + std::string(mark) + "'",
                EINVAL);
  }
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0 ||
      lseek(fd_, static_cast<off_t>(size), SEEK_SET) < 0) {
    cannot_write("write");
  }
  buffer_.clear();
  encoder_ = encoder_for(path_);
  frame_open_ = false;
  flushed_ = size;
  begun_ = true;
}

void Output::take_name() {
  if (fsync(fd_) != 0) cannot_write("flush");
  if (rename(part_.c_str(), path_.c_str()) != 0) cannot_write("rename the finished");
  const int folder = open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  fsync(folder);  // some file systems refuse; the file itself is safe
  close(folder);
}

void Output::finish(bool ok) {
  if (finished_) return;
  if (ok) {
    frame_open_ = frame_open_ || flushed_ == 0;  // nothing is one frame of nothing
    end_frame();
  }
  if (!device_ && ok) take_name();
  if (!device_ && !ok) unlink(part_.c_str());
  finished_ = true;
  close(fd_);
}

StandardOutput::StandardOutput() : terminal_(isatty(STDOUT_FILENO) == 1) {}

void StandardOutput::write(std::string_view text) {
  constexpr std::size_t kEnough = 64 * 1024;
  constexpr std::uint64_t kLongAgoNs =
      20'000'000;  // a trickle is written at once, a flood in blocks
  buffer_.append(text);
  const std::uint64_t now = now_ns();
  if (terminal_ || buffer_.size() >= kEnough || now - last_ns_ >= kLongAgoNs) {
    flush();
    last_ns_ = now;
  }
}

StandardOutput::~StandardOutput() {
  if (!buffer_.empty()) write_all(STDOUT_FILENO, buffer_);
}

void StandardOutput::flush() {
  const bool ok = write_all(STDOUT_FILENO, buffer_);
  const int code = errno;
  buffer_.clear();
  if (ok) return;
  if (code == EPIPE) throw fatal("standard output was closed by its reader", EPIPE);
  if (code == EBADF) throw fatal("standard output is closed", EPIPE);
  throw fatal("cannot write standard output: " + system_text(code), code);
}

}  // namespace papy::files
