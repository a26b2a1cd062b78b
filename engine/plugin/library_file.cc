#include "plugin/library_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace papy {
namespace {

std::string words_for(int number) { return fmt::format("{}", std::strerror(number)); }

/// Why a file with this status must not be loaded, or nothing.
std::string objection(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  const uid_t me = ::geteuid();
  if (status.st_uid != 0 && status.st_uid != me) {
    return fmt::format("belongs to user {}, neither to you (user {}) nor to root", status.st_uid,
                       me);
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fmt::format("may be written by others (mode {:04o}); take that away with: chmod go-w",
                       status.st_mode & 07777);
  }
  return {};
}

}  // namespace

Result<LibraryFile> LibraryFile::open(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (real == nullptr) {
    return error(fmt::format("cannot open library '{}': {}", path, words_for(errno)), errno);
  }
  LibraryFile file;
  file.real_path_ = real.get();
  // O_NONBLOCK, so that a named pipe is refused below instead of waited for.
  file.descriptor_ = ::open(real.get(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &status) != 0) {
    return error(fmt::format("cannot open library '{}': {}", path, words_for(errno)), errno);
  }
  if (const std::string why = objection(status); !why.empty()) {
    return error(fmt::format("library '{}' {}", path, why));
  }
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  return file;
}

LibraryFile::LibraryFile(LibraryFile&& other) noexcept { *this = std::move(other); }

LibraryFile& LibraryFile::operator=(LibraryFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(real_path_, other.real_path_);
  std::swap(size_, other.size_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

LibraryFile::~LibraryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool LibraryFile::is_at(const char* path) const {
  struct stat status {};
  return ::stat(path, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

bool LibraryFile::read(std::uint64_t offset, void* to, std::size_t size) const {
  if (offset > size_ || size > size_ - offset) return false;
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t n = ::pread(descriptor_, at, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;  // the file shrank, or the disk failed
    at += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace papy
