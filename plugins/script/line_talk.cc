#include "script/line_talk.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <papy/cpp/error.hpp>
#include <utility>

#include "script/exchange.h"
#include "script/record.h"

namespace papy::script {
namespace {

constexpr int kBetweenLooksMs = 100;
constexpr std::uint64_t kPatienceNs = 2'000'000'000;
constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kErrors = 16 << 10;

}  // namespace

LineTalk::LineTalk(const Command& command, std::size_t most)
    : child_(command, Child::Input::pipe), most_(most), errors_(kErrors) {}

LineTalk::~LineTalk() {
  child_.in.close();
  const std::uint64_t until = monotonic_ns() + kPatienceNs;
  while (!is_broken_ && !child_.has_ended() && monotonic_ns() < until) {
    wait({}, nullptr);
    if (child_.out && !read_some()) child_.out.close();
    answer_.clear();
  }
}

bool LineTalk::is_broken() {
  if (child_.has_ended() || !answer_.empty()) is_broken_ = true;
  pollfd out{child_.out.get(), POLLIN, 0};
  if (poll(&out, 1, 0) > 0) is_broken_ = true;
  return is_broken_;
}

std::string LineTalk::ask(std::string_view line, const context& call) {
  const std::string text = std::string(line) + "\n";
  std::string_view unwritten = text;
  errors_ = Tail(kErrors);
  is_broken_ = true;  // unless all goes well
  while (true) {
    unwritten = write_some(unwritten);
    const bool has_ended = child_.has_ended();
    const std::size_t before = answer_.size();
    const bool is_open = read_some();
    const std::size_t end = answer_.find('\n');
    if (end != std::string::npos) {
      if (end + 1 != answer_.size()) throw failure(PAPY_ERROR, 0, "gave more than one line");
      answer_.pop_back();
      is_broken_ = false;
      return std::exchange(answer_, {});
    }
    if (answer_.size() > most_)
      throw fail("gave a line of more than " + std::to_string(most_) + " bytes ('most_output')");
    if (!is_open || (has_ended && answer_.size() == before)) tell_end();
    if (call.cancelled()) throw cancelled();
    wait(unwritten, &call);
  }
}

/// Waits until something can be done.
void LineTalk::wait(std::string_view unwritten, const context* call) {
  int timeout = kBetweenLooksMs;
  if (call != nullptr && call->deadline_ns() != 0) {
    const std::uint64_t now = monotonic_ns();
    const std::uint64_t left = call->deadline_ns() > now ? call->deadline_ns() - now : 0;
    timeout = static_cast<int>(
        std::min<std::uint64_t>(left / 1'000'000 + 1, static_cast<std::uint64_t>(timeout)));
  }
  pollfd fds[] = {{unwritten.empty() ? -1 : child_.in.get(), POLLOUT, 0},
                  {child_.out.get(), POLLIN, 0},
                  {child_.err.get(), POLLIN, 0},
                  {child_.exited.get(), POLLIN, 0}};
  poll(fds, 4, timeout);
  if (fds[2].revents != 0) read_errors();
}

/// What is left of the line. A program that reads no more is left to what it writes.
std::string_view LineTalk::write_some(std::string_view line) {
  if (line.empty()) return line;
  const ssize_t n = ::write(child_.in.get(), line.data(), line.size());
  if (n > 0) return line.substr(static_cast<std::size_t>(n));
  return errno == EAGAIN || errno == EINTR ? line : std::string_view();
}

/// False at the end of what it writes.
bool LineTalk::read_some() {
  char block[kBlock];
  const ssize_t n = ::read(child_.out.get(), block, kBlock);
  if (n > 0) answer_.append(block, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

void LineTalk::read_errors() {
  char block[kBlock];
  const ssize_t n = ::read(child_.err.get(), block, kBlock);
  if (n > 0) errors_.append({block, static_cast<std::size_t>(n)});
  if (n == 0) child_.err.close();
}

/// It closed its stdout, so it ends; if not soon, it is made to.
void LineTalk::tell_end() {
  const std::uint64_t until = monotonic_ns() + kPatienceNs;
  child_.out.close();
  child_.in.close();
  while (!child_.has_ended() && monotonic_ns() < until) {
    pollfd fds[] = {{child_.err.get(), POLLIN, 0}, {child_.exited.get(), POLLIN, 0}};
    poll(fds, 2, kBetweenLooksMs);
    if (fds[0].revents != 0) read_errors();
  }
  if (child_.err) read_errors();
  if (!child_.has_ended()) child_.tree().kill();
  const int status = child_.reap();
  Ended ended;
  ended.status = status;
  std::string why = why_failed(ended.exit_status(), ended.signal(), false, errors_.text());
  if (why.empty()) why = "exit status 0";
  throw failure(
      PAPY_ERROR, ended.exit_status(),
      "the program ended before it answered (" + why + "); it is started again for the next item");
}

}  // namespace papy::script
