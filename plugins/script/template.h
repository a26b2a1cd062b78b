#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "script/field.h"
#include "script/quoting.h"
#include "script/values.h"

namespace papy::script {

/// A text with fields in braces.
///
///     Template("{/.}.sam").text(values)     // "reads.sam"
///
/// Braces that hold no field are text, and so are those behind a `$` or a backslash, as in ${HOME};
/// `{{name}}` is the text "{name}". Constant once made; any thread.
class Template {
 public:
  explicit Template(std::string_view text);

  bool has_fields() const;
  /// The fields, in their order.
  std::vector<Field> fields() const;
  std::string text(const Values& values) const;

 protected:
  using Piece = std::variant<std::string, Field>;
  std::vector<Piece> pieces_;
};

/// A command for a shell, whose fields can never become commands themselves.
///
///     ShellTemplate t("gzip -k {} && echo \"{/}\"");
///     t.command(values)   // {"_papy1=$1; shift 1; gzip -k \"${_papy1}\" && ...", {"a b.txt"}}
///
/// A value of harmless characters is put into the text. Any other one is a word behind the command,
/// and the text has a reference to it, which a shell never reads as code. Where in the quotes of
/// the text a field stands decides only how the reference is quoted.
class ShellTemplate : public Template {
 public:
  explicit ShellTemplate(std::string_view text);

  struct Command {
    std::string text;                ///< for `sh -c`
    std::vector<std::string> words;  ///< $1, $2 ... of it
  };
  Command command(const Values& values) const;
  /// The same for people, who may paste it into a shell: the values are quoted where they stand.
  std::string shown(const Values& values) const;

 private:
  /// The text, with `place(word, quotes)` for each word of a field.
  template <typename Place>
  std::string filled(const Values& values, Place place) const;

  std::vector<Quotes> quotes_;  // one a field
};

}  // namespace papy::script
