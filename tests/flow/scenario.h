#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flow/loss.h"
#include "item/batch.h"
#include "item/failure.h"
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
  // In a process of its own:
  std::uint32_t poison = 0;    // percent; kill their process each time
  std::uint32_t flaky = 0;     // percent; kill it when anything else is in it
  std::uint32_t corrupts = 0;  // percent; whatever comes next in that process dies
  std::uint32_t hangs = 0;     // percent; never end, until a random attempt
  std::uint32_t overdue = 0;   // percent; beyond their deadline
  bool many = false;           // a death amid a batch cannot be told from its neighbours'
  bool flush_dies = false;
};

/// A random workflow with its inputs.
struct Scenario {
  Plan plan;
  std::vector<Behaviour> workers;      // of each piper
  std::vector<std::uint64_t> lengths;  // of each input
  std::uint32_t input_fails = 0;       // percent of the items of an input that are failures
  std::uint32_t padding = 0;           // bytes that an item takes at most, beyond its number
  std::uint64_t seed = 0;
  std::vector<std::uint32_t> stages;  // of each piper: its place in its group

  std::uint32_t padding_of(const Token& token) const {
    return padding == 0 ? 0 : static_cast<std::uint32_t>(token.number % padding);
  }
};

Scenario make_scenario(std::uint64_t seed);
Token input_item(const Scenario& scenario, InputId input, std::uint64_t place);
std::string describe(const Scenario& scenario);

/// What one evaluation came to.
struct Evaluation {
  enum class Status {
    settled,
    retry,
    ended_with,
    ended_before,
    dies,
    hangs,
    overdue,
  } status = Status::settled;
  enum class What { values, failed, passed, skipped } what = What::values;
  std::vector<Token> items;  // what goes into the stream; none for most of the others
  bool called = false;       // a function was called
  bool flaky = false;        // it dies where it is not alone
  bool corrupts = false;     // what comes next in this process dies
};

/// Evaluates tasklet `number` of a piper as DESIGN.md section 2 says. The inbox is flat, place by
/// place; `state` is that of the replica (SERIAL pipers).
Evaluation evaluate(const Scenario& scenario, PiperId piper, std::uint64_t number,
                    std::uint32_t attempt, const std::vector<Token>& inbox, std::uint64_t* state);
/// What is said of a slot that was lost to `dies`, `hangs` or `overdue`, of no tasklet yet; nothing
/// when it was not.
std::optional<Loss> loss_of(const Scenario& scenario, PiperId piper, Evaluation::Status status);
/// What the function says that fails with `retry`.
Failure error_of(const Scenario& scenario, PiperId piper);
/// No backoff of this piper ends before its deadline.
bool has_one_chance(const PlanPiper& piper);
/// What a tasklet comes to that is lost, or has no second chance.
Evaluation lost_for_good(const Scenario& scenario, PiperId piper, std::uint64_t number,
                         const std::vector<Token>& inbox, Evaluation::Status status,
                         std::uint32_t attempt);
/// What a replica gives at the end.
std::vector<Token> flush(const Scenario& scenario, PiperId piper, std::uint32_t replica,
                         std::uint64_t state);

}  // namespace papy::sim
