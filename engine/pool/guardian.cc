#include "pool/guardian.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "pool/guardian_main.h"
#include "pool/private_folder.h"

namespace papy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(2);

/// The attributes and file actions of the guardian's start, freed at the end.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, socket, kGuardianSocket);
    posix_spawn_file_actions_addclosefrom_np(&actions_, kGuardianSocket + 1);
    // A session of its own, so that no terminal reaches it; all signals blocked from the start.
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> run(const Guardian::Settings& settings) const {
    std::string words[] = {"papy", kGuardianCommand, settings.folder};
    char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    if (settings.folder.empty()) argv[2] = nullptr;
    pid_t pid = 0;
    const int code =
        posix_spawn(&pid, settings.program.c_str(), &actions_, &attributes_, argv, environ);
    if (code == 0) return pid;
    return error(fmt::format("cannot start the guardian of worker processes, {}: {}",
                             in_quotes(settings.program), std::strerror(code)),
                 code);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::string why_not_started(const ChildNews& news, const std::string& program,
                            const std::string& directory) {
  const char* why = std::strerror(news.error);
  switch (news.step) {
    case ChildNews::Step::fork:
      return fmt::format("cannot start a process: {}", why);
    case ChildNews::Step::setup:
      return fmt::format("cannot prepare a process for {}: {}", in_quotes(program), why);
    case ChildNews::Step::directory:
      return fmt::format("cannot enter {}: {}", in_quotes(directory), why);
    case ChildNews::Step::exec:
      return fmt::format("cannot start {}: {}", in_quotes(program), why);
  }
  return why;
}

/// A message and the descriptors that travel with it.
class Parcel {
 public:
  Parcel(const std::string& bytes, const std::vector<int>& descriptors)
      : bytes_{const_cast<char*>(bytes.data()), bytes.size()},
        control_(descriptors.empty() ? 0 : CMSG_SPACE(descriptors.size() * sizeof(int))) {
    message_.msg_iov = &bytes_;
    message_.msg_iovlen = 1;
    if (descriptors.empty()) return;
    message_.msg_control = control_.data();
    message_.msg_controllen = control_.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message_);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size() * sizeof(int));
  }
  Parcel(const Parcel&) = delete;
  Parcel& operator=(const Parcel&) = delete;

  const msghdr* get() const { return &message_; }

 private:
  iovec bytes_;
  std::vector<char> control_;
  msghdr message_{};
};

}  // namespace

Result<std::unique_ptr<Guardian>> Guardian::start(const Settings& settings) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    const int code = errno;
    return error(fmt::format("cannot make a socket for the guardian: {}", std::strerror(code)),
                 code);
  }
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const timeval patience{kPatience.count(), 0};
  setsockopt(ours.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const auto pid = SpawnPlan(theirs.get()).run(settings);
  if (!pid) return tl::unexpected(pid.error());
  return std::unique_ptr<Guardian>(new Guardian(std::move(ours), *pid, settings.folder));
}

Guardian::Guardian(Descriptor socket, pid_t pid, std::string folder)
    : socket_(std::move(socket)), pid_(pid), folder_(std::move(folder)) {}

Guardian::~Guardian() {
  if (alive_) {
    shutdown(socket_.get(), SHUT_WR);
    if (!wait_until_closed()) kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  if (!folder_.empty()) remove_private_folder(folder_);  // the guardian may have been killed
}

// The guardian's end of the socket closes when it has cleaned up, or is killed.
bool Guardian::wait_until_closed() {
  const auto deadline = Clock::now() + kPatience;
  for (;;) {
    char news[sizeof(ChildNews)];
    const ssize_t size = recv(socket_.get(), news, sizeof news, MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno == ECONNRESET)) return true;
    if (size > 0) continue;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd wanted{socket_.get(), POLLIN, 0};
    poll(&wanted, 1, static_cast<int>(left.count()));
  }
}

Result<void> Guardian::spawn(const Child& child) {
  PAPY_CHECK(!child.argv.empty(), "a child without words");
  PAPY_CHECK(!ordered_.contains(child.number), fmt::format("child {} is known", child.number));
  std::vector<int> descriptors{child.output};
  descriptors.insert(descriptors.end(), child.fds.begin(), child.fds.end());
  if (const auto sent = send(encode(child), descriptors); !sent) return sent;
  ordered_[child.number] = {.pid = 0,
                            .program = child.program.empty() ? child.argv[0] : child.program,
                            .directory = child.directory};
  return {};
}

void Guardian::signal(std::uint32_t child, int signal) {
  // What cannot be sent has no receiver: events() tells.
  if (ordered_.contains(child)) send(encode(ChildSignal{child, signal}), {});
}

Result<void> Guardian::send(const std::string& order, const std::vector<int>& descriptors) {
  if (order.size() > kLongestOrder || descriptors.size() > kMostDescriptors) {
    return error(fmt::format("command and environment of a worker process take {} bytes, at most {}"
                             " are possible",
                             order.size(), kLongestOrder),
                 E2BIG);
  }
  const Parcel parcel(order, descriptors);
  ssize_t sent = 0;
  do sent = sendmsg(socket_.get(), parcel.get(), MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0) return {};
  const int code = errno;
  if (code == EAGAIN) return error("the guardian of worker processes does not answer", code);
  return error(
      fmt::format("cannot reach the guardian of worker processes: {}", std::strerror(code)), code);
}

void Guardian::leave_folder() { folder_.clear(); }

std::vector<Guardian::Event> Guardian::events() {
  std::vector<Event> events;
  while (alive_) {
    ChildNews news;
    const ssize_t size = recv(socket_.get(), &news, sizeof news, MSG_DONTWAIT);
    if (size == sizeof news) {
      events.push_back(told(news));
    } else if (size < 0 && errno == EAGAIN) {
      break;
    } else if (size >= 0 || errno != EINTR) {
      on_lost(events);
    }
  }
  return events;
}

Guardian::Event Guardian::told(const ChildNews& news) {
  const auto found = ordered_.find(news.child);
  PAPY_CHECK(found != ordered_.end(), fmt::format("news of an unknown child {}", news.child));
  Event event{news.kind, news.child, news.pid, news.status, news.error, ""};
  if (news.kind == Event::Kind::not_started)
    event.text = why_not_started(news, found->second.program, found->second.directory);
  if (news.kind == Event::Kind::started) {
    found->second.pid = news.pid;
  } else {
    ordered_.erase(found);
  }
  return event;
}

// Once the guardian is gone, so are its children, by their parent-death signal. What else is in
// their groups has lost its parent, too, and is killed here.
void Guardian::on_lost(std::vector<Event>& events) {
  alive_ = false;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  for (const auto& [number, child] : ordered_) {
    if (child.pid == 0) {
      events.push_back({Event::Kind::not_started, number, 0, 0, ESRCH,
                        "the guardian of worker processes was killed"});
    } else {
      kill(-child.pid, SIGKILL);
      events.push_back({Event::Kind::ended, number, child.pid, SIGKILL, 0, ""});
    }
  }
  ordered_.clear();
}

}  // namespace papy
