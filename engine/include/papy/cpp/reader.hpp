// papy/cpp/reader.hpp - reads msgpack from bytes, without copying them. MIT licence.
#ifndef PAPY_CPP_READER_HPP
#define PAPY_CPP_READER_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <papy/cpp/error.hpp>
#include <span>
#include <string_view>

namespace papy {

/// What a msgpack value is.
enum class kind { nil, boolean, integer, real, text, bytes, list, map, extension };

/// Bytes, borrowed.
using bytes = std::span<const std::uint8_t>;

namespace detail {

constexpr kind kind_of(std::uint8_t tag) {
  if (tag < 0x80 || tag >= 0xe0) return kind::integer;
  if (tag < 0x90) return kind::map;
  if (tag < 0xa0) return kind::list;
  if (tag < 0xc0) return kind::text;
  constexpr kind table[32] = {kind::nil,       kind::nil,       kind::boolean,   kind::boolean,
                              kind::bytes,     kind::bytes,     kind::bytes,     kind::extension,
                              kind::extension, kind::extension, kind::real,      kind::real,
                              kind::integer,   kind::integer,   kind::integer,   kind::integer,
                              kind::integer,   kind::integer,   kind::integer,   kind::integer,
                              kind::extension, kind::extension, kind::extension, kind::extension,
                              kind::extension, kind::text,      kind::text,      kind::text,
                              kind::list,      kind::list,      kind::map,       kind::map};
  return table[tag - 0xc0];
}

constexpr std::string_view words_for(kind k) {
  constexpr std::string_view words[] = {"nil",   "a boolean", "an integer", "a float",     "text",
                                        "bytes", "a list",    "a map",      "an extension"};
  return words[static_cast<int>(k)];
}

template <class T>
T big_endian(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  if constexpr (sizeof(T) == 2) value = static_cast<T>(__builtin_bswap16(value));
  if constexpr (sizeof(T) == 4) value = static_cast<T>(__builtin_bswap32(value));
  if constexpr (sizeof(T) == 8) value = static_cast<T>(__builtin_bswap64(value));
  return value;
}

}  // namespace detail

/// Reads the values of a piece of msgpack in order. Never reads past its end; what is not there or
/// not of the asked type throws bad_value. Text and bytes are views of the piece.
class reader {
 public:
  reader(const void* data, std::size_t size)
      : at_(static_cast<const std::uint8_t*>(data)), end_(at_ + size) {}
  explicit reader(bytes piece) : reader(piece.data(), piece.size()) {}

  bool done() const { return at_ == end_; }
  /// What the next value is. Requires: !done(), else it throws.
  kind next() const {
    need(1);
    return detail::kind_of(*at_);
  }

  bool nil() {  ///< takes the next value if it is nil
    if (done() || *at_ != 0xc0) return false;
    ++at_;
    return true;
  }
  bool boolean() {
    need(1);
    if ((*at_ & 0xfe) != 0xc2) wrong("a boolean");
    return *at_++ == 0xc3;
  }
  template <std::integral T>
  T integer() {
    need(1);
    const std::uint8_t tag = *at_;
    if (tag < 0x80) return ++at_, static_cast<T>(tag);
    return long_integer<T>(tag);
  }
  double real();  ///< a float of either size, or an integer
  std::string_view text();
  bytes binary();
  std::size_t list() { return count(0x90, 0x9f, 0xdc, "a list", 1); }  ///< how many values follow
  std::size_t map() { return count(0x80, 0x8f, 0xde, "a map", 2); }    ///< how many pairs follow
  /// The bytes of the next value, whatever it is.
  bytes any() {
    const std::uint8_t* from = at_;
    skip();
    return {from, static_cast<std::size_t>(at_ - from)};
  }
  void skip();

  /// Says that the next value is not what was expected: "expected an integer, got text".
  [[noreturn, gnu::cold]] void wrong(std::string_view expected) const {
    throw bad_value("expected " + std::string(expected) + ", got " +
                    (done() ? "nothing" : std::string(detail::words_for(detail::kind_of(*at_)))));
  }
  /// Requires that nothing is left.
  void finish() const {
    if (!done()) throw bad_value("bytes behind the value");
  }

