#include "io/paths.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <papy/cpp/error.hpp>

#include "files/input.h"

namespace papy::io {
namespace {

/// A directory that is not there holds nothing; one that may not be read may hold what is looked
/// for.
int is_worth_telling(const char*, int error) { return error != ENOENT && error != ENOTDIR; }

}  // namespace

std::vector<std::string> files_that_match(const std::string& pattern, Links links) {
  glob_t found{};
  const int how = glob(pattern.c_str(), GLOB_NOSORT, is_worth_telling, &found);
  const int code = errno;
  std::vector<std::string> paths;
  for (std::size_t i = 0; how == 0 && i < found.gl_pathc; ++i) {
    struct stat about;
    const std::string path = found.gl_pathv[i];
    if ((links == Links::skip ? lstat : stat)(path.c_str(), &about) != 0)
      continue;  // a dangling link, or gone
    if (S_ISREG(about.st_mode)) paths.push_back(path);
  }
  globfree(&found);
  if (how == GLOB_NOSPACE) throw std::bad_alloc();
  if (how == GLOB_ABORTED) {
    throw fatal("cannot look for '" + pattern + "': " + files::system_text(code), code);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string content_of(const std::string& path) {
  try {
    files::Input input(path);
    while (input.more(files::Wait::yes, {}) == files::More::bytes) continue;
    return std::string(input.buffered());
  } catch (const fatal& wrong) {  // of this item only
    throw fail(wrong.code(), wrong.what());
  }
}

}  // namespace papy::io
