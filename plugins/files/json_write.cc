#include "files/json_write.h"

#include <charconv>
#include <cmath>

#include "files/utf8.h"

namespace papy::files {
namespace {

/// "$base64":"..." without the braces
void put_base64(bytes data, std::string& out) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out += "\"$base64\":\"";
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t n = data.size() - i < 3 ? data.size() - i : 3;
    std::uint32_t bits = std::uint32_t{data[i]} << 16;
    if (n > 1) bits |= std::uint32_t{data[i + 1]} << 8;
    if (n > 2) bits |= data[i + 2];
    out.push_back(kDigits[bits >> 18]);
    out.push_back(kDigits[(bits >> 12) & 63]);
    out.push_back(n > 1 ? kDigits[(bits >> 6) & 63] : '=');
    out.push_back(n > 2 ? kDigits[bits & 63] : '=');
  }
  out.push_back('"');
}

template <class T>
void put_digits(T value, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void put_real(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  const std::size_t from = out.size();
  put_digits(value, out);
  if (out.find_first_of(".e", from) == std::string::npos) out += ".0";
}

class JsonWriter {
 public:
  JsonWriter(any value, std::string& out) : in_(value.data()), out_(out) {}

  void value() {
    switch (in_.next()) {
      case kind::nil:
        in_.skip();
        out_ += "null";
        break;
      case kind::boolean:
        out_ += in_.boolean() ? "true" : "false";
        break;
      case kind::integer:
        integer();
        break;
      case kind::real:
        put_real(in_.real(), out_);
        break;
      case kind::text:
        text(in_.text());
        break;
      case kind::bytes:
        binary(in_.binary());
        break;
      case kind::list:
        list();
        break;
      case kind::map:
        map();
        break;
      case kind::extension:
        extension(in_.any());
        break;
    }
  }

 private:
  void integer() {
    const bytes raw = reader(in_).any();
    if (raw[0] == 0xcf) {
      put_digits(in_.integer<std::uint64_t>(), out_);
    } else {
      put_digits(in_.integer<std::int64_t>(), out_);
    }
  }
  void text(std::string_view text) {
    if (first_not_utf8(text) == text.size()) return json_write_text(text, out_);
    binary({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  void binary(bytes data) {
    out_.push_back('{');
    put_base64(data, out_);
    out_.push_back('}');
  }
  void extension(bytes value) {
    const std::uint8_t tag = value[0];
    const std::size_t head = tag >= 0xd4 ? 2 : std::size_t{2} + (std::size_t{1} << (tag - 0xc7));
    out_ += "{\"$ext\":";
    put_digits(static_cast<int>(static_cast<std::int8_t>(value[head - 1])), out_);
    out_.push_back(',');
    put_base64(value.subspan(head), out_);
    out_.push_back('}');
  }
  void list() {
    out_.push_back('[');
    const std::size_t n = in_.list();
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) out_.push_back(',');
      value();
    }
    out_.push_back(']');
  }
  void map() {
    out_.push_back('{');
    const std::size_t n = in_.map();
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) out_.push_back(',');
      key();
      out_.push_back(':');
      value();
    }
    out_.push_back('}');
  }
  void key() {
    if (in_.next() == kind::text) {
      const std::string_view name = reader(in_).text();
      if (first_not_utf8(name) == name.size()) return json_write_text(in_.text(), out_);
    }
    std::string name;
    json_write(any(in_.any()), name);
    json_write_text(name, out_);
  }

  reader in_;
  std::string& out_;
};

}  // namespace

void json_write_text(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  const char* plain = text.data();
  const char* const end = text.data() + text.size();
  for (const char* at = plain; at != end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c >= 0x20 && c != '"' && c != '\\') [[likely]]
      continue;
    out.append(plain, at);
    plain = at + 1;
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out.push_back(*at);
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '\t':
        out.push_back('t');
        break;
      default:
        out += "u00";
        out.push_back(kHex[c >> 4]);
        out.push_back(kHex[c & 15]);
    }
  }
  out.append(plain, end);
  out.push_back('"');
}

void json_write(any value, std::string& out) { JsonWriter(value, out).value(); }

}  // namespace papy::files
