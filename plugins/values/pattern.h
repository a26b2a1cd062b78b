#pragma once

#include <re2/re2.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace papy::values {

/// A regular expression in the syntax of RE2, which takes time in proportion to the text whatever
/// the expression is: no item makes it hang.
///
///     const Pattern pattern("(?P<key>\\w+)=(?P<value>.*)");
///     if (pattern.find("n=1")) use(pattern.group(2));   // "1"
///
/// One thread at a time for find() and group(); any thread for the rest.
class Pattern {
 public:
  /// Throws papy::bad_value with what is wrong.
  explicit Pattern(const std::string& text);

  bool matches(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), re_);
  }
  /// The first match at or behind byte `from`. The text is borrowed by group().
  bool find(std::string_view text, std::size_t from = 0);
  /// What find() found: 0 the whole match, 1 and on the groups; nothing: the group took no part.
  std::optional<std::string_view> group(std::size_t i) const;
  std::size_t groups() const { return found_.size() - 1; }
  /// Number and name of each group that has a name, in their order.
  std::vector<std::pair<std::size_t, std::string>> names() const;

  /// Throws papy::bad_value when the pattern has no group that `with` speaks of (\1 to \9, \0:
  /// all).
  void check_rewrite(const std::string& with) const;
  std::string replace(std::string_view text, const std::string& with, bool all) const;

 private:
  RE2 re_;
  std::vector<re2::StringPiece> found_;
};

}  // namespace papy::values
