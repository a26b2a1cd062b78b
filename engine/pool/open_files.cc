#include "pool/open_files.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

namespace papy {
namespace {

constexpr rlim_t kForTheEngine = 64;
constexpr rlim_t kForASlot = 4;

}  // namespace

Result<void> allow_open_files(std::size_t slots) {
  const rlim_t needed = kForTheEngine + kForASlot * slots;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return error(fmt::format("cannot read the limit of open files: {}", std::strerror(errno)),
                 errno);
  if (limit.rlim_cur >= needed) return {};
  if (limit.rlim_max < needed)
    return error(fmt::format("{} worker processes need {} open files, {} are allowed (ulimit -n)",
                             slots, needed, limit.rlim_max),
                 EMFILE);
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    return error(fmt::format("cannot raise the limit of open files: {}", std::strerror(errno)),
                 errno);
  return {};
}

}  // namespace papy
