#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/result.h"

namespace papy {

/// A file that grows by whole lines, from any thread.
///
/// Lines gather until 64 KiB are there or flush() is called. When writing fails (a full disk, say)
/// the file is cut back to its last whole line and takes no more: lines are counted as lost then,
/// and take_error() says why, once.
class LineFile {
 public:
  /// Makes the file, empty. Missing folders on the way are made too when `folders` says so.
  enum class Folders { must_exist, make };
  static Result<std::unique_ptr<LineFile>> create(const std::string& path, Folders folders);
  ~LineFile();

  /// Requires: `line` ends in a line feed and has no other.
  void append(std::string_view line);
  void flush();

  /// Why writing failed, the first time it is asked after that.
  std::optional<Error> take_error();
  std::uint64_t written() const;  ///< lines that were taken, lost ones left out
  std::uint64_t lost() const;     ///< lines that are not in the file
  const std::string& path() const { return path_; }

 private:
  LineFile(int fd, std::string path) : path_(std::move(path)), fd_(fd) {}
  void write_out() PAPY_REQUIRES(mutex_);
  void fail(int code) PAPY_REQUIRES(mutex_);

  const std::string path_;
  const int fd_;
  mutable Mutex mutex_;
  std::string waiting_ PAPY_GUARDED_BY(mutex_);  // whole lines, not yet in the file
  std::uint64_t waiting_lines_ PAPY_GUARDED_BY(mutex_) = 0;
  std::uint64_t size_ PAPY_GUARDED_BY(mutex_) = 0;  // of the file, in whole lines
  std::uint64_t written_ PAPY_GUARDED_BY(mutex_) = 0;
  std::uint64_t lost_ PAPY_GUARDED_BY(mutex_) = 0;
  bool failed_ PAPY_GUARDED_BY(mutex_) = false;
  std::optional<Error> error_ PAPY_GUARDED_BY(mutex_);  // not told yet
};

}  // namespace papy
