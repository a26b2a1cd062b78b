#include "said.h"

#include <signal.h>

#include <algorithm>
#include <charconv>

#include "random.h"

namespace papy::graphs {
namespace {

using sim::mix;

std::uint64_t as_item(std::uint64_t number) { return number >> 1; }

std::int32_t code_of(std::uint64_t seen) { return static_cast<std::int32_t>(seen % 1000); }

/// All of an inbox, and whose it is.
std::uint64_t seen_in(const Habit& habit, const Handed& handed) {
  std::uint64_t seen = mix(habit.salt, handed.tasklet);
  for (const std::uint64_t shape : {handed.width, handed.places, handed.consume})
    seen = mix(seen, shape);
  for (const std::uint64_t value : handed.values) seen = mix(seen, value);
  return seen;
}

Doom doom(const Habit& habit, std::uint64_t seen, std::uint32_t percent) {
  if (mix(seen, 6) % 100 >= percent) return {};
  constexpr int kStatus[] = {SIGKILL, SIGABRT, 0, 3 << 8};
  return {static_cast<std::uint32_t>(1 + mix(seen, 7) % habit.most_deaths),
          kStatus[mix(seen, 8) % std::size(kStatus)]};
}

}  // namespace

Doom doom_of(const Habit& habit, const Handed& handed) {
  const std::uint64_t seen = seen_in(habit, handed);
  Doom doom = graphs::doom(habit, seen, habit.dies);
  if (doom.times > 0 && mix(seen, 9) % 100 < habit.fatal) doom.times = kForGood;
  return doom;
}

Doom doom_at_the_end(const Habit& habit, std::uint32_t replica) {
  return doom(habit, mix(habit.salt, replica), habit.dies > 0 ? 50 : 0);
}

Said say(const Habit& habit, const Handed& handed, std::uint64_t* state) {
  std::uint64_t seen = seen_in(habit, handed);
  if (mix(seen, 1) % 100 < habit.transient && handed.attempt <= mix(seen, 2) % 4)
    return {habit.errors ? Status::error : Status::retry, code_of(seen), {}};
  if (mix(seen, 3) % 100 < habit.fails)
    return {habit.errors ? Status::error : Status::fail, code_of(seen), {}};
  const bool ends = habit.end_at && handed.tasklet >= *habit.end_at;
  if (ends && !habit.end_emits) return {Status::end, 0, {}};
  if (!ends && mix(seen, 4) % 100 < habit.skips) return {Status::skip, 0, {}};
  if (habit.remembers) seen = *state = mix(*state, seen);
  std::uint64_t n = habit.n;
  if (habit.any) n = std::max<std::uint64_t>(mix(seen, 5) % (habit.most + 1), ends);
  Said said{ends ? Status::end : Status::ok, 0, {}};
  for (std::uint64_t i = 0; i < n; ++i) said.values.push_back(as_item(mix(seen, 100 + i)));
  return said;
}

std::vector<std::uint64_t> say_at_the_end(const Habit& habit, std::uint32_t replica,
                                          std::uint64_t state) {
  const std::uint64_t seen = mix(mix(habit.salt, replica), state);
  std::vector<std::uint64_t> values(seen % 3);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = as_item(mix(seen, i));
  return values;
}

Said read(const Source& source, std::uint64_t place) {
  const std::uint64_t seen = mix(source.salt, place);
  if (mix(seen, 1) % 100 < source.fails) return {Status::fail, code_of(seen), {}};
  if (mix(seen, 2) % 100 < source.skips) return {Status::skip, 0, {}};
  return {Status::ok, 0, {as_item(seen)}};
}

std::string padded(std::uint64_t number, std::uint32_t padding) {
  std::string text = std::to_string(number);
  const bool pads = padding > 0 && (padding <= 1000 || number % 8 == 0);
  if (pads) text.append(number / 8 % padding, '.');
  return text;
}

std::uint64_t number_of(std::string_view padded) {
  std::uint64_t number = 0;
  std::from_chars(padded.data(), padded.data() + padded.size(), number);
  return number;
}

}  // namespace papy::graphs
