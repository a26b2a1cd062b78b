#include "pool/guardian_main.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "base/check.h"
#include "base/descriptor.h"
#include "pool/child.h"
#include "pool/child_start.h"
#include "pool/descendants.h"
#include "pool/private_folder.h"

namespace papy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kEndWithin = std::chrono::milliseconds(1500);  // the engine waits 2 s for us
constexpr int kRoundMs = 10;  // between two looks for descendants, if none ends meanwhile

/// An order as it came, with its descriptors.
struct Received {
  enum class What { order, nothing, end } what = What::nothing;
  std::string bytes;
  std::vector<Descriptor> descriptors;
  bool complete = true;  // false: we have no room for all of its descriptors
};

Received receive(int socket) {
  static char bytes[kLongestOrder];
  alignas(cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))];
  iovec place{bytes, sizeof bytes};
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (size <= 0) return {.what = Received::What::end};
  Received received{.what = Received::What::order,
                    .bytes = std::string(bytes, static_cast<std::size_t>(size)),
                    .complete = (message.msg_flags & MSG_CTRUNC) == 0};
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; at + sizeof(int) <= each->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each) + at, sizeof fd);
      received.descriptors.emplace_back(fd);
    }
  }
  return received;
}

/// Whether this process has children among these, living or not reaped.
bool have_children(idtype_t which, pid_t id) {
  siginfo_t about{};
  return waitid(which, static_cast<id_t>(id), &about, WEXITED | WNOHANG | WNOWAIT) == 0;
}

class GuardianProcess {
 public:
  GuardianProcess(Descriptor socket, Descriptor owner, Descriptor signals)
      : socket_(std::move(socket)), owner_(std::move(owner)), signals_(std::move(signals)) {}

  /// Returns when the engine has ended.
  void serve();
  void end_all();

 private:
  struct Known {
    pid_t pid = 0;
    Descriptor report;   // open until it is known whether the program has begun
    bool ended = false;  // it is reaped; others of its group may be left
    int status = 0;
  };
  using Children = std::map<std::uint32_t, Known>;

  void wait();
  void take_order();
  void obey(Child child, std::vector<Descriptor> descriptors, bool complete);
  void obey(const ChildSignal& order);
  void learn_starts();
  bool learn_start(std::uint32_t number, Known& child);
  bool reap_one();
  void reap();
  void tell_ends();
  void tell(const ChildNews& news) { news_.push_back(news); }
  void send_news();

  const Descriptor socket_;
  const Descriptor owner_;    // the engine's process; none where the system cannot watch it
  const Descriptor signals_;  // SIGCHLD
  bool over_ = false;
  bool order_came_ = false;
  Children children_;           // until their end is told
  std::deque<ChildNews> news_;  // what the socket did not take yet
};

void GuardianProcess::serve() {
  while (!over_) {
    wait();
    if (over_) return;
    if (order_came_) take_order();
    reap();
    learn_starts();  // after reap(): whoever has ended says now whether it had begun
    tell_ends();
    send_news();
  }
}

