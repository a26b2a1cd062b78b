#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/result.h"
#include "item/failure.h"
#include "run/line_file.h"

namespace papy {

/// Keeps every item that failed, as JSON lines, so that a person can see it and a later run can
/// take it up again. The file is made when the first one comes. Any thread.
///
///     {"run": ID, "output": "table", "place": 12, "failure": {...}}     (run/json_line.h)
///
/// `place` is that of the output's stream, `failure.place` the number of the tasklet that failed.
/// Of what came to no output, because the run stopped, "output" and "place" are null.
class DeadLetters {
 public:
  /// `path`: as the user will read it.
  DeadLetters(std::string path, std::string run) : path_(std::move(path)), run_(std::move(run)) {}

  void write(std::string_view output, std::uint64_t place, const Failure& failure);
  void write_stranded(const Failure& failure);
  void flush();

  /// Why the file could not be made or written, once.
  std::optional<Error> take_error();
  std::uint64_t written() const;
  std::uint64_t lost() const;  ///< failures that are not in the file, because of an error
  const std::string& path() const { return path_; }

 private:
  LineFile* file() PAPY_EXCLUDES(mutex_);

  const std::string path_;
  const std::string run_;
  mutable Mutex mutex_;
  std::unique_ptr<LineFile> file_ PAPY_GUARDED_BY(mutex_);  // made once, never replaced
  std::optional<Error> error_ PAPY_GUARDED_BY(mutex_);      // of making it, not told yet
  bool tried_ PAPY_GUARDED_BY(mutex_) = false;
  std::uint64_t lost_ PAPY_GUARDED_BY(mutex_) = 0;  // because there is no file
};

}  // namespace papy
