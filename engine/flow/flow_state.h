#pragma once

// The insides of Flow; included by flow*.cc alone.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flow/edge.h"
#include "flow/flow.h"
#include "flow/groups.h"
#include "flow/outbox.h"
#include "flow/ready_set.h"
#include "item/failure.h"

namespace papy {

using EdgeId = std::uint32_t;

/// Bits of a TaskId that say which flight; the rest is a number that never comes again.
constexpr int kFlightBits = 20;

/// The near end of a stream: where an input or a piper puts its items.
struct Flow::Producer {
  std::vector<EdgeId> edges;        // one a consumer
  Place length = 0;                 // places that were published
  bool ended = false;               // and there are no more
  std::uint64_t pending_items = 0;  // not taken yet by the slowest consumer
  std::uint64_t pending_bytes = 0;
};

struct Flow::Input {
  Producer out;
  bool asked = false;          // begin_input() without its on_input()
  bool unwanted = false;       // every consumer has ended
  Duration busy{0};            // time in the source
  std::uint64_t failures = 0;  // items that failed
  double ns = 0;               // smoothed time of an item
  std::uint64_t batch = 8;     // items to ask for
  std::uint64_t least = 1;     // items that the greediest consumer needs for one tasklet
  Batching batching;           // of the consumer that wants the largest batches
  std::uint64_t widen = 1;     // factor by which unstick() widened what it may hold
};

/// The tasklets of one copy of a SERIAL piper.
struct Replica {
  bool busy = false;         // a task is under way, or waits for its backoff
  std::deque<Task> queue;    // to do, in order
  std::uint64_t queued = 0;  // tasklets in it
};

/// A group and how far it is.
struct Flow::Node {
  GroupId id = 0;
  const PlanPiper* first = nullptr;
  const PlanPiper* last = nullptr;
  StreamId stream = 0;  // its output
  PoolId pool = 0;
  std::uint32_t local = 0;  // its number among the pool's nodes
  std::vector<EdgeId> in;
  bool sorted = true;       // tasklets are made in the order of their numbers
  bool in_order = true;     // and their results are published so
  std::uint64_t freed = 0;  // items of its own pool that a tasklet takes away

  std::uint64_t taken = 0;              // tasklets made of what came in
  std::optional<std::uint64_t> enough;  // tasklets that it wants: it said END
  std::optional<std::uint64_t> total;   // tasklets there are; set when no more will be made
  std::uint64_t settled = 0;            // tasklets whose results were published, or given up
  std::uint32_t inflight = 0;           // tasks handed out
  std::uint64_t claimed = 0;            // tasklets made and not settled, wherever they are
  std::uint32_t tasks = 0;              // tasks under way or waiting for their backoff
  std::uint32_t flushed = 0;            // replicas whose flush was handed out
  std::optional<Task> lost_flush;       // to hand out again
  std::uint64_t after = 0;              // flush results that were published
  std::deque<Task> again;               // to hand out again at once
  std::vector<Replica> replicas;        // SERIAL pipers only
  Outbox outbox;
  Producer out;
  bool closed = false;  // nobody needs it any more

  std::uint64_t held = 0;        // its part of the pool's held
  std::uint64_t held_bytes = 0;  // outbox and output
  double ns = 0;                 // smoothed time of a tasklet
  double bytes = 0;              // smoothed size of a tasklet, the larger of in and out
  double items = 1;              // smoothed number of items a tasklet gives, where that varies
  double out_bytes = 0;          // smoothed size of what a tasklet gives
  std::uint64_t batch = 1;       // tasklets in a task

  bool ended() const { return closed || out.ended; }
  bool serial() const { return !replicas.empty(); }
  std::uint64_t expected(std::uint64_t tasklets) const {
    if (!last->produce.any) return last->produce.n * tasklets;
    return static_cast<std::uint64_t>(items * static_cast<double>(tasklets) + 0.999);
  }
};

struct Flow::Output {
  EdgeId edge = 0;
  bool busy = false;  // take_output() without its on_output()
  bool done = false;  // exhausted and dealt with
  OutputCount count;
};

struct Flow::PoolState {
  const PlanPool* plan = nullptr;
  std::vector<GroupId> nodes;  // upstream first
  ReadySet ready;              // by local number: it may have work
  ReadySet blocked;            // it has work but no room
  std::uint64_t held = 0;  // items: under evaluation, waiting for their order, not taken downstream
  std::uint64_t held_bytes = 0;
  std::uint64_t inflight = 0;          // tasks
  std::uint64_t widen = 1;             // factor by which unstick() widened the buffer
  std::uint64_t at_once = UINT64_MAX;  // slots that may evaluate the same piper
  std::uint64_t batch = 1;             // the largest of its nodes', or up to twice that
};

/// Where the items of an edge go.
struct Consumer {
  enum class Kind { node, output } kind;
  std::uint32_t index;
};

/// A task that was handed out. Its place is used again and again: the task keeps the memory of its
/// inbox.
struct Flight {
  TaskId id = 0;  // 0: free
  Task task;      // kept, with its inbox, until the result is accepted
  std::uint64_t bytes = 0;
};

/// What the inputs of a node have for it.
struct Supply {
  std::uint64_t ready = 0;        // places that are there in each of them
  std::optional<Place> shortest;  // where the shortest ends, of those that have ended
};

struct Flow::State {
  State(const Plan& plan, const Settings& settings);

