#include "script/call_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <papy/cpp/error.hpp>

#include "files/input.h"

namespace papy::script {

CallFolder::CallFolder(const context& call) {
  const char* const scratch = papy::scratch();
  if (scratch == nullptr) throw fail("there is no scratch directory for the files of a call");
  path_ = std::string(scratch) + "/" + std::string(call.piper()) + "-" +
          std::to_string(call.tasklet()) + "-XXXXXX";
  if (mkdtemp(path_.data()) != nullptr) return;
  throw retry("cannot make the folder '" + path_ + "': " + files::system_text(errno), errno);
}

CallFolder::~CallFolder() {
  std::error_code failed;
  std::filesystem::remove_all(path_, failed);
}

std::string CallFolder::file(const std::string& name, const std::string& port) const {
  const bool is_name = !name.empty() && name != "." && name != ".." &&
                       name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (!is_name) throw fail("port '" + port + "': '" + name + "' is no name of a file");
  return path_ + "/" + name;
}

}  // namespace papy::script
