#include "python.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

namespace conformance::python {
namespace {

constexpr Integer kMost = Integer{1} << 100;  // results beyond fit into no item anyway

std::optional<Integer> as_integer(const Value& value) {
  if (const auto* number = std::get_if<Integer>(&value.is)) return *number;
  if (const auto* truth = std::get_if<bool>(&value.is)) return Integer{*truth};
  return std::nullopt;
}

std::optional<double> as_real(const Value& value) {
  if (const auto* number = std::get_if<double>(&value.is)) return *number;
  if (const auto number = as_integer(value)) return static_cast<double>(*number);
  return std::nullopt;
}

[[noreturn]] void unsupported(const char* sign, const Value& a, const Value& b) {
  raise("TypeError", std::string("unsupported operand type(s) for ") + sign + ": '" + a.type() +
                         "' and '" + b.type() + "'");
}

Value checked(Integer value) {
  if (value > kMost || value < -kMost) raise("OverflowError", "the integer is too large");
  return integer(value);
}

Value repeat(const Value& sequence, Integer times) {
  if (const std::string* letters = sequence.text()) {
    std::string all;
    for (Integer i = 0; i < times; ++i) all += *letters;
    return text(std::move(all));
  }
  List all;
  for (Integer i = 0; i < times; ++i) {
    all.insert(all.end(), sequence.list()->begin(), sequence.list()->end());
  }
  return list(std::move(all));
}

Integer integer_power(Integer base, Integer exponent) {
  Integer result = 1;
  for (Integer i = 0; i < exponent; ++i) {
    if (result == 0 || (result == 1 && base == 1)) break;
    if (__builtin_mul_overflow(result, base, &result) || result > kMost || result < -kMost) {
      raise("OverflowError", "the integer is too large");
    }
    if (base == -1) return exponent % 2 == 0 ? 1 : -1;
  }
  return result;
}

std::string integer_text(Integer value) {
  if (value == 0) return "0";
  std::string digits;
  for (Integer rest = value < 0 ? -value : value; rest > 0; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  return value < 0 ? "-" + digits : digits;
}

// The shortest digits that read back the same; with an exponent outside of 1e-4 .. 1e16.
std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[400];
  const double size = std::fabs(value);
  const bool is_plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
  std::string digits(buffer, end);
  if (is_plain && digits.find('.') == digits.npos) digits += ".0";
  return digits;
}

std::string quoted(const std::string& letters) {
  const bool has_single = letters.find('\'') != letters.npos;
  const char quote = has_single && letters.find('"') == letters.npos ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : letters) {
    if (c == quote || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + quote;
}

std::string list_text(const List& values) {
  std::string out = "[";
  for (const Value& value : values) out += (out.size() == 1 ? "" : ", ") + repr(value);
  return out + "]";
}

std::string dict_text(const Dict& dict) {
  std::string out = "{";
  for (std::size_t i = 0; i < dict.keys.size(); ++i) {
    out += (i == 0 ? "" : ", ") + repr(dict.keys[i]) + ": " + repr(dict.values[i]);
  }
  return out + "}";
}

std::size_t bytes_of_letter(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

const std::string& text_of(const Value& value, const char* method) {
  if (value.text() != nullptr) return *value.text();
  raise("AttributeError",
        std::string("'") + value.type() + "' object has no attribute '" + method + "'");
}

}  // namespace

Value add(const Value& a, const Value& b) {
  if (const auto i = as_integer(a), j = as_integer(b); i && j) return checked(*i + *j);
  if (const auto x = as_real(a), y = as_real(b); x && y) return real(*x + *y);
  if (a.text() != nullptr && b.text() != nullptr) return text(*a.text() + *b.text());
  if (a.list() == nullptr || b.list() == nullptr) unsupported("+", a, b);
  List both = *a.list();
  both.insert(both.end(), b.list()->begin(), b.list()->end());
  return list(std::move(both));
}

Value subtract(const Value& a, const Value& b) {
  if (const auto i = as_integer(a), j = as_integer(b); i && j) return checked(*i - *j);
  if (const auto x = as_real(a), y = as_real(b); x && y) return real(*x - *y);
  unsupported("-", a, b);
}

Value multiply(const Value& a, const Value& b) {
  const auto i = as_integer(a), j = as_integer(b);
  if (i && j) {
    Integer product = 0;
    if (__builtin_mul_overflow(*i, *j, &product))
      raise("OverflowError", "the integer is too large");
    return checked(product);
  }
  if (const auto x = as_real(a), y = as_real(b); x && y) return real(*x * *y);
  const auto is_sequence = [](const Value& value) { return value.text() || value.list(); };
  if (is_sequence(a) && j) return repeat(a, *j);
  if (is_sequence(b) && i) return repeat(b, *i);
  if (is_sequence(a) || is_sequence(b)) {
    const Value& other = is_sequence(a) ? b : a;
    raise("TypeError",
          std::string("can't multiply sequence by non-int of type '") + other.type() + "'");
  }
  unsupported("*", a, b);
}

Value floor_divide(const Value& a, const Value& b) {
  if (const auto i = as_integer(a), j = as_integer(b); i && j) {
    if (*j == 0) raise("ZeroDivisionError", "integer division or modulo by zero");
    const bool is_rounded_up = *i % *j != 0 && (*i < 0) != (*j < 0);
    return integer(*i / *j - (is_rounded_up ? 1 : 0));
  }
  const auto x = as_real(a), y = as_real(b);
  if (!x || !y) unsupported("//", a, b);
  if (*y == 0) raise("ZeroDivisionError", "float floor division by zero");
  return real(std::floor(*x / *y));
}

Value power(const Value& a, const Value& b) {
  const auto i = as_integer(a), j = as_integer(b);
  if (i && j && *j >= 0) return integer(integer_power(*i, *j));
  const auto x = as_real(a), y = as_real(b);
  if (!x || !y) unsupported("** or pow()", a, b);
  if (*x == 0 && *y < 0) {
    raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  }
  return real(std::pow(*x, *y));
}

bool equal(const Value& a, const Value& b) {
  if (const auto i = as_integer(a), j = as_integer(b); i && j) return *i == *j;
  if (const auto x = as_real(a), y = as_real(b); x && y) return *x == *y;
  if (a.is.index() != b.is.index()) return false;
  if (a.text() != nullptr) return *a.text() == *b.text();
  if (a.list() != nullptr) {
    const List &left = *a.list(), &right = *b.list();
    if (left.size() != right.size()) return false;
    for (std::size_t k = 0; k < left.size(); ++k) {
      if (!equal(left[k], right[k])) return false;
    }
    return true;
  }
  return a.is_none();  // dicts and exceptions: none is another's equal
}

bool truth(const Value& value) {
  if (const auto number = as_real(value)) return *number != 0;
  if (value.text() != nullptr) return !value.text()->empty();
  if (value.list() != nullptr) return !value.list()->empty();
  if (value.dict() != nullptr) return !value.dict()->keys.empty();
  return !value.is_none();
}

Value at(const Value& value, std::size_t index) {
  if (value.text() == nullptr && value.list() == nullptr) {
    raise("TypeError", std::string("'") + value.type() + "' object is not subscriptable");
  }
  List all = elements(value);
  if (index >= all.size()) {
    raise("IndexError", std::string(value.list() ? "list" : "string") + " index out of range");
  }
  return std::move(all[index]);
}

List elements(const Value& value) {
  if (value.list() != nullptr) return *value.list();
  if (value.text() == nullptr) {
    raise("TypeError", std::string("'") + value.type() + "' object is not iterable");
  }
  List letters;
  const std::string& all = *value.text();
  for (std::size_t from = 0; from < all.size();) {
    const std::size_t size = bytes_of_letter(static_cast<unsigned char>(all[from]));
    letters.push_back(text(all.substr(from, size)));
    from += size;
  }
  return letters;
}

Value sum(const Value& values) {
  Value total = integer(0);
  for (const Value& value : elements(values)) total = add(total, value);
  return total;
}

std::string str(const Value& value) { return value.text() ? *value.text() : repr(value); }

std::string repr(const Value& value) {
  if (value.is_none()) return "None";
  if (const auto* truth = std::get_if<bool>(&value.is)) return *truth ? "True" : "False";
  if (const auto* number = std::get_if<Integer>(&value.is)) return integer_text(*number);
  if (const auto* number = std::get_if<double>(&value.is)) return real_text(*number);
  if (value.text() != nullptr) return quoted(*value.text());
  if (value.list() != nullptr) return list_text(*value.list());
  if (value.dict() != nullptr) return dict_text(*value.dict());
  return value.exception()->kind + "()";
}

Value upper(const Value& value) {
  std::string letters = text_of(value, "upper");
  for (char& c : letters) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return text(std::move(letters));
}

Value replace(const Value& value, const std::string& from, const std::string& to) {
  std::string letters = text_of(value, "replace");
  for (auto at = letters.find(from); at != letters.npos; at = letters.find(from, at + to.size())) {
    letters.replace(at, from.size(), to);
  }
  return text(std::move(letters));
}

double number(const Value& value, const char* what) {
  if (const auto number = as_real(value)) return *number;
  raise("TypeError", std::string(what) + ", not '" + value.type() + "'");
}

}  // namespace conformance::python
