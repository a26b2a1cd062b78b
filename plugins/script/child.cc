#include "script/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <papy/cpp/error.hpp>
#include <string_view>
#include <utility>

#include "files/input.h"

namespace papy::script {
namespace {

constexpr const char* kUsualPath = "/usr/local/bin:/bin:/usr/bin";

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw retry("cannot make a pipe: " + files::system_text(errno), errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

void make_nonblocking(const Descriptor& end) { fcntl(end.get(), F_SETFL, O_NONBLOCK); }

/// A line of the environment that no other program has, but those which this one starts. Its name
/// is its own: a papy among these adds one and hides none.
std::string new_mark() {
  static std::atomic<std::uint64_t> number{0};
  return "PAPY_PROGRAM_" + std::to_string(getpid()) + "_" + std::to_string(++number) + "=1";
}

std::string_view name_in(std::string_view entry) { return entry.substr(0, entry.find('=') + 1); }

/// Our environment with these entries in place of those of the same names.
std::vector<char*> environment_with(const std::vector<std::string>& entries,
                                    const std::string& mark) {
  std::vector<char*> all{const_cast<char*>(mark.c_str())};
  for (const std::string& entry : entries) all.push_back(const_cast<char*>(entry.c_str()));
  const std::size_t own = all.size();
  for (char** each = environ; *each != nullptr; ++each) {
    const auto is_same = [&](const char* entry) { return name_in(entry) == name_in(*each); };
    if (std::none_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(own), is_same))
      all.push_back(*each);
  }
  all.push_back(nullptr);
  return all;
}

/// How posix_spawn starts a program. Frees what it holds.
struct Spawning {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  Spawning() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  Spawning(const Spawning&) = delete;
};

std::string why_not(const Command& command, int code) {
  std::string text =
      "program '" + command.program + "' cannot be started: " + files::system_text(code);
  if (code == E2BIG) text += " (give long values by stdin, or in files: see 'stdin' and 'in')";
  return text;
}

std::string path_in(const std::string& program, const std::string& directory) {
  return program.starts_with('/') ? program : directory + "/" + program;
}

std::string obstacle_of(const std::string& path) {
  struct stat about;
  if (stat(path.c_str(), &about) != 0) return files::system_text(errno);
  if (!S_ISREG(about.st_mode)) return "it is not a file";
  return access(path.c_str(), X_OK) == 0 ? "" : "it is not executable";
}

}  // namespace

std::string found_program(const std::string& program, const std::string& directory) {
  if (program.empty()) throw fail("the command is empty, expected a program");
  const auto refuse = [&](const std::string& why) {
    throw fail(127, "program '" + program + "' cannot be had: " + why);
  };
  if (program.find('/') != std::string::npos) {
    const std::string why = obstacle_of(path_in(program, directory));
    if (!why.empty()) refuse(why);
    return path_in(program, directory);
  }
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : kUsualPath;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (!folder.starts_with('/')) continue;
    std::string file = std::string(folder) + "/" + program;
    if (obstacle_of(file).empty()) return file;
  }
  refuse("it is not on PATH");
  return {};
}

std::string working_folder(const papy::path& given, std::string_view base) {
  std::string folder = given.given == "." ? std::string(base) : given.full;
  if (folder.empty()) folder = ".";
  struct stat about;
  int code = stat(folder.c_str(), &about) != 0 ? errno : 0;
  if (code == 0 && !S_ISDIR(about.st_mode)) code = ENOTDIR;
  if (code == 0 && access(folder.c_str(), X_OK) != 0) code = errno;
  if (code == 0) return folder;
  throw fail(code, "directory '" + folder + "' cannot be entered: " + files::system_text(code));
}

Child::Child(const Command& command, Input input) : pid_(0), tree_(0, "") {
  const std::string mark = new_mark();
  Pipe to, from, complaints;
  from = make_pipe();
  complaints = make_pipe();
  Spawning how;
  if (input == Input::pipe) {
    to = make_pipe();
    posix_spawn_file_actions_adddup2(&how.actions, to.read.get(), STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&how.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&how.actions, from.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&how.actions, complaints.write.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&how.actions, STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(&how.actions, command.directory.c_str());
  std::vector<char*> argv;
  for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> environment = environment_with(command.environment, mark);
  const int code = posix_spawn(&pid_, command.program.c_str(), &how.actions, &how.attributes,
                               argv.data(), environment.data());
  if (code == EAGAIN || code == ENOMEM) throw retry(why_not(command, code), code);
  if (code != 0) throw fail(code == ENOENT ? 127 : 126, why_not(command, code));
  tree_ = Tree(pid_, mark);
  in = std::move(to.write);
  out = std::move(from.read);
  err = std::move(complaints.read);
  exited = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (!exited) {
    tree_.kill();
    reap();
    throw retry("cannot watch a process: " + files::system_text(errno), errno);
  }
  for (const Descriptor* end : {&in, &out, &err}) {
    if (*end) make_nonblocking(*end);
  }
}

Child::~Child() {
  if (reaped_ || pid_ == 0) return;
  tree_.kill();
  reap();
}

bool Child::has_ended() const {
  pollfd end{exited.get(), POLLIN, 0};
  return poll(&end, 1, 0) > 0;
}

int Child::reap() {
  siginfo_t about{};
  int status = 0;
  while (waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOWAIT) != 0 && errno == EINTR)
    continue;
  tree_.kill_group();
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  reaped_ = true;
  return status;
}

}  // namespace papy::script
