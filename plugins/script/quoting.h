#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace papy::script {

/// Within which quotes of a shell's command something stands.
enum class Quotes { none, single, twofold };

/// Follows the quotes of a shell's command from its beginning.
///
///     QuoteTracker t;
///     t.pass("echo \"$(ls '");   t.now();   // single
///
/// It knows quotes, backslashes, comments, $( ) and backticks, not here-documents. That is enough:
/// where it is wrong a value may be split into words or keep quotes, but never becomes code (see
/// ShellTemplate).
class QuoteTracker {
 public:
  void pass(std::string_view text);
  Quotes now() const;

 private:
  enum class Within { parentheses, backticks, single, twofold, comment };
  void pass(char c);
  void pass_plain(char c);
  void pass_twofold(char c);

  std::vector<Within> within_;  // the innermost is the last
  char before_ = '\n';
  bool escaped_ = false;
};

/// True when a shell takes the word as it is, wherever it stands.
bool is_harmless(std::string_view word);

/// What stands for the value of a variable within such quotes; the value is one word.
std::string reference(const std::string& variable, Quotes quotes);

/// The value itself, for people.
std::string quoted(std::string_view value, Quotes quotes);

}  // namespace papy::script
