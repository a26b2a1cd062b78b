#include "files/json_read.h"

#include <charconv>
#include <cstdint>
#include <papy/cpp/reader.hpp>

#include "files/utf8.h"

namespace papy::files {
namespace {

constexpr int kDeepest = 64;

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

void put_natural(std::string& out, std::uint64_t value) {
  if (value < 0x80) return out.push_back(static_cast<char>(value));
  const int log = value <= UINT8_MAX ? 0 : value <= UINT16_MAX ? 1 : value <= UINT32_MAX ? 2 : 3;
  out.push_back(static_cast<char>(0xcc + log));
  put_big_endian(out, value, 1 << log);
}

void put_integer(std::string& out, std::int64_t value) {
  if (value >= 0) return put_natural(out, static_cast<std::uint64_t>(value));
  if (value >= -32) return out.push_back(static_cast<char>(value));
  const int log = value >= INT8_MIN ? 0 : value >= INT16_MIN ? 1 : value >= INT32_MIN ? 2 : 3;
  out.push_back(static_cast<char>(0xd0 + log));
  put_big_endian(out, static_cast<std::uint64_t>(value), 1 << log);
}

void put_real(std::string& out, double value) {
  std::uint64_t bits;
  static_assert(sizeof bits == sizeof value);
  __builtin_memcpy(&bits, &value, sizeof bits);
  out.push_back('\xcb');
  put_big_endian(out, bits, 8);
}

/// False when `text` is not base64 with padding (RFC 4648).
bool from_base64(std::string_view text, std::string& data) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t bits = 0;
    for (std::size_t j = i; j < i + 4; ++j) {
      const std::size_t digit = j < text.size() - padding ? kDigits.find(text[j]) : 0;
      if (digit == std::string_view::npos) return false;
      bits = bits << 6 | static_cast<std::uint32_t>(digit);
    }
    for (int shift = 16; shift >= 0; shift -= 8) data.push_back(static_cast<char>(bits >> shift));
  }
  data.resize(data.size() - padding);
  return true;
}

/// The head of a text, list or map of `n`, at `at`, where one byte was left for it.
struct Heads {
  std::uint8_t small, small_limit,
      wide;  // tag up to small_limit, else wide (16 bits) or wide + 1 (32 bits)
};
constexpr Heads kList{0x90, 15, 0xdc};
constexpr Heads kMap{0x80, 15, 0xde};

void set_head(std::string& out, std::size_t at, Heads heads, std::size_t n) {
  if (n <= heads.small_limit) {
    out[at] = static_cast<char>(heads.small | n);
    return;
  }
  std::string more;
  put_big_endian(more, n, n <= UINT16_MAX ? 2 : 4);
  out[at] = static_cast<char>(n <= UINT16_MAX ? heads.wide : heads.wide + 1);
  out.insert(at + 1, more);
}

void set_text_head(std::string& out, std::size_t at) {
  const std::size_t n = out.size() - at - 1;
  if (n < 32) {
    out[at] = static_cast<char>(0xa0 | n);
    return;
  }
  const int log = n <= UINT8_MAX ? 0 : n <= UINT16_MAX ? 1 : 2;
  std::string more;
  put_big_endian(more, n, 1 << log);
  out[at] = static_cast<char>(0xd9 + log);
  out.insert(at + 1, more);
}

class Parser {
 public:
  Parser(std::string_view json, std::string& out) : json_(json), at_(json.data()), out_(out) {}

  void document() {
    if (json_.size() >= UINT32_MAX) wrong("4 GiB or more are too much for one item");
    value(0);
    space();
    if (at_ != end()) wrong("expected nothing behind the value");
  }

