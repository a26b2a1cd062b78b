#pragma once

#include <papy/cpp/host.hpp>
#include <string>

namespace papy::script {

/// A folder for the files of one call, in the scratch directory of the run. Removed with all that
/// is in it.
class CallFolder {
 public:
  /// Throws papy::fail when there is no scratch directory, or it cannot be written.
  explicit CallFolder(const context& call);
  ~CallFolder();
  CallFolder(const CallFolder&) = delete;
  CallFolder& operator=(const CallFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Where a file of this name lies. Throws papy::fail when it is no name of a file.
  std::string file(const std::string& name, const std::string& port) const;

 private:
  std::string path_;
};

}  // namespace papy::script
