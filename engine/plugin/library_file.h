#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace papy {

/// A library's file, opened and found fit to be loaded: a regular file of mine or root's that
/// nobody else may write. Whatever is read or compared later is this descriptor's file, not what
/// stands under its name by then.
class LibraryFile {
 public:
  /// Requires: an absolute path. Symbolic links are followed.
  static Result<LibraryFile> open(const std::string& path);
  LibraryFile(LibraryFile&& other) noexcept;
  LibraryFile& operator=(LibraryFile&& other) noexcept;
  ~LibraryFile();

  /// Without symbolic links.
  const std::string& real_path() const { return real_path_; }
  std::uint64_t size() const { return size_; }
  /// True when `path` is this file.
  bool is_at(const char* path) const;
  /// Reads exactly `size` bytes at `offset`; false when they are not there.
  bool read(std::uint64_t offset, void* to, std::size_t size) const;

 private:
  LibraryFile() = default;

  int descriptor_ = -1;
  std::string real_path_;
  std::uint64_t size_ = 0;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace papy
