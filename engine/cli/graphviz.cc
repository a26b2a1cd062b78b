#include "cli/graphviz.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.h"

extern char** environ;

namespace papy {
namespace {

/// A file without a name that holds `text`, to be read from its beginning.
Descriptor file_with(const std::string& text) {
  Descriptor file(memfd_create("papy-graph", MFD_CLOEXEC));
  for (std::size_t at = 0; file && at < text.size();) {
    const ssize_t written = write(file.get(), text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return {};
    at += static_cast<std::size_t>(written);
  }
  if (file) lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::string all_of(int from) {
  std::string text;
  char part[1 << 14];
  while (true) {
    const ssize_t got = read(from, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(part, static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<std::string> svg_by_graphviz(const std::string& dot) {
  const Descriptor graph = file_with(dot);
  int ends[2] = {-1, -1};
  if (!graph || pipe2(ends, O_CLOEXEC) != 0)
    return error(std::string("cannot hand a graph to dot: ") + std::strerror(errno), errno);
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, graph.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, to.get(), STDOUT_FILENO);
  char name[] = "dot", format[] = "-Tsvg";
  char* const words[] = {name, format, nullptr};
  pid_t pid = 0;
  const int code = posix_spawnp(&pid, name, &actions, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return error(std::string("cannot start dot: ") + std::strerror(code), code);
  to.reset();
  std::string svg = all_of(from.get());
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || svg.empty())
    return error("dot could not lay the graph out");
  return svg;
}

}  // namespace papy
