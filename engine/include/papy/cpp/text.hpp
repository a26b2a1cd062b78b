// papy/cpp/text.hpp - text that is made while compiling: types and args schemas as JSON. MIT
// licence.
#ifndef PAPY_CPP_TEXT_HPP
#define PAPY_CPP_TEXT_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace papy::detail {

/// Counts what is put: the first of two passes over the same constexpr function.
struct text_length {
  std::size_t n = 0;
  constexpr void put(char) { ++n; }
};

/// Takes what is put: the second pass.
template <std::size_t N>
struct text_writer {
  char data[N + 1]{};
  std::size_t n = 0;
  constexpr void put(char c) { data[n++] = c; }
};

/// A text of fixed size, nothing but its characters, so that it can stand in a section of the
/// library.
template <std::size_t N>
struct fixed_text {
  char data[N];
  constexpr std::string_view view() const { return {data, N}; }
};

template <class Out>
constexpr void put_text(Out& out, std::string_view text) {
  for (const char c : text) out.put(c);
}

template <class Out>
constexpr void put_json_string(Out& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out.put('"');
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.put('\\');
      out.put(c);
    } else if (u < 0x20) {
      put_text(out, "\\u00");
      out.put(hex[u >> 4]);
      out.put(hex[u & 15]);
    } else {
      out.put(c);
    }
  }
  out.put('"');
}

template <class Out>
constexpr void put_natural(Out& out, std::uint64_t value) {
  char digits[20]{};
  int n = 0;
  do {
    digits[n++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (n > 0) out.put(digits[--n]);
}

template <class Out, std::integral T>
constexpr void put_number(Out& out, T value) {
  if constexpr (std::signed_integral<T>) {
    if (value < 0) {
      out.put('-');
      put_natural(out, 0 - static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
      return;
    }
  }
  put_natural(out, static_cast<std::uint64_t>(value));
}

/// Not constexpr on purpose: where it is reached while compiling, the compiler names it.
inline void this_number_needs_more_digits_than_papy_can_write() {}

/// m / 10^k
template <class Out>
constexpr void put_decimal(Out& out, std::uint64_t m, int k) {
  std::uint64_t unit = 1;
  if (k > 15) {
    put_natural(out, m);
    put_text(out, "e-");
    put_natural(out, static_cast<std::uint64_t>(k));
    return;
  }
  for (int i = 0; i < k; ++i) unit *= 10;
  put_natural(out, m / unit);
  out.put('.');
  for (m %= unit, unit /= 10; unit > 1; unit /= 10) {
    out.put(static_cast<char>('0' + m / unit));
    m %= unit;
  }
  out.put(static_cast<char>('0' + m));
}

/// A number that reads back as the same double: m / 10^k or m * 10^k with m < 2^53 and k <= 22,
/// where a division or a product of two doubles is rounded right (Clinger 1990). Numbers written by
/// people are of that kind.
template <class Out>
constexpr void put_number(Out& out, double value) {
  if (value < 0) {
    out.put('-');
    value = -value;
  }
  constexpr double kExact = 9007199254740992.0;
  double power = 1;
  for (int k = 0; k <= 22; ++k, power *= 10) {
    const double scaled = value * power;
    if (scaled < kExact) {
      const auto m = static_cast<std::uint64_t>(scaled + 0.5);
      if (static_cast<double>(m) / power == value) {
        put_decimal(out, m, k);
        return;
      }
    }
    const auto m = static_cast<std::uint64_t>(value / power < kExact ? value / power + 0.5 : 0);
    if (k > 0 && m > 0 && static_cast<double>(m) * power == value) {
      put_natural(out, m);
      put_text(out, "e+");
      put_natural(out, static_cast<std::uint64_t>(k));
      return;
    }
  }
  this_number_needs_more_digits_than_papy_can_write();
}

/// What `Write::put(out)` puts, between two NULs: a record of the section .papy.meta.
template <class Write>
constexpr auto metadata_record() {
  constexpr std::size_t size = [] {
    text_length length;
    Write::put(length);
    return length.n;
  }();
  text_writer<size> written;
  Write::put(written);
  fixed_text<size + 2> record{};
  for (std::size_t i = 0; i < size; ++i) record.data[i + 1] = written.data[i];
  return record;
}

}  // namespace papy::detail

#endif  // PAPY_CPP_TEXT_HPP