 private:
  void need(std::size_t n) const {
    if (static_cast<std::size_t>(end_ - at_) < n) [[unlikely]]
      cut_off();
  }
  [[noreturn, gnu::cold]] static void cut_off() { throw bad_value("the value is cut off"); }
  [[noreturn, gnu::cold]] static void out_of_range(bool negative, std::uint64_t bits,
                                                   std::string_view limits) {
    throw bad_value(
        (negative ? std::to_string(static_cast<std::int64_t>(bits)) : std::to_string(bits)) +
        " is not within " + std::string(limits));
  }
  template <class T>
  [[noreturn, gnu::cold]] static void does_not_fit(bool negative, std::uint64_t bits) {
    out_of_range(negative, bits,
                 std::to_string(std::numeric_limits<T>::min()) + " .. " +
                     std::to_string(std::numeric_limits<T>::max()));
  }
  template <class U>
  U take() {
    need(1 + sizeof(U));
    const U value = detail::big_endian<U>(at_ + 1);
    at_ += 1 + sizeof(U);
    return value;
  }
  template <class T>
  T natural(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) [[unlikely]]
      does_not_fit<T>(false, value);
    return static_cast<T>(value);
  }
  template <class T>
  T signed_one(std::int64_t value) {
    if (value >= 0) return natural<T>(static_cast<std::uint64_t>(value));
    if constexpr (std::unsigned_integral<T>) {
      does_not_fit<T>(true, static_cast<std::uint64_t>(value));
    } else {
      if (value < std::numeric_limits<T>::min())
        does_not_fit<T>(true, static_cast<std::uint64_t>(value));
      return static_cast<T>(value);
    }
  }
  template <class T>
  T long_integer(std::uint8_t tag) {
    switch (tag) {
      case 0xcc:
        return natural<T>(take<std::uint8_t>());
      case 0xcd:
        return natural<T>(take<std::uint16_t>());
      case 0xce:
        return natural<T>(take<std::uint32_t>());
      case 0xcf:
        return natural<T>(take<std::uint64_t>());
      case 0xd0:
        return signed_one<T>(static_cast<std::int8_t>(take<std::uint8_t>()));
      case 0xd1:
        return signed_one<T>(static_cast<std::int16_t>(take<std::uint16_t>()));
      case 0xd2:
        return signed_one<T>(static_cast<std::int32_t>(take<std::uint32_t>()));
      case 0xd3:
        return signed_one<T>(static_cast<std::int64_t>(take<std::uint64_t>()));
      default:
        break;
    }
    if (tag < 0xe0) wrong("an integer");
    ++at_;
    return signed_one<T>(static_cast<std::int8_t>(tag));
  }
  /// The length behind a tag whose sizes are 1, 2 and 4 bytes from `first` on.
  std::size_t length(std::uint8_t tag, std::uint8_t first) {
    if (tag == first) return take<std::uint8_t>();
    if (tag == first + 1) return take<std::uint16_t>();
    return take<std::uint32_t>();
  }
  std::size_t count(std::uint8_t from, std::uint8_t to, std::uint8_t wide, const char* what,
                    std::size_t each) {
    need(1);
    const std::uint8_t tag = *at_;
    std::size_t n = 0;
    if (tag >= from && tag <= to) {
      n = tag - from;
      ++at_;
    } else if (tag == wide) {
      n = take<std::uint16_t>();
    } else if (tag == wide + 1) {
      n = take<std::uint32_t>();
    } else {
      wrong(what);
    }
    need(n * each);  // each value is a byte at least: a count is never believed without
    return n;
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

inline double reader::real() {
  need(1);
  const std::uint8_t tag = *at_;
  if (tag == 0xcb) {
    const auto bits = take<std::uint64_t>();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  if (tag == 0xca) {
    const auto bits = take<std::uint32_t>();
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  if (tag == 0xcf) return static_cast<double>(take<std::uint64_t>());
  if (detail::kind_of(tag) != kind::integer) wrong("a number");
  return static_cast<double>(integer<std::int64_t>());
}

inline std::string_view reader::text() {
  need(1);
  const std::uint8_t tag = *at_;
  std::size_t n = 0;
  if ((tag & 0xe0) == 0xa0) {
    n = tag & 0x1f;
    ++at_;
  } else if (tag >= 0xd9 && tag <= 0xdb) {
    n = length(tag, 0xd9);
  } else {
    wrong("text");
  }
  need(n);
  const std::string_view value(reinterpret_cast<const char*>(at_), n);
  at_ += n;
  return value;
}

inline bytes reader::binary() {
  need(1);
  const std::uint8_t tag = *at_;
  if (tag < 0xc4 || tag > 0xc6) wrong("bytes");
  const std::size_t n = length(tag, 0xc4);
  need(n);
  const bytes value(at_, n);
  at_ += n;
  return value;
}

inline void reader::skip() {
  std::uint64_t left = 1;  // values still to pass over
  do {
    --left;
    const kind what = next();
    const std::uint8_t tag = *at_;
    switch (what) {
      case kind::text:
        text();
        break;
      case kind::bytes:
        binary();
        break;
      case kind::list:
        left += list();
        break;
      case kind::map:
        left += 2 * std::uint64_t{map()};
        break;
      case kind::nil:
        if (tag == 0xc1) throw bad_value("the byte 0xc1 begins no value");
        ++at_;
        break;
      case kind::boolean:
        ++at_;
        break;
      case kind::real:
        real();
        break;
      case kind::integer:
        if (tag == 0xcf) {
          take<std::uint64_t>();
        } else {
          integer<std::int64_t>();
        }
        break;
      case kind::extension: {
        const std::size_t n =
            tag >= 0xd4 ? (++at_, std::size_t{1} << (tag - 0xd4)) : length(tag, 0xc7);
        need(n + 1);
        at_ += n + 1;
        break;
      }
    }
  } while (left > 0);
}

}  // namespace papy

#endif  // PAPY_CPP_READER_HPP
