#include "pool/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "base/descriptor.h"

namespace papy {
namespace {

std::optional<std::string> read_whole(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string text;
  char block[4096];
  ssize_t size = 0;
  while ((size = read(file.get(), block, sizeof block)) > 0)
    text.append(block, static_cast<std::size_t>(size));
  return text;
}

/// The parent's number in a line of /proc/PID/stat: "7 (any) name) S 1 ...".
pid_t parent_in(const std::string& stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > stat.size()) return 0;
  return static_cast<pid_t>(std::strtol(stat.c_str() + name_end + 4, nullptr, 10));
}

}  // namespace

std::vector<pid_t> children_of_this_process() {
  const auto list = read_whole(fmt::format("/proc/self/task/{}/children", getpid()));
  if (!list) return children_by_search();
  std::vector<pid_t> found;
  const char* at = list->c_str();
  for (char* end = nullptr; const long pid = std::strtol(at, &end, 10); at = end)
    found.push_back(static_cast<pid_t>(pid));
  return found;
}

std::vector<pid_t> children_by_search() {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"), closedir);
  if (!processes) return found;
  while (const dirent* entry = readdir(processes.get())) {
    const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid <= 0) continue;
    const auto stat = read_whole(fmt::format("/proc/{}/stat", pid));
    if (stat && parent_in(*stat) == getpid()) found.push_back(pid);
  }
  return found;
}

}  // namespace papy
