// Workers that look for regular expressions.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/subject.h"
#include "values/packed_by.h"
#include "values/pattern.h"

namespace papy::text {
namespace {

inline constexpr const char* kPatternDoc =
    "a regular expression in the syntax of RE2; (?i) in front: small and capital letters alike";

/// The argument 'pattern' of a function.
struct PatternArgument : values::Pattern {
  explicit PatternArgument(const std::string& text) try : Pattern(text) {
  } catch (const bad_value& wrong) {
    throw fail("argument 'pattern': " + std::string(wrong.what()));
  }
};

struct matches_args {
  PAPY_ARGS(matches_args, (std::string, pattern, required, kPatternDoc),
            (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc))
};

class matches {
 public:
  using args = matches_args;
  explicit matches(const matches_args& args) : args_(args), pattern_(args.pattern) {}

  values::Edited<bool> operator()(any item) const {
    return Subject(args_).edit_text(item,
                                    [&](std::string_view text) { return pattern_.matches(text); });
  }

 private:
  matches_args args_;
  PatternArgument pattern_;
};

struct grep_args {
  PAPY_ARGS(grep_args, (std::string, pattern, required, kPatternDoc),
            (std::string, field, "", kFieldDoc),
            (bool, invert, false, "keep the items that do not match"))
};

class grep {
 public:
  using args = grep_args;
  explicit grep(const grep_args& args) : args_(args), pattern_(args.pattern) {}

  std::optional<any> operator()(any item) const {
    const bool found = Subject(args_.field).look(item, [&](any value) {
      return pattern_.matches(value.as<std::string_view>());
    });
    if (found == args_.invert) return std::nullopt;
    return item;
  }

 private:
  grep_args args_;
  PatternArgument pattern_;
};

struct capture_args {
  PAPY_ARGS(capture_args,
            (std::string, pattern, required,
             "a regular expression in the syntax of RE2 with groups that have names, as "
             "(?P<status>[0-9]+)"),
            (std::string, field, "", kFieldDoc),
            (std::string, into, "",
             "the field for the map of groups; empty: the groups become fields of the item"),
            (std::string, otherwise, "fail", "what becomes of an item that does not match",
             one_of("fail", "skip", "nil")))
};

/// The groups of one match. What took no part in it is nil.
using Groups = std::vector<std::pair<std::string_view, std::optional<std::string_view>>>;

void write_groups(writer& to, const Groups& groups) {
  for (const auto& [name, text] : groups) {
    to.text(name);
    codec<std::optional<std::string_view>>::write(to, text);
  }
}

bool has(const Groups& groups, any key) {
  if (key.kind() != kind::text) return false;
  return std::any_of(groups.begin(), groups.end(),
                     [&](const auto& group) { return group.first == key.as<std::string_view>(); });
}

/// The fields of the item that no group is named after, then the groups. An item that is text
/// itself has none.
void write_with_groups(writer& to, any item, const Groups& groups) {
  std::vector<std::pair<any, any>> fields;
  if (item.kind() == kind::map) fields = item.map();
  std::erase_if(fields, [&](const auto& field) { return has(groups, field.first); });
  to.map(fields.size() + groups.size());
  for (const auto& [key, value] : fields) {
    to.raw(key.data());
    to.raw(value.data());
  }
  write_groups(to, groups);
}

class capture {
 public:
  using args = capture_args;
  explicit capture(const capture_args& args)
      : args_(args), pattern_(args.pattern), names_(pattern_.names()) {
    if (names_.empty()) throw fail("argument 'pattern': no group has a name, as (?P<name>...)");
  }

  std::optional<packed> operator()(any item) {
    const auto groups = Subject(args_.field).look(item, [&](any value) {
      return groups_in(value.as<std::string_view>());
    });
    if (groups.has_value()) return with_groups(item, *groups);
    if (args_.otherwise == "skip") return std::nullopt;
    if (args_.otherwise == "fail") throw fail("the text does not match the pattern");
    Groups none;
    for (const auto& [number, name] : names_) none.emplace_back(name, std::nullopt);
    return with_groups(item, none);
  }

