#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/edge.h"
#include "flow/groups.h"
#include "flow/loss.h"
#include "flow/task.h"
#include "item/failure.h"
#include "workflow/plan.h"

namespace papy {

/// What was counted at one output.
struct OutputCount {
  std::uint64_t written = 0;
  std::uint64_t failed = 0;
  std::uint64_t gaps = 0;
  Duration busy{0};  ///< time in the sink
  friend bool operator==(const OutputCount&, const OutputCount&) = default;
};

/// The state of a run: which items are where, which tasklets may be evaluated next, what came of
/// them.
///
/// Pure: no thread, no socket, no clock, no file. Events go in (on_...), decisions come out (next,
/// wants_input, take_output, next_deadline, finished). Whoever drives it calls from one thread at a
/// time. The same events in the same order give the same decisions.
///
///     Flow flow(plan);
///     flow.wants_input(0);                      // 64
///     flow.on_input(0, batch, /*ended=*/true);
///     while (const Task* task = flow.next(0)) flow.on_done(task->id, evaluate(*task));
///     flow.take_output(0);                      // the results, in order
///
/// Memory is bounded by the pools' buffers and by `plan.memory`. When every buffer waits for
/// another, nothing moves although work is left: then unstick() widens the smallest buffer that is
/// in the way (Parks, "Bounded scheduling of process networks", Berkeley 1995).
class Flow {
 public:
  /// How large a batch should be.
  struct Batching {
    Duration target;      ///< it should take about this long
    std::uint64_t bytes;  ///< and hold about this much
  };
  struct Settings {
    bool fusion = true;
    /// A turn takes some 4 us of two cores between threads, and 170 us with its six wake-ups
    /// between processes: tools/bench has what comes of it.
    Batching threads{std::chrono::microseconds(400), 64 * 1024};
    Batching processes{std::chrono::milliseconds(10), 512 * 1024};
    std::uint64_t memory = 4ull << 30;    ///< when the plan does not say
    std::uint64_t max_item = 1ull << 30;  ///< bytes of an inbox that a failure keeps
  };

  explicit Flow(const Plan& plan) : Flow(plan, Settings{}) {}
  /// The plan is borrowed: it must live as long as the flow.
  Flow(const Plan& plan, const Settings& settings);
  ~Flow();
  Flow(const Flow&) = delete;

  // Events.

  /// A source gave items (possibly none) and took `elapsed` for them; `ended`: these were its last.
  /// Requires: begin_input() was called.
  void on_input(InputId input, const Batch& items, bool ended, Duration elapsed);
  /// A task came back. A task that is not known (any more) is counted as a duplicate and dropped.
  /// What memory the result holds apart from its items may stay with it.
  void on_done(TaskId id, TaskResult&& result, Duration elapsed);
  void on_done(TaskId id, const TaskResult& result, Duration elapsed);
  /// A task will not come back: its slot is gone, or did not begin it. Its tasklets are handed out
  /// again, but for one that failed for good. A task that is not known (any more) is passed over.
  void on_lost(TaskId id, const Loss& loss);
  /// What take_output() gave was dealt with.
  void on_output(OutputId output, const OutputCount& count);
  /// Time goes on; never back.
  void on_time(Time now);

  enum class Stop {
    drain,  ///< sources end here; what was read flows to its end
    halt,   ///< nothing more is handed out
  };
  void stop(Stop how);

  // Decisions.

  /// Work for a free slot of the pool: the most downstream that is ready; nullptr: there is none
  /// now. Borrowed until on_done() or on_lost() is called for it.
  const Task* next(PoolId pool);
  /// True when next(pool) would give something. Looking may end streams, which is news for other
  /// pools.
  bool has_work(PoolId pool);
  /// Something happened to a piper of the pool since has_work() said no.
  bool has_news(PoolId pool) const;
  /// Items that the source should be asked for now; 0: not now. Not while it is being asked.
  std::uint64_t wants_input(InputId input) const;
  /// Says that the source is being asked; ends with on_input().
  void begin_input(InputId input);
  /// Nobody needs this source any more: it may be told so.
  bool input_unwanted(InputId input) const;
  bool input_asked(InputId input) const;
  /// Consecutive items of a stream.
  struct Part {
    Place first = 0;  ///< of the first of them
    Slice items;
  };
  /// Items for a sink, in the order of writing; empty: none now. Not while it is at others (until
  /// on_output()).
  std::vector<Part> take_output(OutputId output);
  bool has_output(OutputId output) const;
  bool output_busy(OutputId output) const;
  /// Its stream ended, and all of it was taken and dealt with.
  bool output_ended(OutputId output) const;
  /// Bytes that take_output() would give, about, and how old the first of them are. Requires:
  /// has_output(output).
  std::uint64_t output_bytes(OutputId output) const;
  Duration output_age(OutputId output) const;
  /// How long a task will take, judged by others of its group; nothing before there was one.
  std::optional<Duration> expected_time(const Task& task) const;
  /// When on_time() should be called although nothing else happens.
  std::optional<Time> next_deadline() const;
  /// Nothing is left to do, and nothing is under way. (Sources that nobody needs may still be
  /// asked.)
  bool finished() const;

  /// What unstick() did.
  struct Unstuck {
    enum class Way { moving, widened, out_of_memory, bug } way;
    std::string text;  ///< for the user
  };
  /// Call when nothing is under way and nothing moved: finds what is in the way of going on.
  Unstuck unstick();

  // What there is to tell.

  const std::vector<Group>& groups() const;
  const std::vector<StageCount>& counts() const;  ///< one a piper
  const OutputCount& output_count(OutputId output) const;
  const std::optional<std::string>& stop_reason() const;  ///< the run stops by its own policy
  bool halted() const;                                    ///< nothing more is handed out
  bool stopped() const;                                   ///< stop() was called
  std::uint64_t input_failures(InputId input) const;
  std::uint64_t input_items(InputId input) const;  ///< read so far
  bool input_ended(InputId input) const;
  Duration input_busy(InputId input) const;  ///< time in the source
  std::uint64_t bytes() const;               ///< held now, in all streams and tasks
  std::uint64_t peak_bytes() const;
  std::uint64_t duplicates() const;  ///< late or repeated results that were dropped
  std::uint64_t failures() const;    ///< tasklets and source items that failed for good
  std::uint64_t under_way() const;   ///< tasks handed out

  /// Where the items of one edge went. length = consumed + dropped + unmatched + not_done, when it
  /// is known.
  struct EdgeCount {
    std::string from, to;
    std::optional<std::uint64_t> length;
    std::uint64_t consumed = 0, dropped = 0, unmatched = 0, not_done = 0;
  };
  std::vector<EdgeCount> edge_counts() const;
  /// What failed and lies somewhere on the way, each failure once: where a run stops, it comes to
  /// no output.
  std::vector<Failure> stranded_failures() const;

  /// Re-derives every count from what is held; empty when all is well, else what is wrong.
  std::string check_invariants() const;
  /// Everything, for a person who looks for a bug.
  std::string dump() const;

 private:
  struct State;  // flow_state.h
  struct Producer;
  struct Input;
  struct Node;
  struct Output;
  struct PoolState;

  std::unique_ptr<State> state_;
};

}  // namespace papy
