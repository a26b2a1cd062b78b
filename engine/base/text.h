#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace papy {

/// How many letters must be inserted, removed, changed or swapped with their neighbour to make one
/// word of the other (optimal string alignment), or `limit + 1` when that is more than `limit`.
/// Upper and lower case are the same.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate that was most likely meant by `word`, or nothing when none is near. The first of
/// equals.
///
///     nearest("bufer", {"batch", "buffer"})   // "buffer"
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string_view>& candidates);

/// The user's word in single quotes, on one line: control characters are escaped and the middle of
/// a long one left out.
std::string in_quotes(std::string_view word);

/// A text from elsewhere on one line that a terminal takes as text: control characters and what is
/// not UTF-8 are escaped (\\n, \\x1b).
std::string printable(std::string_view text);

/// The same for a text of several lines: line feeds and tabs stay.
std::string printable_lines(std::string_view text);

/// A text from elsewhere may be of any length: of one beyond 4 KiB the beginning, and a note that
/// says how much is left out. It then has 4 KiB at most: what was cut stays as it is.
std::string cut_message(std::string_view text);

/// "a", "a or b", "a, b or c". Of more than twenty the first; long ones are shortened.
std::string either(const std::vector<std::string>& words);

/// "a, b, c", shortened in the same way.
std::string listed(const std::vector<std::string_view>& words);

/// Where `text` stops being UTF-8 (overlong forms, surrogates and values above U+10FFFF are not),
/// or npos.
std::size_t find_bad_utf8(std::string_view text);

/// How many columns a terminal needs, counting one a code point.
std::size_t columns(std::string_view text);

}  // namespace papy
