#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "input_reader.h"
#include "own_time.h"
#include "pool/evaluator.h"
#include "pool/instances.h"

namespace conformance {

/// An item with bytes of its own.
struct OwnItem {
  papy::ItemKind kind = papy::ItemKind::value;
  std::string bytes;
};

/// Drives a flow step by step in a time of its own, in one thread: outputs are pulled item by item,
/// slots work while time passes, and time passes only when it is told to or when somebody waits.
class Stepper {
 public:
  /// All is borrowed.
  Stepper(const papy::Plan& plan, const papy::Resolver& resolver, OwnTime& time);

  struct Pulled {
    enum class Way {
      item,
      ended,
      late,   ///< nothing came in the time that was given
      stuck,  ///< nothing can come: see `text`
    } way = Way::item;
    OwnItem item;
    std::string text;
  };
  /// The next item of an output that is no gap. Without patience it waits for ever.
  Pulled pull(papy::OutputId output, std::optional<papy::Duration> patience);

  /// Time passes. `draining`: all outputs are taken as they come.
  void pass(papy::Duration time, bool draining);
  /// No new items are read; what was read flows to its end. False: it did not end.
  bool drain();
  /// Nothing is handed out any more.
  void halt() { flow_.stop(papy::Flow::Stop::halt); }

  /// All outputs were taken to their ends.
  bool finished() const { return flow_.finished(); }
  std::uint64_t read(papy::InputId input) const { return flow_.input_items(input); }
  /// What each piper that says `track` gave, by place.
  const std::map<std::string, std::map<std::uint64_t, OwnItem>>& tracked() const {
    return tracked_;
  }
  papy::Time now() const { return now_; }

 private:
  struct Flight {  // a task under evaluation
    papy::TaskId id = 0;
    papy::PoolId pool = 0;
    std::uint32_t slot = 0;
    papy::TaskResult result;
    papy::Duration elapsed{0};
  };
  enum class Wish { all_outputs, no_output, one_output };

  bool move(Wish wish, papy::OutputId one);
  bool feed();
  bool hand_out();
  bool take(papy::OutputId output);
  void evaluate(const papy::Task& task, std::uint32_t slot);
  papy::Evaluator& evaluator(const papy::Task& task, std::uint32_t slot);
  void track(const papy::Task& task, const papy::TaskResult& result);
  bool wait_until(std::optional<papy::Time> limit);
  std::optional<papy::Time> next_event() const;
  bool go_on(std::string* why);

  const papy::Plan& plan_;
  OwnTime& time_;
  papy::Flow flow_;
  papy::Instances instances_;
  std::atomic<bool> never_{false};
  const papy::CallSettings settings_;
  std::vector<std::unique_ptr<InputReader>> inputs_;
  std::vector<std::deque<OwnItem>> outputs_;   // taken, not pulled yet
  std::vector<std::vector<bool>> busy_;        // of each pool, its slots
  std::multimap<papy::Time, Flight> flights_;  // by the time at which they end
  std::map<std::tuple<papy::GroupId, std::uint32_t, bool>, std::unique_ptr<papy::Evaluator>>
      evaluators_;
  std::map<std::string, std::map<std::uint64_t, OwnItem>> tracked_;
  papy::Time now_{0};
};

}  // namespace conformance
