#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "item/failure.h"

namespace papy {

/// Writes one JSON object on one line, member by member, without a tree in between.
///
///     JsonLine line;
///     line.text("event", "batch").natural("tasklets", 64);
///     line.take();   // {"event":"batch","tasklets":64}\n
class JsonLine {
 public:
  JsonLine() { clear(); }

  JsonLine& text(std::string_view key, std::string_view value);
  JsonLine& natural(std::string_view key, std::uint64_t value);
  JsonLine& integer(std::string_view key, std::int64_t value);
  /// With six decimals: seconds down to the microsecond.
  JsonLine& seconds(std::string_view key, double value);
  JsonLine& boolean(std::string_view key, bool value);
  /// Appends `json`, a value that is JSON already.
  JsonLine& raw(std::string_view key, std::string_view json);

  /// The object so far, closed, without a line feed; what follows begins a new one.
  std::string object();
  /// As object(), with a line feed.
  std::string take();

 private:
  void clear() { out_.assign(1, '{'); }
  void key(std::string_view name);
  std::string out_;
};

/// A failure as JSON, on one line, its inbox and its causes as they are:
///
///     {"piper": "trim", "function": "fastx.trim", "kind": "error", "code": 7, "message": "...",
///      "place": 12, "attempts": 1, "hops": 0, "inbox": [...], "causes": [...]}
///
/// `causes` is there only when there are any.
std::string to_json(const Failure& failure);

}  // namespace papy
