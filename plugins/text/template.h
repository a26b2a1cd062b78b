#pragma once

#include <papy/cpp/any.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace papy::text {

/// A text with fields of an item in it.
///
///     Template line("{name:<8} {read.length:>6} {}");
///     line.fill(item)   // "r1           12 {"name":"r1", ...}"
///
/// {} is the item itself, {{ and }} are braces. Behind a colon stands how (fmtlib's format
/// specification, nearly Python's): alignment, width, precision, type. Text stays as it is, other
/// values that are no numbers become JSON.
class Template {
 public:
  /// Throws papy::fail with the character where the text is wrong.
  explicit Template(const std::string& text);
  /// Throws papy::fail when a field is not there or is not what its specification is for.
  std::string fill(any item) const;

 private:
  struct Field {
    std::string path;
    std::string format;  // "{:>6}"
  };
  struct Part {
    std::string literal;  // stands in front of the field
    Field field;
    bool has_field = false;  // not so in the last part
  };

  std::size_t take_field(std::string_view text, std::size_t at);

  std::vector<Part> parts_;
};

}  // namespace papy::text
