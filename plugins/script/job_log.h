#pragma once

#include <string>

#include "script/descriptor.h"
#include "script/record.h"

namespace papy::script {

/// A file with a line for each program that ended, as `parallel --joblog` writes it. Columns are
/// parted by tabs: Seq Host Starttime JobRuntime Send Receive Exitval Signal Command.
class JobLog {
 public:
  /// Replaces the file. Throws papy::fatal when it cannot be made or written.
  explicit JobLog(std::string path);
  void add(const record& done);

 private:
  void write(std::string_view text);

  std::string path_;
  Descriptor file_;
};

/// Writes `stdout`, `stderr` and `seq` of a program into FOLDER/1/VALUE/2/VALUE/..., as `parallel
/// --results` does; `/` within a value is written as `\_`. Throws papy::fatal.
void write_results(const std::string& folder, const record& done);

}  // namespace papy::script
