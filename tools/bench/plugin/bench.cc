// Functions that do nothing, or just so much: what tools/bench measures papy with.
#include <algorithm>
#include <cstdint>
#include <papy/plugin.hpp>
#include <stdexcept>
#include <string>

#include "spin.h"

namespace {

struct range_args {
  PAPY_ARGS(range_args, (std::uint64_t, n, papy::required, "how many"))
};

/// 0, 1, 2 ...
class range {
 public:
  using args = range_args;
  explicit range(const range_args& args) : end_(args.n) {}
  bool operator()(papy::out<std::uint64_t>& out) {
    for (const std::uint64_t stop = next_ + std::min(out.wanted(), end_ - next_); next_ < stop;) {
      out.emit(next_++);
    }
    return next_ < end_;
  }
  std::uint64_t size() const { return end_; }

 private:
  std::uint64_t next_ = 0;
  std::uint64_t end_;
};

struct payload_args {
  PAPY_ARGS(payload_args, (std::uint64_t, n, papy::required, "how many"),
            (std::uint64_t, size, 1024, "bytes of each"))
};

/// The same bytes again and again.
class payload {
 public:
  using args = payload_args;
  explicit payload(const payload_args& args) : left_(args.n), bytes_(args.size, 'x') {}
  bool operator()(papy::out<papy::bytes>& out) {
    const papy::bytes view(reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size());
    for (std::uint64_t now = std::min(out.wanted(), left_); now > 0; --now, --left_) out.emit(view);
    return left_ > 0;
  }
  std::uint64_t size() const { return left_; }

 private:
  std::uint64_t left_;
  std::string bytes_;
};

struct spin_args {
  PAPY_ARGS(spin_args,
            (std::uint64_t, rounds, papy::required, "multiplications, each waits for the last"))
};

std::int64_t noop(std::int64_t value) { return value; }

std::int64_t spin(std::int64_t value, const spin_args& args) {
  bench::spin(args.rounds, static_cast<std::uint64_t>(value));
  return value;
}

papy::bytes copy(papy::bytes value) { return value; }

papy::any first(const papy::inbox<>& inbox) { return inbox.raw(0); }

/// Looks at every number.
class sum {
 public:
  void operator()(std::int64_t value) { sum_ += static_cast<std::uint64_t>(value); }
  std::uint64_t total() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

/// Looks at the last byte of every payload.
class weigh {
 public:
  void operator()(papy::bytes value) {
    if (value.empty() || value.back() != 'x') throw std::runtime_error("not what the source sent");
  }
};

void slow(std::int64_t value, const spin_args& args) {
  bench::spin(args.rounds, static_cast<std::uint64_t>(value));
}

}  // namespace

PAPY_PLUGIN(bench, "1.0.0", "MIT", "");
PAPY_SOURCE(range, "the numbers from 0");
PAPY_SOURCE(payload, "the same bytes again and again");
PAPY_WORKER(noop, "passes a number on", papy::pure);
PAPY_WORKER(spin, "works for a known time, passes the number on", papy::pure);
PAPY_WORKER(copy, "copies bytes", papy::pure);
PAPY_WORKER(first, "passes the first of its inputs on", papy::pure);
PAPY_SINK(sum, "adds numbers up");
PAPY_SINK(weigh, "checks payloads");
PAPY_SINK(slow, "works for a known time on each item");
