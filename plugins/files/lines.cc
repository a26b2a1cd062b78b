#include "files/lines.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <papy/cpp/error.hpp>

namespace papy::files {

Lines::Next Lines::next(Wait wait, const Cancelled& cancelled) {
  while (true) {
    const std::string_view here = input_.buffered();
    const void* found = here.size() == looked_
                            ? nullptr
                            : std::memchr(here.data() + looked_, '\n', here.size() - looked_);
    if (found != nullptr) {
      const auto size = static_cast<std::size_t>(static_cast<const char*>(found) - here.data());
      take_line(size, size + 1);
      if (!passing_over_) return Next::line;
      passing_over_ = false;
      return Next::too_long;
    }
    looked_ = here.size();
    if (looked_ > longest_) {
      passing_over_ = true;
      input_.take(looked_);
      looked_ = 0;
    }
    switch (input_.more(wait, cancelled)) {
      case More::bytes:
        break;
      case More::not_yet:
        return Next::not_yet;
      case More::cancelled:
        return Next::cancelled;
      case More::end: {
        const std::size_t rest = input_.buffered().size();
        if (rest == 0 && !passing_over_) return Next::end;
        take_line(rest, rest);
        if (!passing_over_) return Next::line;
        passing_over_ = false;
        return Next::too_long;
      }
    }
  }
}

void Lines::take_line(std::size_t size, std::size_t with_end) {
  begin_ = input_.offset();
  line_ = input_.buffered().substr(0, size);
  if (with_end > size && !line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
  input_.take(with_end);
  looked_ = 0;
  ++number_;
}

std::string Lines::cursor() const {
  return std::to_string(input_.offset()) + ":" + std::to_string(number_);
}

std::string Lines::cursor_of_line() const {
  return std::to_string(begin_) + ":" + std::to_string(number_ - 1);
}

void Lines::seek(std::string_view cursor) {
  std::uint64_t offset = 0;
  std::uint64_t number = 0;
  const char* const end = cursor.data() + cursor.size();
  const auto first = std::from_chars(cursor.data(), end, offset);
  const bool colon = first.ec == std::errc() && first.ptr != end && *first.ptr == ':';
  const auto second = colon ? std::from_chars(first.ptr + 1, end, number) : first;
  if (!colon || second.ec != std::errc() || second.ptr != end) {
    throw fatal(
        "'" + std::string(cursor) + "' is no place in '" + name() + "': expected offset:line",
        EINVAL);
  }
  input_.seek(offset);
  number_ = number;
  looked_ = 0;
  passing_over_ = false;
}

}  // namespace papy::files
