#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "item/batch.h"
#include "workflow/plan.h"

namespace papy::sim {

/// An item, reduced to what can be compared: its kind and a number that tells where it came from.
struct Token {
  ItemKind kind = ItemKind::value;
  std::uint64_t number = 0;  // 0 for a gap
  friend auto operator<=>(const Token&, const Token&) = default;
};

void write(const Token& token, std::uint32_t padding, BatchBuilder* out);
Token read(const ItemView& item);
std::string text(const std::vector<Token>& tokens);

/// What the worker of one piper does, as a pure function of its inbox.
struct Behaviour {
  std::uint64_t salt = 0;
  std::uint32_t fails = 0;              // percent of the tasklets
  std::uint32_t skips = 0;              // percent
  std::uint32_t transient = 0;          // percent; these fail until a random attempt
  std::uint32_t most = 3;               // values that a tasklet of `produce: any` gives at most
  std::optional<std::uint64_t> end_at;  // says END at this tasklet and behind it
  bool end_emits = true;                // and gives its last value with it
};

/// A random workflow with its inputs.
struct Scenario {
  Plan plan;
  std::vector<Behaviour> workers;      // of each piper
  std::vector<std::uint64_t> lengths;  // of each input
  std::uint32_t input_fails = 0;       // percent of the items of an input that are failures
  std::uint32_t padding = 0;           // bytes that an item takes at most, beyond its number
  std::uint64_t seed = 0;

  std::uint32_t padding_of(const Token& token) const {
    return padding == 0 ? 0 : static_cast<std::uint32_t>(token.number % padding);
  }
};

Scenario make_scenario(std::uint64_t seed);
Token input_item(const Scenario& scenario, InputId input, std::uint64_t place);
std::string describe(const Scenario& scenario);

/// What one evaluation came to.
struct Evaluation {
  enum class Status { settled, retry, ended_with, ended_before } status = Status::settled;
  enum class What { values, failed, passed, skipped } what = What::values;
  std::vector<Token> items;  // what goes into the stream; none for retry and ended_before
};

/// Evaluates tasklet `number` of a piper as DESIGN.md section 2 says. The inbox is flat, place by
/// place; `state` is that of the replica (SERIAL pipers).
Evaluation evaluate(const Scenario& scenario, PiperId piper, std::uint64_t number,
                    std::uint32_t attempt, const std::vector<Token>& inbox, std::uint64_t* state);
/// What a replica gives at the end.
std::vector<Token> flush(const Scenario& scenario, PiperId piper, std::uint32_t replica,
                         std::uint64_t state);

}  // namespace papy::sim
