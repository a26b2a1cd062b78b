#include "pool/poller.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace papy {
namespace {

bool is_ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

Poller::Poller(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    if (!is_ignored(signal)) sigaddset(&set, signal);
  }
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  PAPY_CHECK(signals_ >= 0 && event_ >= 0, std::strerror(errno));
}

Poller::~Poller() {
  close(signals_);
  close(event_);
}

std::optional<int> Poller::wait(std::optional<Time> deadline) {
  timespec left{};
  if (deadline) {
    const auto ns = std::max<std::int64_t>(0, (*deadline - now()).count());
    left = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  }
  pollfd waits[] = {{event_, POLLIN, 0}, {signals_, POLLIN, 0}};
  ppoll(waits, 2, deadline ? &left : nullptr, nullptr);
  std::uint64_t count = 0;
  if ((waits[0].revents & POLLIN) != 0 && read(event_, &count, sizeof count) < 0)
    return std::nullopt;
  signalfd_siginfo info{};
  if ((waits[1].revents & POLLIN) != 0 && read(signals_, &info, sizeof info) == sizeof info) {
    const auto signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGTSTP) {
      stop();
    } else if (signal != SIGUSR1) {
      return signal;
    }
  }
  return std::nullopt;
}

void Poller::around_stop(std::function<void()> before, std::function<void()> after) {
  before_stop_ = std::move(before);
  after_stop_ = std::move(after);
}

void Poller::stop() {
  before_stop_();
  const auto from = std::chrono::steady_clock::now();
  raise(SIGSTOP);
  stopped_ += (std::chrono::steady_clock::now() - from).count();
  after_stop_();
}

void Poller::notify() {
  const std::uint64_t one = 1;
  // A full counter wakes as well: nothing is lost.
  if (write(event_, &one, sizeof one) < 0) return;
}

}  // namespace papy
