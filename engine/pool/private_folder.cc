#include "pool/private_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace papy {
namespace {

constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;

std::vector<std::string> places() {
  std::vector<std::string> places;
  for (const char* variable : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const char* value = std::getenv(variable);
    if (value && value[0] == '/') places.emplace_back(value);
  }
  places.emplace_back("/tmp");
  return places;
}

bool is_private(const std::string& folder) {
  struct stat about {};
  return lstat(folder.c_str(), &about) == 0 && S_ISDIR(about.st_mode) &&
         about.st_uid == geteuid() && (about.st_mode & 077) == 0;
}

Result<std::string> make_in(const std::string& place) {
  std::string folder = place + "/papy-XXXXXX";
  if (folder.size() + 1 + kLongestSocketName > kLongestPath)
    return error(fmt::format("{}: too long for the path of a socket", in_quotes(place)));
  if (!mkdtemp(folder.data()))
    return error(fmt::format("{}: {}", in_quotes(place), std::strerror(errno)), errno);
  if (is_private(folder)) return folder;
  rmdir(folder.c_str());
  return error(fmt::format("{}: others may enter what is made there", in_quotes(place)));
}

/// A folder below this one, also when its own rights are in the way. Follows no link.
int open_folder(int parent, const char* name) {
  constexpr int kHow = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const int opened = openat(parent, name, kHow);
  if (opened >= 0 || errno != EACCES) return opened;
  fchmodat(parent, name, 0700, 0);
  return openat(parent, name, kHow);
}

/// Removes all that is in a folder, as far as that is possible. Takes the descriptor.
void empty(int folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(fdopendir(folder), closedir);
  if (!entries) return;
  fchmod(folder, 0700);
  while (const dirent* entry = readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || unlinkat(folder, entry->d_name, 0) == 0) continue;
    const int inner = open_folder(folder, entry->d_name);
    if (inner >= 0) empty(inner);
    unlinkat(folder, entry->d_name, AT_REMOVEDIR);
  }
}

}  // namespace

Result<std::string> make_private_folder() {
  std::string reasons;
  for (const std::string& place : places()) {
    auto folder = make_in(place);
    if (folder) return folder;
    reasons += (reasons.empty() ? "" : "; ") + folder.error().text;
  }
  return error("cannot make a private folder for sockets: " + reasons);
}

void remove_private_folder(const std::string& folder) {
  const int opened = open_folder(AT_FDCWD, folder.c_str());
  if (opened < 0) return;
  empty(opened);
  rmdir(folder.c_str());
}

}  // namespace papy
