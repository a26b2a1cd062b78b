#include "item/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "item/pack.h"
#include "item/scan.h"

namespace papy {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of the UTF-8 sequence that begins `text`; 0: it is none (Unicode 15, table 3-7).
std::size_t sequence(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return in(1, 0x80, 0xbf) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
    return in(1, low, high) && in(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
    return in(1, low, high) && in(2, 0x80, 0xbf) && in(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t n = sequence(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

void append_base64(std::string& out, Bytes bytes) {
  out.append("{\"$base64\":\"").append(base64(bytes)).append("\"}");
}

/// Type and bytes of a msgpack extension.
void append_extension(std::string& out, Bytes value) {
  const std::uint8_t tag = value[0];
  const std::size_t head = tag >= 0xd4 ? 2 : std::size_t{2} + (std::size_t{1} << (tag - 0xc7));
  const auto type = static_cast<std::int8_t>(value[head - 1]);
  out.append(fmt::format("{{\"$ext\":{},\"$base64\":\"{}\"}}", type, base64(value.subspan(head))));
}

void append_key(std::string& out, Bytes key) {
  Unpacker reader(key);
  if (const auto text = reader.text(); text && is_utf8(*text)) return append_json_text(out, *text);
  append_json_text(out, to_json(key));
}

void append_map(std::string& out, Unpacker& reader, std::uint32_t n) {
  out.push_back('{');
  for (std::uint32_t i = 0; i < n; ++i) {
    if (i > 0) out.push_back(',');
    append_key(out, reader.any());
    out.push_back(':');
    append_json(out, reader.any());
  }
  out.push_back('}');
}

void append_array(std::string& out, Unpacker& reader, std::uint32_t n) {
  out.push_back('[');
  for (std::uint32_t i = 0; i < n; ++i) {
    if (i > 0) out.push_back(',');
    append_json(out, reader.any());
  }
  out.push_back(']');
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const int padding = last ? (text[i + 3] == '=') + (text[i + 2] == '=') : 0;
    std::uint32_t word = 0;
    for (int j = 0; j < 4; ++j) {
      const char c = j >= 4 - padding ? 'A' : text[i + static_cast<std::size_t>(j)];
      const auto digit = std::string_view(kAlphabet, 64).find(c);
      if (digit == std::string_view::npos) return std::nullopt;
      word = word << 6 | static_cast<std::uint32_t>(digit);
    }
    for (int j = 0; j < 3 - padding; ++j) bytes.push_back(static_cast<char>(word >> (16 - 8 * j)));
  }
  return bytes;
}

std::optional<std::string> binary_of(const Json& value) {
  if (value.size() != 1 || !value.contains("$base64") || !value["$base64"].is_string()) return {};
  return from_base64(value["$base64"].get_ref<const std::string&>());
}

bool pack(Packer& out, const Json& value, int depth) {
  if (depth > kMaxDepth) return false;
  switch (value.type()) {
    case Json::value_t::boolean:
      out.boolean(value.get<bool>());
      return true;
    case Json::value_t::number_integer:
      out.integer(value.get<std::int64_t>());
      return true;
    case Json::value_t::number_unsigned:
      out.natural(value.get<std::uint64_t>());
      return true;
    case Json::value_t::number_float:
      out.real(value.get<double>());
      return true;
    case Json::value_t::string:
      out.text(value.get_ref<const std::string&>());
      return true;
    case Json::value_t::array:
      out.array(value.size());
      for (const Json& each : value) {
        if (!pack(out, each, depth + 1)) return false;
      }
      return true;
    case Json::value_t::object:
      if (const auto binary = binary_of(value)) {
        out.binary(bytes_of(*binary));
        return true;
      }
      out.map(value.size());
      for (const auto& [key, each] : value.items()) {
        out.text(key);
        if (!pack(out, each, depth + 1)) return false;
      }
      return true;
    case Json::value_t::null:
    case Json::value_t::binary:     // JSON text has none
    case Json::value_t::discarded:  // the parser throws instead
      out.nil();
      return true;
  }
  return true;
}

/// `byte`: where the parser stopped, from 1.
std::string complaint(std::string_view text, std::size_t byte) {
  if (byte == 0 || byte > text.size()) return "it ends too early";
  const auto c = static_cast<unsigned char>(text[byte - 1]);
  if (c > 0x20 && c < 0x7f) return fmt::format("unexpected '{}' at byte {}", text[byte - 1], byte);
  return fmt::format("unexpected byte 0x{:02x} at byte {}", c, byte);
}

}  // namespace

std::string base64(Bytes bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j) word = word << 8 | (j < n ? bytes[i + j] : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      out.push_back(j <= n ? kAlphabet[word >> (18 - 6 * j) & 63] : '=');
  }
  return out;
}

void append_json_text(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    std::size_t n = 1;
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c >= 0x20 && c < 0x7f) {
      out.push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (c < 0x80) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    } else if (n = sequence(text); n > 0) {
      out.append(text.substr(0, n));
    } else {
      n = 1;
      out.append("\xef\xbf\xbd");
    }
    text.remove_prefix(n);
  }
  out.push_back('"');
}

void append_json_real(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out.append("null");
    return;
  }
  const std::string text = fmt::format("{}", value);
  out.append(text);
  if (text.find_first_of(".e") == std::string::npos) out.append(".0");
}

void append_json(std::string& out, Bytes value) {
  Unpacker reader(value);
  const std::uint8_t tag = value[0];
  if (const auto n = reader.map()) return append_map(out, reader, *n);
  if (const auto n = reader.array()) return append_array(out, reader, *n);
  if (const auto text = reader.text()) {
    if (is_utf8(*text)) return append_json_text(out, *text);
    return append_base64(out, bytes_of(*text));
  }
  if (const auto binary = reader.binary()) return append_base64(out, *binary);
  if (reader.nil()) {
    out.append("null");
  } else if (const auto truth = reader.boolean()) {
    out.append(*truth ? "true" : "false");
  } else if (tag == 0xca || tag == 0xcb) {
    append_json_real(out, *reader.real());
  } else if (const auto integer = reader.integer()) {
    fmt::format_to(std::back_inserter(out), "{}", *integer);
  } else if (const auto natural = reader.natural()) {
    fmt::format_to(std::back_inserter(out), "{}", *natural);
  } else {
    append_extension(out, value);
  }
}

std::string to_json(Bytes value) {
  std::string out;
  append_json(out, value);
  return out;
}

Result<std::string> from_json(std::string_view text) {
  std::string bytes;
  try {
    const Json value = Json::parse(text);
    Packer out(bytes);
    if (!pack(out, value, 1))
      return error(fmt::format("nested deeper than {} arrays and objects", kMaxDepth));
  } catch (const Json::parse_error& wrong) {
    return error("not JSON: " + complaint(text, wrong.byte));
  } catch (const Json::exception&) {  // a number beyond all range
    return error("not JSON: a number is out of range");
  }
  return bytes;
}

}  // namespace papy
