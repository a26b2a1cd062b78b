// The source of numbers. It is what the engine's own speed is measured with, so it writes msgpack
// in tight loops.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

namespace papy::io {
namespace {

struct range_args {
  PAPY_ARGS(range_args, (std::int64_t, from, 0, "the first number"),
            (std::optional<std::int64_t>, to, std::nullopt,
             "the number that is not reached any more; without it the source is endless"),
            (std::int64_t, step, 1, "from one number to the next; not 0"))
};

/// Numbers next to each other that msgpack writes in the same form.
struct Form {
  std::int64_t low, high;  // both included
  std::uint8_t tag;        // 0: the number is the byte itself
  std::uint8_t bytes;      // of the number
};

constexpr Form kForms[] = {
    {INT64_MIN, std::int64_t{INT32_MIN} - 1, 0xd3, 8},
    {INT32_MIN, INT16_MIN - 1, 0xd2, 4},
    {INT16_MIN, INT8_MIN - 1, 0xd1, 2},
    {INT8_MIN, -33, 0xd0, 1},
    {-32, 127, 0, 1},
    {128, UINT8_MAX, 0xcc, 1},
    {UINT8_MAX + 1, UINT16_MAX, 0xcd, 2},
    {UINT16_MAX + 1, UINT32_MAX, 0xce, 4},
    {std::int64_t{UINT32_MAX} + 1, INT64_MAX, 0xcf, 8},
};

const Form& form_of(std::int64_t value) {
  const Form* form = kForms;
  while (value > form->high) ++form;
  return *form;
}

/// Writes `n` numbers of one form, whose bytes and tag fit into one Word: it is stored as a whole,
/// and what is too much of it is written over by the next. Requires: room for them and sizeof(Word)
/// more.
template <class U, class Word>
std::uint8_t* write_run(std::uint8_t* at, std::uint8_t tag, std::uint64_t value, std::uint64_t step,
                        std::uint64_t n) {
  for (; n > 0; --n, value += step) {
    const auto shaped = static_cast<U>(value);
    const U bytes = detail::big_endian<U>(reinterpret_cast<const std::uint8_t*>(&shaped));
    const Word word = static_cast<Word>(static_cast<Word>(bytes) << 8 | tag);
    std::memcpy(at, &word, sizeof word);
    at += 1 + sizeof bytes;
  }
  return at;
}

/// The same for numbers of 8 bytes.
std::uint8_t* write_long_run(std::uint8_t* at, std::uint8_t tag, std::uint64_t value,
                             std::uint64_t step, std::uint64_t n) {
  for (; n > 0; --n, value += step) {
    const auto bytes =
        detail::big_endian<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(&value));
    *at = tag;
    std::memcpy(at + 1, &bytes, sizeof bytes);
    at += 9;
  }
  return at;
}

class range {
 public:
  using args = range_args;
  explicit range(const range_args& args) : first_(args.from), step_(args.step) {
    if (step_ == 0) throw fail("the step is 0, expected another number");
    // Counted in 64 bits without a sign: from INT64_MIN to INT64_MAX is nearly 2^64.
    const std::int64_t to = args.to.value_or(step_ > 0 ? INT64_MAX : INT64_MIN);
    const bool any = step_ > 0 ? first_ < to : first_ > to;
    count_ = any ? (distance(first_, to) - 1) / stride() + 1 : 0;
    endless_ = !args.to.has_value();
  }

  bool operator()(out<std::int64_t>& out) {
    constexpr std::uint64_t kMost = 64 * 1024;  // so that a call ends soon
    std::uint64_t n = std::min({out.wanted(), count_ - done_, kMost});
    done_ += n;
    while (n > 0) {
      const std::int64_t value = at(done_ - n);
      const Form& form = form_of(value);
      const std::uint64_t run =
          std::min(n, distance(value, step_ > 0 ? form.high : form.low) / stride() + 1);
      write(out.raw(), form, static_cast<std::uint64_t>(value), run);
      n -= run;
    }
    return done_ < count_;
  }

  std::string cursor() const { return std::to_string(done_); }
  void seek(std::string_view cursor) {
    const char* const end = cursor.data() + cursor.size();
    std::uint64_t done = 0;
    const auto read = std::from_chars(cursor.data(), end, done);
    if (read.ec != std::errc() || read.ptr != end || done > count_) {
      throw fail("'" + std::string(cursor) + "' is no place in the range");
    }
    done_ = done;
  }
  std::uint64_t size() const { return endless_ ? 0 : count_; }

 private:
  static std::uint64_t distance(std::int64_t a, std::int64_t b) {
    const auto difference = static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
    return a < b ? difference : 0 - difference;
  }
  std::uint64_t stride() const {
    const auto step = static_cast<std::uint64_t>(step_);
    return step_ > 0 ? step : 0 - step;
  }
  std::int64_t at(std::uint64_t i) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(first_) +
                                     i * static_cast<std::uint64_t>(step_));
  }
  void write(writer& to, const Form& form, std::uint64_t value, std::uint64_t n) const {
    const auto step = static_cast<std::uint64_t>(step_);
    std::uint8_t* const from =
        to.room(n * (form.bytes + (form.tag == 0 ? 0u : 1u)) + sizeof(std::uint64_t));
    std::uint8_t* at = from;
    if (form.tag == 0) {
      for (; n > 0; --n, value += step) *at++ = static_cast<std::uint8_t>(value);
    } else if (form.bytes == 1) {
      at = write_run<std::uint8_t, std::uint16_t>(at, form.tag, value, step, n);
    } else if (form.bytes == 2) {
      at = write_run<std::uint16_t, std::uint32_t>(at, form.tag, value, step, n);
    } else if (form.bytes == 4) {
      at = write_run<std::uint32_t, std::uint64_t>(at, form.tag, value, step, n);
    } else {
      at = write_long_run(at, form.tag, value, step, n);
    }
    to.advance(static_cast<std::size_t>(at - from));
  }

  std::int64_t first_;
  std::int64_t step_;
  std::uint64_t count_ = 0;
  std::uint64_t done_ = 0;
  bool endless_ = false;
};

}  // namespace
}  // namespace papy::io

PAPY_SOURCE_AS(range, papy::io::range, "the integers from, from + step ... before to", papy::pure);