void GuardianProcess::wait() {
  std::vector<pollfd> wanted{
      {socket_.get(), static_cast<short>(POLLIN | POLLRDHUP | (news_.empty() ? 0 : POLLOUT)), 0},
      {owner_.get(), POLLIN, 0},
      {signals_.get(), POLLIN, 0}};
  for (const auto& [number, child] : children_) {
    if (child.report) wanted.push_back({child.report.get(), POLLIN, 0});
  }
  if (poll(wanted.data(), wanted.size(), -1) < 0) return;
  order_came_ = (wanted[0].revents & POLLIN) != 0;
  over_ = (wanted[0].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0 || wanted[1].revents != 0;
}

// One a turn, so that the end of the engine is seen between any two.
void GuardianProcess::take_order() {
  Received received = receive(socket_.get());
  over_ = received.what == Received::What::end;
  if (received.what != Received::What::order) return;
  auto order = decode_order(received.bytes);
  PAPY_CHECK(order, "an order that cannot be read");
  if (auto* child = std::get_if<Child>(&*order))
    obey(std::move(*child), std::move(received.descriptors), received.complete);
  else
    obey(std::get<ChildSignal>(*order));
}

void GuardianProcess::obey(Child child, std::vector<Descriptor> descriptors, bool complete) {
  ChildNews failure{.kind = ChildNews::Kind::not_started, .child = child.number};
  failure.error = EMFILE;
  if (!complete || descriptors.empty()) return tell(failure);
  child.output = descriptors.front().get();
  for (std::size_t i = 1; i < descriptors.size(); ++i) child.fds.push_back(descriptors[i].get());
  auto started = start_child(child);
  if (!started) {
    failure.error = started.error();
    return tell(failure);
  }
  children_[child.number] = {.pid = started->pid, .report = std::move(started->report)};
}

void GuardianProcess::obey(const ChildSignal& order) {
  const auto found = children_.find(order.number);
  // A child that is reaped gave its number back: it may be another's by now.
  if (found == children_.end() || found->second.ended) return;
  kill(-found->second.pid, order.signal);
}

void GuardianProcess::learn_starts() {
  for (auto child = children_.begin(); child != children_.end();) {
    const bool runs = !child->second.report || learn_start(child->first, child->second);
    child = runs ? std::next(child) : children_.erase(child);
  }
}

// False when the child could not be started: it is told, and what is left of it is nobody's.
bool GuardianProcess::learn_start(std::uint32_t number, Known& child) {
  StartFailure failure;
  const ssize_t size = read(child.report.get(), &failure, sizeof failure);
  if (size < 0) return true;  // not known yet
  child.report.reset();
  if (size == sizeof failure) {
    tell({ChildNews::Kind::not_started, failure.step, number, 0, 0, failure.error});
    return false;
  }
  tell({.kind = ChildNews::Kind::started, .child = number, .pid = child.pid});
  return true;
}

// The order matters: as long as the leader is not reaped, its number is not given to another group.
bool GuardianProcess::reap_one() {
  siginfo_t about{};
  if (waitid(P_ALL, 0, &about, WEXITED | WNOHANG | WNOWAIT) != 0 || about.si_pid == 0) return false;
  const pid_t pid = about.si_pid;
  int status = 0;
  for (auto& [number, child] : children_) {
    if (child.pid != pid || child.ended) continue;
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    child.ended = true;
    child.status = status;
    return true;
  }
  waitpid(pid, &status, 0);
  return true;
}

void GuardianProcess::reap() {
  signalfd_siginfo ignored;
  while (read(signals_.get(), &ignored, sizeof ignored) > 0) continue;
  while (reap_one()) continue;
}

// Others of a group come to us as their parents end, so that none is left when we have none.
void GuardianProcess::tell_ends() {
  for (auto child = children_.begin(); child != children_.end();) {
    const auto& [number, known] = *child;
    if (!known.ended || have_children(P_PGID, known.pid)) {
      ++child;
      continue;
    }
    tell({.kind = ChildNews::Kind::ended,
          .child = number,
          .pid = known.pid,
          .status = known.status});
    child = children_.erase(child);
  }
}

void GuardianProcess::send_news() {
  while (!news_.empty()) {
    const ssize_t sent =
        send(socket_.get(), &news_.front(), sizeof(ChildNews), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return;
    news_.pop_front();
  }
}

void GuardianProcess::end_all() {
  for (const auto& [number, child] : children_) {
    if (!child.ended) kill(-child.pid, SIGKILL);
  }
  // Whoever has a session of its own comes to us when its parent has ended.
  const auto deadline = Clock::now() + kEndWithin;
  while (Clock::now() < deadline) {
    reap();
    if (!have_children(P_ALL, 0)) return;
    for (const pid_t child : children_of_this_process()) kill(child, SIGKILL);
    pollfd wanted{signals_.get(), POLLIN, 0};
    poll(&wanted, 1, kRoundMs);
  }
}

bool is_socket_of_the_engine() {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(kGuardianSocket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
         type == SOCK_SEQPACKET;
}

Descriptor watch(pid_t process) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
}

}  // namespace

int guardian_main(const std::string& folder) {
  if (!is_socket_of_the_engine()) {
    fmt::print(stderr, "error: the guardian is started by papy itself\n");
    return 2;
  }
  fcntl(kGuardianSocket, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_NAME, "papy guardian");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // All signals are blocked rather than ignored, so that none meant for a child is lost between its
  // fork and its program.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGCHLD);
  signal(SIGCHLD, SIG_DFL);
  GuardianProcess guardian(Descriptor(kGuardianSocket), watch(getppid()),
                           Descriptor(signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK)));
  guardian.serve();
  guardian.end_all();
  if (!folder.empty()) remove_private_folder(folder);
  return 0;
}

}  // namespace papy
