#include "script/exchange.h"

#include <poll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace papy::script {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kPatience = 2000 * kMillisecond;
/// So often the call is asked whether it is still wanted.
constexpr std::uint64_t kBetweenLooks = 100 * kMillisecond;
constexpr std::size_t kBlock = 64 << 10;

std::uint64_t now_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// Reads what is there into `block`; empty: nothing now, or at the end, which closes it.
std::string_view read_some(Descriptor& from, char (&block)[kBlock]) {
  const ssize_t n = ::read(from.get(), block, kBlock);
  if (n > 0) return {block, static_cast<std::size_t>(n)};
  if (n == 0 || (errno != EAGAIN && errno != EINTR)) from.close();
  return {};
}

}  // namespace

std::uint64_t monotonic_ns() { return now_of(CLOCK_MONOTONIC); }

int Ended::exit_status() const {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int Ended::signal() const { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

Ended Exchange::run() {
  ended_.began = static_cast<double>(now_of(CLOCK_REALTIME)) / 1e9;
  const std::uint64_t began = monotonic_ns();
  if (input_.empty()) child_.in.close();
  while (!is_over()) wait();
  if (ended_.cut != Cut::none && !is_killed_) child_.tree().kill();
  ended_.status = child_.reap();
  ended_.seconds = static_cast<double>(monotonic_ns() - began) / 1e9;
  return std::move(ended_);
}

/// A program that was killed may have left streams to those who cannot be found: nobody waits for
/// them then.
bool Exchange::is_over() {
  if (!has_ended_) return false;
  return (!child_.out && !child_.err) || is_killed_;
}

void Exchange::wait() {
  pollfd fds[] = {{child_.in.get(), POLLOUT, 0},
                  {child_.out.get(), POLLIN, 0},
                  {child_.err.get(), POLLIN, 0},
                  {has_ended_ ? -1 : child_.exited.get(), POLLIN, 0}};
  std::uint64_t until = std::min(monotonic_ns() + kBetweenLooks, patience_ends_);
  if (ended_.cut == Cut::none && !has_ended_ && call_.deadline_ns() != 0)
    until = std::min(until, call_.deadline_ns());
  const std::uint64_t now = monotonic_ns();
  const timespec timeout{0, static_cast<long>(until > now ? until - now : 0)};
  ppoll(fds, 4, &timeout, nullptr);
  if (fds[0].revents != 0) write();
  if (fds[1].revents != 0) read_output();
  if (fds[2].revents != 0) read_errors();
  if (fds[3].revents != 0) {
    has_ended_ = true;
    child_.in.close();
    patience_ends_ = monotonic_ns() + kPatience;
  }
  look_at_call();
}

void Exchange::look_at_call() {
  if (ended_.cut == Cut::none && !has_ended_ && call_.cancelled()) {
    const bool is_late = call_.deadline_ns() != 0 && monotonic_ns() >= call_.deadline_ns();
    cut(is_late ? Cut::late : Cut::cancelled, is_late);
  }
  if (is_killed_ || monotonic_ns() < patience_ends_) return;
  child_.tree().kill();
  is_killed_ = true;
  patience_ends_ = UINT64_MAX;
}

/// Ends the program, at once or after it had the time to end by itself.
void Exchange::cut(Cut why, bool ask_first) {
  ended_.cut = why;
  if (ask_first) child_.tree().ask();
  patience_ends_ = monotonic_ns() + (ask_first ? kPatience : 0);
}

void Exchange::write() {
  const ssize_t n = ::write(child_.in.get(), input_.data(), input_.size());
  if (n > 0) input_.remove_prefix(static_cast<std::size_t>(n));
  const bool wants_no_more = n < 0 && errno != EAGAIN && errno != EINTR;  // EPIPE
  if (input_.empty() || wants_no_more) child_.in.close();
}

void Exchange::read_output() {
  char block[kBlock];
  const std::string_view text = read_some(child_.out, block);
  const std::size_t room = bounds_.output - ended_.out.size();
  ended_.out.append(text.substr(0, room));
  if (text.size() > room && ended_.cut == Cut::none) cut(Cut::output, false);
}

void Exchange::read_errors() {
  char block[kBlock];
  ended_.err.append(read_some(child_.err, block));
}

}  // namespace papy::script