 private:
  const char* end() const { return json_.data() + json_.size(); }
  [[noreturn]] void wrong(std::string_view what) const { wrong_at(at_, what); }
  [[noreturn]] void wrong_at(const char* at, std::string_view what) const {
    throw bad_value("column " + std::to_string(at - json_.data() + 1) + ": " + std::string(what));
  }
  char peek() const { return at_ == end() ? '\0' : *at_; }
  void space() {
    while (at_ != end() && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  void value(int depth) {
    space();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return list(depth);
      case '"':
        return text();
      case 't':
        return word("true", '\xc3');
      case 'f':
        return word("false", '\xc2');
      case 'n':
        return word("null", '\xc0');
      default:
        return number();
    }
  }

  void word(std::string_view word, char tag) {
    if (json_.substr(static_cast<std::size_t>(at_ - json_.data()), word.size()) != word) {
      wrong("expected a value");
    }
    at_ += word.size();
    out_.push_back(tag);
  }

  /// The `item`s up to `close`; says how many there were.
  template <class Item>
  std::size_t items(char close, int depth, Item item) {
    if (depth == kDeepest) wrong("nested deeper than 64 levels");
    ++at_;
    space();
    if (peek() == close) return ++at_, 0;
    for (std::size_t n = 1;; ++n) {
      item();
      space();
      const char c = peek();
      if (c != ',' && c != close) {
        wrong(close == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
      }
      ++at_;
      if (c == close) return n;
    }
  }

  void list(int depth) {
    const std::size_t head = out_.size();
    out_.push_back(0);
    const std::size_t n = items(']', depth, [&] { value(depth + 1); });
    set_head(out_, head, kList, n);
  }

  void object(int depth) {
    const std::size_t head = out_.size();
    out_.push_back(0);
    const std::size_t n = items('}', depth, [&] {
      space();
      if (peek() != '"') wrong("expected a key in quotes");
      text();
      space();
      if (peek() != ':') wrong("expected ':'");
      ++at_;
      value(depth + 1);
    });
    set_head(out_, head, kMap, n);
    if (n == 1) make_bytes(head);
  }

  /// Makes the map at `head`, which has one key, bytes when that is "$base64".
  void make_bytes(std::size_t head) {
    constexpr std::string_view kStart = "\x81\xa7$base64";
    if (std::string_view(out_).substr(head, kStart.size()) != kStart) return;
    reader in(out_.data() + head + kStart.size(), out_.size() - head - kStart.size());
    std::string data;
    if (in.next() != kind::text || !from_base64(in.text(), data)) return;
    out_.resize(head);
    const int log = data.size() <= UINT8_MAX ? 0 : data.size() <= UINT16_MAX ? 1 : 2;
    out_.push_back(static_cast<char>(0xc4 + log));
    put_big_endian(out_, data.size(), 1 << log);
    out_ += data;
  }

  void number() {
    const char* const from = at_;
    if (peek() == '-') ++at_;
    const char* const digits = at_;
    if (!some_digits())
      wrong_at(from, from == digits ? "expected a value" : "expected a digit behind '-'");
    if (*digits == '0' && at_ - digits > 1) wrong_at(digits, "a number does not begin with 0");
    bool whole = true;
    if (peek() == '.') {
      ++at_;
      whole = false;
      if (!some_digits()) wrong("expected a digit behind '.'");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      whole = false;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!some_digits()) wrong("expected a digit in the exponent");
    }
    put_number(from, whole);
  }

  bool some_digits() {
    const char* const from = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ != from;
  }

  void put_number(const char* from, bool whole) {
    if (whole) {
      std::int64_t value = 0;
      std::uint64_t natural = 0;
      // "-0" is a float: the integer would lose its sign.
      if (std::from_chars(from, at_, value).ec == std::errc() && (value != 0 || *from != '-')) {
        return put_integer(out_, value);
      }
      if (*from != '-' && std::from_chars(from, at_, natural).ec == std::errc())
        return put_natural(out_, natural);
    }
    double real = 0;
    if (std::from_chars(from, at_, real).ec != std::errc())
      wrong_at(from, "the number does not fit into a float");
    put_real(out_, real);
  }

  void text() {
    const std::size_t head = out_.size();
    out_.push_back(0);
    ++at_;
    while (true) {
      const char* const from = at_;
      while (at_ != end() && *at_ != '"' && *at_ != '\\' &&
             static_cast<unsigned char>(*at_) >= 0x20)
        ++at_;
      const std::string_view plain(from, static_cast<std::size_t>(at_ - from));
      const std::size_t bad = first_not_utf8(plain);
      if (bad != plain.size()) wrong_at(from + bad, "the text is not UTF-8");
      out_.append(plain);
      if (at_ == end()) wrong("the text has no end");
      if (*at_ == '"') break;
      if (*at_ != '\\') wrong("a control character in a text must be escaped");
      escape();
    }
    ++at_;
    set_text_head(out_, head);
  }

  void escape() {
    const char* const from = at_;
    ++at_;
    switch (peek()) {
      case '"':
      case '\\':
      case '/':
        out_.push_back(*at_);
        break;
      case 'b':
        out_.push_back('\b');
        break;
      case 'f':
        out_.push_back('\f');
        break;
      case 'n':
        out_.push_back('\n');
        break;
      case 'r':
        out_.push_back('\r');
        break;
      case 't':
        out_.push_back('\t');
        break;
      case 'u':
        return unicode(from);
      default:
        wrong_at(from, "unknown escape");
    }
    ++at_;
  }

  void unicode(const char* from) {
    std::uint32_t code = hex4();
    if (code >= 0xd800 && code < 0xdc00) {
      if (end() - at_ < 2 || at_[0] != '\\' || at_[1] != 'u')
        wrong_at(from, "half a surrogate pair");
      ++at_;
      const std::uint32_t low = hex4();
      if (low < 0xdc00 || low > 0xdfff) wrong_at(from, "half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code <= 0xdfff) {
      wrong_at(from, "half a surrogate pair");
    }
    put_utf8(out_, code);
  }

  /// The four digits behind the 'u' at the cursor.
  std::uint32_t hex4() {
    ++at_;
    std::uint32_t code = 0;
    if (end() - at_ < 4 || std::from_chars(at_, at_ + 4, code, 16).ptr != at_ + 4) {
      wrong("expected four hexadecimal digits");
    }
    at_ += 4;
    return code;
  }

  std::string_view json_;
  const char* at_;
  std::string& out_;
};

}  // namespace

void json_read(std::string_view json, std::string& out) {
  const std::size_t before = out.size();
  try {
    Parser(json, out).document();
  } catch (...) {
    out.resize(before);
    throw;
  }
}

}  // namespace papy::files