 private:
  std::optional<Groups> groups_in(std::string_view text) {
    if (!pattern_.find(text)) return std::nullopt;
    Groups groups;
    for (const auto& [number, name] : names_) groups.emplace_back(name, pattern_.group(number));
    return groups;
  }
  packed with_groups(any item, const Groups& groups) const {
    return values::packed_by([&](writer& to) {
      if (args_.into.empty()) return write_with_groups(to, item, groups);
      values::write_edited(to, item, args_.into, [&](writer& at) {
        at.map(groups.size());
        write_groups(at, groups);
      });
    });
  }

  capture_args args_;
  PatternArgument pattern_;
  std::vector<std::pair<std::size_t, std::string>> names_;
};

struct find_all_args {
  PAPY_ARGS(find_all_args, (std::string, pattern, required, kPatternDoc),
            (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc))
};

/// Every match, or with groups in the pattern the list of what each took.
class find_all {
 public:
  using args = find_all_args;
  explicit find_all(const find_all_args& args) : args_(args), pattern_(args.pattern) {}

  values::Edited<packed> operator()(any item) {
    return Subject(args_).edit_text(item, [&](std::string_view text) {
      return pattern_.groups() == 0 ? pack(matches_in(text)) : pack(groups_in(text));
    });
  }

 private:
  using Match = std::optional<std::string_view>;

  template <class Take>
  void each_match(std::string_view text, const Take& take) {
    for (std::size_t from = 0; from <= text.size() && pattern_.find(text, from);) {
      const std::string_view whole = *pattern_.group(0);
      take();
      const auto end = static_cast<std::size_t>(whole.data() - text.data()) + whole.size();
      from = whole.empty() ? behind_character(text, end) : end;
    }
  }
  /// An empty match is not looked for again at its own place, nor within a character.
  static std::size_t behind_character(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    return at;
  }
  std::vector<Match> matches_in(std::string_view text) {
    std::vector<Match> all;
    each_match(text, [&] { all.push_back(pattern_.group(0)); });
    return all;
  }
  std::vector<std::vector<Match>> groups_in(std::string_view text) {
    std::vector<std::vector<Match>> all;
    each_match(text, [&] {
      std::vector<Match>& match = all.emplace_back();
      for (std::size_t i = 1; i <= pattern_.groups(); ++i) match.push_back(pattern_.group(i));
    });
    return all;
  }

  find_all_args args_;
  PatternArgument pattern_;
};

struct replace_args {
  PAPY_ARGS(replace_args, (std::string, pattern, required, kPatternDoc),
            (std::string, with, required, "what takes its place; \\1 is the first group"),
            (bool, all, true, "every match; else the first only"),
            (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc))
};

class replace {
 public:
  using args = replace_args;
  explicit replace(const replace_args& args) : args_(args), pattern_(args.pattern) {
    try {
      pattern_.check_rewrite(args.with);
    } catch (const bad_value& wrong) {
      throw fail("argument 'with': " + std::string(wrong.what()));
    }
  }

  values::Edited<std::string> operator()(any item) const {
    return Subject(args_).edit_text(
        item, [&](std::string_view text) { return pattern_.replace(text, args_.with, args_.all); });
  }

 private:
  replace_args args_;
  PatternArgument pattern_;
};

}  // namespace
}  // namespace papy::text

PAPY_WORKER_AS(matches, papy::text::matches, "whether a regular expression is found in the text",
               papy::pure);
PAPY_WORKER_AS(grep, papy::text::grep,
               "the items with a text in which a regular expression is found; the others become "
               "gaps",
               papy::pure);
PAPY_WORKER_AS(capture, papy::text::capture,
               "the groups of a regular expression as fields, by their names", papy::pure);
PAPY_WORKER_AS(find_all, papy::text::find_all,
               "all that a regular expression finds in a text, as a list; with groups, a list of "
               "each match's groups",
               papy::pure);
PAPY_WORKER_AS(replace, papy::text::replace,
               "the text with what a regular expression finds replaced", papy::pure);