  // flow_streams.cc: what comes, and who may go on because of it.
  Producer& producer(StreamId stream);
  const Producer& producer(StreamId stream) const;
  void publish(StreamId stream, const Slice& items);
  void publish_at(StreamId stream, Place first, const Slice& items);
  void end_stream(StreamId stream);
  void take(EdgeId edge, std::uint64_t n, std::vector<Slice>* out);
  void recount(StreamId stream);
  void recount(Node& node);
  void touch(EdgeId edge);
  void mark_ready(Node& node);
  void unblock(PoolState& pool);
  void charge(std::uint64_t more);
  void discharge(std::uint64_t less);
  void close_inputs(Node& node);
  void close_if_unwanted(StreamId stream);
  void close_node(Node& node);
  void accept(Node& node, Piece piece);
  void publish_piece(Node& node, const Piece& piece);
  Supply supply(const Node& node) const;
  std::optional<std::uint64_t> left_over(const Node& node, const Supply& supply) const;
  void find_total(Node& node, const Supply& supply);
  void set_total(Node& node, std::uint64_t total);
  void end_if_done(Node& node);

  // flow_tasks.cc: making and handing out tasks.
  /// Why try_next() gives nothing.
  enum class Obstacle {
    none,   // it would give something, or something would end
    empty,  // nothing to do
    busy,   // until a task lands
    room,   // until the pool or the run holds less
  };
  Node* find_work(PoolState& pool);
  Obstacle obstacle(const Node& node) const;
  Obstacle obstacle(const Node& node, const Supply& supply) const;
  void try_next(Node& node, Task* task);
  void take_again(Node& node, Task* task);
  void take_range(Node& node, Task* task);
  void take_replica(Node& node, Task* task);
  void take_flush(Node& node, Task* task);
  void distribute(Node& node);
  Task join_queued(Node& node, Replica& replica);
  std::uint64_t full_tasklets(const Node& node, const Supply& supply) const;
  std::uint32_t rest_places(const Node& node, const Supply& supply) const;
  std::uint64_t makeable(const Node& node, const Supply& supply) const;
  bool may_queue(const Node& node, const Supply& supply) const;
  bool flush_due(const Node& node) const;
  std::uint64_t wish(const Node& node, std::uint64_t ready) const;
  bool grows(const Node& node) const;
  std::uint64_t room(const Node& node) const;
  void make(Node& node, const Supply& supply, std::uint64_t tasklets, Task* task);
  const Task* hand_out(Node& node);

  // flow_results.cc: taking them back.
  Flight* flight(TaskId id);
  void land(Flight* flight);
  void forget(Flight* flight);
  void conclude(Node& node, const Task& task, TaskResult& result);
  void settle(Node& node, const Task& task, TaskResult& result);
  void settle_flush(Node& node, const Task& task, TaskResult& result);
  void evaluate_again(Node& node, Task task);
  void hold(Node& node, Task task, Duration wait);
  void put_back(Node& node, Task task);
  void resume(Node& node, Task task);
  void give_up(Node& node, std::uint64_t tasklets);
  void give_up_queue(Node& node, Replica& replica);
  bool unneeded(const Node& node, const Task& task) const;
  void drop_unneeded(Node& node);
  void adapt(Node& node, const Flight& flight, const TaskResult& result, Duration elapsed);
  void has_enough(Node& node, const Task& task, std::uint32_t done);
  void settle_retry(Node& node, const Task& task, const TaskResult& result, std::size_t retry,
                    std::uint32_t item);

  // flow_losses.cc: what becomes of tasks that come back without a result.
  void lost_to_death(Node& node, Task task, const Loss& loss);
  void lost_to_time(Node& node, const Task& task, const Loss& loss);
  void put_back_singly(Node& node, Task task);
  void put_back_around(Node& node, const Task& task, std::uint32_t at, std::optional<Task> suspect);
  bool has_time(const Node& node, const Task& task) const;
  void miss_deadline(const Node& node, const Task& task, Failure* failure) const;
  void fail_tasklet(Node& node, const Task& task, Failure failure, std::uint32_t stage, bool ended);

  /// What a task may fill that is the only one under way.
  std::uint64_t memory_and_a_little() const { return memory + memory / 8; }
  const Batching& batching(const PoolState& pool) const {
    return pool.plan->type == PoolType::process ? settings.processes : settings.threads;
  }
  std::uint64_t appetite(const Producer& out) const;
  std::uint64_t input_buffer(const Input& input) const;
  std::uint64_t pool_buffer(const PoolState& pool) const;

  const Plan& plan;
  const Settings settings;
  const std::uint64_t memory;
  std::vector<Group> groups;
  std::vector<Input> inputs;
  std::vector<Node> nodes;  // one a group
  std::vector<Output> outputs;
  std::vector<PoolState> pools;
  std::vector<Edge> edges;
  std::vector<StreamId> edge_from;  // of each edge
  std::vector<Consumer> edge_to;
  std::vector<GroupId> group_of;  // of each piper
  std::deque<Flight> flights;
  std::vector<std::uint32_t> free_flights;
  std::uint64_t flying = 0;
  std::uint64_t next_number = 1;
  std::multimap<Time, Task> later;  // attempts that wait for their backoff
  std::vector<StageCount> counts;
  Time now{0};
  std::uint64_t bytes = 0;
  std::uint64_t peak_bytes = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t failures = 0;
  std::uint64_t outputs_left = 0;  // not done
  std::uint64_t outputs_busy = 0;
  bool draining = false;
  bool halted = false;
  std::optional<std::string> stop_reason;
};

/// Bytes of its inboxes.
std::uint64_t input_bytes(const Task& task);
/// The part of a task that holds its tasklets [from, to).
Task part_of(const Task& task, const PlanPiper& piper, std::uint32_t from, std::uint32_t to);

}  // namespace papy
