#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace papy::graphs {

// What the functions of a random graph do: pure, and known to the plugin that does it and to the
// evaluation that says what comes of it. An item is a number below 2^63.

/// What a function says to an inbox (papy/plugin.h).
enum class Status { ok, skip, end, error, retry, fail };

/// How a function behaves.
struct Habit {
  std::uint64_t salt = 0;       ///< below 2^63
  std::uint32_t fails = 0;      ///< percent of the tasklets
  std::uint32_t skips = 0;      ///< percent
  std::uint32_t transient = 0;  ///< percent; these fail until a random attempt
  bool errors = false;          ///< fails by `error`, not by `retry` and `fail`
  bool any = false;             ///< emits 0 to `most` values instead of `n`
  std::uint32_t most = 3;
  std::uint32_t n = 1;
  std::optional<std::uint64_t> end_at;  ///< says END at this tasklet and behind it
  bool end_emits = true;                ///< and gives its last values with it
  bool remembers = false;               ///< what it says depends on what it saw before
  std::uint32_t dies = 0;               ///< percent; these end their process, see doom_of()
  std::uint32_t fatal = 30;             ///< percent of those that do so whenever they are called
  std::uint32_t most_deaths = 1;        ///< of the others
};

/// What a function is handed.
struct Handed {
  std::vector<std::uint64_t> values;
  std::uint32_t width = 1, places = 1, consume = 1;
  std::uint64_t tasklet = 0;
  std::uint32_t attempt = 1;
};

struct Said {
  Status status = Status::ok;
  std::int32_t code = 0;
  std::vector<std::uint64_t> values;
};

inline constexpr std::string_view kMessage = "no luck";

/// How a function ends its process, instead of saying something: so many times for an inbox, as if
/// others had put it right by then.
struct Doom {
  std::uint32_t times = 0;  ///< kForGood: each time
  int status = 0;           ///< as waitpid() has it
};
inline constexpr std::uint32_t kForGood = 1000;
Doom doom_of(const Habit& habit, const Handed& handed);
/// Of the flush of a replica: never for good.
Doom doom_at_the_end(const Habit& habit, std::uint32_t replica);

/// `state`: of a function that remembers.
Said say(const Habit& habit, const Handed& handed, std::uint64_t* state);
/// What a replica that remembers says at the end.
std::vector<std::uint64_t> say_at_the_end(const Habit& habit, std::uint32_t replica,
                                          std::uint64_t state);

/// What an input gives.
struct Source {
  std::uint64_t salt = 0;  ///< below 2^63
  std::uint64_t length = 0;
  std::uint32_t fails = 0;  ///< percent
  std::uint32_t skips = 0;  ///< percent
};
/// ok with one value, skip, or fail.
Said read(const Source& source, std::uint64_t place);

/// An item as a text: its number, and some more bytes, the same for the same number. Padding beyond
/// 1000 is for one item of eight.
std::string padded(std::uint64_t number, std::uint32_t padding);
std::uint64_t number_of(std::string_view padded);

}  // namespace papy::graphs
