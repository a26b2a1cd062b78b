#include "files/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <papy/cpp/error.hpp>
#include <system_error>
#include <utility>

#include "files/decoder.h"

namespace papy::files {
namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr int kWaitMs = 50;  // between two questions whether the bytes are still wanted

/// There is one standard input: who reads it takes it from all others.
std::atomic<bool> standard_input_taken{false};

fatal cannot_read(const std::string& name, const std::string& why, int code) {
  return fatal("cannot read '" + name + "': " + why, code);
}

fatal cannot_read(const std::string& name) {
  const int code = errno;
  if (code == EBADF)
    return cannot_read(name, "it is not open, or the workflow itself was read from it", code);
  return cannot_read(name, system_text(code), code);
}

}  // namespace

std::string system_text(int error) {
  std::string text = std::generic_category().message(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

Input::Input(std::string path) : name_(std::move(path)) {
  if (name_ == "-") {
    name_ = "standard input";
    if (standard_input_taken.exchange(true))
      throw cannot_read(name_, "it is being read already, by another input", EBUSY);
    fd_ = STDIN_FILENO;
    owned_ = false;
  } else {
    // O_NONBLOCK, so that a named pipe without a writer is waited for in poll and not here.
    fd_ = open(name_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  }
  struct stat about;
  if (fd_ < 0 || fstat(fd_, &about) != 0) throw cannot_read(name_);
  regular_ = S_ISREG(about.st_mode) && owned_;
  if (S_ISDIR(about.st_mode)) {
    close(fd_);
    throw cannot_read(name_, "it is a directory", EISDIR);
  }
  if (regular_) posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

Input::~Input() {
  if (!owned_) standard_input_taken = false;
  if (owned_) close(fd_);
}

bool Input::wait_for_input(Wait wait, const Cancelled& cancelled, More& why_not) const {
  if (regular_) return true;
  while (true) {
    pollfd one{fd_, POLLIN, 0};
    const int n = poll(&one, 1, wait == Wait::yes ? kWaitMs : 0);
    if (n > 0) return true;
    if (n < 0 && errno != EINTR && errno != EAGAIN) throw cannot_read(name_);
    why_not = wait == Wait::no ? More::not_yet : More::cancelled;
    if (wait == Wait::no || (cancelled && cancelled())) return false;
  }
}

Input::Got Input::read_raw(char* to, std::size_t room, Wait wait, const Cancelled& cancelled) {
  while (true) {
    More why_not = More::not_yet;
    if (!wait_for_input(wait, cancelled, why_not)) return {why_not, 0};
    const ssize_t n = read(fd_, to, room);
    if (n > 0) return {More::bytes, static_cast<std::size_t>(n)};
    if (n == 0) return {More::end, 0};
    if (errno != EINTR && errno != EAGAIN) throw cannot_read(name_);
    if (cancelled && cancelled()) return {More::cancelled, 0};
  }
}

char* Input::make_room(std::size_t n) {
  if (capacity_ - end_ >= n) return buffer_.get() + end_;
  const std::size_t used = end_ - begin_;
  if (capacity_ - used < n || used > capacity_ / 2) {
    const std::size_t capacity = std::max(2 * used, used + n);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (used > 0) std::memcpy(larger.get(), buffer_.get() + begin_, used);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  } else {
    std::memmove(buffer_.get(), buffer_.get() + begin_, used);
  }
  offset_ += begin_;
  begin_ = 0;
  end_ = used;
  return buffer_.get() + end_;
}

More Input::more(Wait wait, const Cancelled& cancelled) {
  if (at_end_) return More::end;
  Got got{More::bytes, 0};
  if (!started_) {
    got = read_start(wait, cancelled);
  } else if (decoder_ != nullptr) {
    got = decode_some(wait, cancelled);
  } else {
    char* to = make_room(kChunk);
    got = read_raw(to, kChunk, wait, cancelled);
  }
  end_ += got.n;
  at_end_ = got.what == More::end;
  return got.what;
}

Input::Got Input::read_start(Wait wait, const Cancelled& cancelled) {
  // A slow pipe may give the first bytes one by one: they are kept back until they tell.
  char* const first = make_room(Decoder::kRoom);
  std::memcpy(first, kept_back_.data(), kept_back_.size());
  const std::size_t had = kept_back_.size();
  const Got got = read_raw(first + had, Decoder::kRoom - had, wait, cancelled);
  if (got.what != More::bytes && got.what != More::end) return got;
  const std::string_view have(first, had + got.n);
  const Packing packing = packing_of(have);
  if (packing == Packing::not_clear && got.what == More::bytes) {
    kept_back_ = have;
    return read_start(wait, cancelled);
  }
  started_ = true;
  decoder_ = decoder_for(packing, name_);
  if (decoder_ == nullptr) return {have.empty() ? More::end : More::bytes, have.size()};
  std::memcpy(decoder_->room(), have.data(), have.size());
  decoder_->feed(have.size());
  return decode_some(wait, cancelled);
}

Input::Got Input::decode_some(Wait wait, const Cancelled& cancelled) {
  while (true) {
    char* to = make_room(kChunk);
    const std::size_t n = decoder_->decode(to, kChunk);
    if (n > 0) return {More::bytes, n};
    const Got got = read_raw(decoder_->room(), Decoder::kRoom, wait, cancelled);
    if (got.what == More::end) decoder_->finish();
    if (got.what != More::bytes) return {got.what, 0};
    decoder_->feed(got.n);
  }
}

void Input::rewind() {
  if (!regular_ || lseek(fd_, 0, SEEK_SET) < 0) {
    throw cannot_read(name_, "it can be read only once, from its start", ESPIPE);
  }
  begin_ = end_ = 0;
  offset_ = 0;
  started_ = at_end_ = false;
  kept_back_.clear();
  decoder_.reset();
}

void Input::seek(std::uint64_t offset) {
  if (offset == this->offset()) return;
  rewind();
  if (offset == 0 || more(Wait::yes, {}) == More::end) return;
  if (decoder_ == nullptr) {
    begin_ = end_ = 0;
    offset_ = offset;
    if (lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0) throw cannot_read(name_);
    return;
  }
  while (this->offset() + buffered().size() < offset) {
    take(buffered().size());
    if (more(Wait::yes, {}) == More::end) return;
  }
  take(offset - this->offset());
}

}  // namespace papy::files
