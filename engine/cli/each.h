#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace papy {

/// What `papy each` is asked to do.
struct EachSettings {
  std::string command;                          ///< empty: each item is a command itself
  std::vector<std::vector<std::string>> lists;  ///< of items; several: all combinations
  std::optional<std::string> arg_file;          ///< a file with an item a line, instead of lists
  std::uint32_t jobs = 1;                       ///< programs at once
  bool keep_order = false;                      ///< results in the order of the items
  bool tag = false;
  bool dry_run = false;
  std::optional<std::string> joblog;
  std::optional<std::string> results;
  std::string halt = "never";  ///< never, soon,fail=N or soon,fail=N%
  std::uint32_t retries = 1;   ///< attempts for each item
  std::string timeout;         ///< of one attempt: seconds, or with a unit; empty: none
  std::string shell = "/bin/sh";
};

/// Parts the words behind the options of `papy each`: the command, and the lists behind `:::`.
///
///     {"gzip", "-k", "{}", ":::", "a", "b"}   ->   command "gzip -k {}", lists {{"a", "b"}}
///
/// A command without a field gets " {}" at its end. The error is for the user.
Result<void> take_each_words(const std::vector<std::string>& words, EachSettings& settings);

/// The workflow that does it, as a document. The error is for the user: a word of an option that is
/// not right, or text that no document can hold.
///
/// Items go to script.run, whose records go to two outputs: one shows them, the other one counts
/// those that failed.
Result<std::string> each_document(const EachSettings& settings);

}  // namespace papy
