#pragma once

#include <string>
#include <vector>

namespace papy {

/// Lines up words: the first column to the left, the others to the right, two spaces between.
///
///     piper     in  failed
///     trim1  10000       3
class Table {
 public:
  explicit Table(std::vector<std::string> head) { add(std::move(head)); }

  /// Requires: as many cells as the head has.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// The lines, each with its line feed.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace papy
