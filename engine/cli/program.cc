#include "cli/program.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace papy {
namespace {

/// Nothing when the file can be started, else why not.
std::string obstacle(const std::string& file) {
  struct stat status;
  if (stat(file.c_str(), &status) != 0) return std::strerror(errno);
  if (!S_ISREG(status.st_mode)) return "not a file";
  return access(file.c_str(), X_OK) == 0 ? std::string() : "it is not executable";
}

}  // namespace

Result<std::string> find_program(std::string_view program, const char* path) {
  if (program.find('/') != std::string_view::npos) {
    const std::string file(program);
    const std::string why = obstacle(file);
    if (why.empty()) return file;
    return error(fmt::format("{}: {}", in_quotes(file), why));
  }
  std::string_view rest = path != nullptr ? path : "/usr/local/bin:/bin:/usr/bin";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (!folder.starts_with('/')) continue;
    std::string file = fmt::format("{}/{}", folder, program);
    if (obstacle(file).empty()) return file;
  }
  return error("it is not on PATH");
}

}  // namespace papy
