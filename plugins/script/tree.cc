#include "script/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "script/descriptor.h"

namespace papy::script {
namespace {

/// While processes are killed others are born: so often we look again. A process that cannot die
/// now (it waits for a disk) must not hold us.
constexpr int kLooks = 100;

std::string content_of(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char block[4096];
  for (ssize_t n = 0; file && (n = read(file.get(), block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(n));
  return text;
}

bool has_entry(const std::string& environment, const std::string& entry) {
  const std::string wanted = entry + '\0';
  if (environment.starts_with(wanted)) return true;
  return environment.find('\0' + wanted) != std::string::npos;
}

}  // namespace

std::vector<pid_t> Tree::marked() const {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"), closedir);
  while (const dirent* entry = processes ? readdir(processes.get()) : nullptr) {
    const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid <= 0 || pid == getpid()) continue;
    if (has_entry(content_of("/proc/" + std::string(entry->d_name) + "/environ"), mark_))
      found.push_back(pid);
  }
  return found;
}

void Tree::ask() const {
  ::kill(-leader_, SIGTERM);
  for (const pid_t pid : marked()) {
    if (getpgid(pid) != leader_) ::kill(pid, SIGTERM);
  }
}

void Tree::kill_group() const { ::kill(-leader_, SIGKILL); }

void Tree::kill() const {
  for (int look = 0; look < kLooks; ++look) {
    kill_group();
    const std::vector<pid_t> left = marked();
    if (left.empty()) return;
    for (const pid_t pid : left) ::kill(pid, SIGKILL);
  }
}

}  // namespace papy::script
