#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "flow/loss.h"
#include "flow/task.h"
#include "pool/arena.h"
#include "pool/bundle.h"
#include "pool/message.h"
#include "pool/slot_output.h"
#include "pool/slot_page.h"

namespace papy {

/// One slot of a process pool as the engine sees it: which process is there now, what it was sent,
/// and what will be sent to it. It speaks with nobody and asks no clock: ProcessPools does, and
/// tells it.
///
/// The process of a slot is replaced when it ends; each process has a name of its own, so that
/// nothing that an earlier one said is taken for its successor's.
class ProcessSlot {
 public:
  enum class State {
    down,      ///< there is no process
    starting,  ///< there is one, and it has not said hello
    up,        ///< it takes tasks
    leaving,   ///< it was told to close, or is being killed: it takes no more
  };

  /// Shared memory that a task has while it is at the process.
  struct Memory {
    Grant room;                 // for its result
    std::vector<Grant> copies;  // of inboxes
  };

  /// A task that was sent.
  struct Sent {
    const Task* task;
    std::uint64_t number;              // in the order of sending to this process
    std::optional<Duration> expected;  // time that it will take
    std::uint64_t bytes;               // of its inboxes
    std::uint64_t room;                // bytes for its result
    Memory memory;
  };

  /// Why the engine ends a process, if it does.
  struct Sentence {
    TaskId task = 0;  ///< 0: none is to blame
    SlotPage::At at;  ///< many: the whole task is, wherever the process is by now
    Loss loss;
    std::string how;  ///< what the process did, when it broke the rules; without a task all that
                      ///< it had may be to blame
  };

  /// The process has tasks, and has been seen to do nothing since.
  struct Silence {
    std::uint64_t begun = 0;  ///< by its page
    Time since{0};
  };

  ProcessSlot(PoolId pool, std::uint32_t number, std::uint32_t arena)
      : pool(pool), number(number), arena(arena) {}
  ~ProcessSlot();
  ProcessSlot(const ProcessSlot&) = delete;

  /// Makes the page that every process of this slot shares with the engine.
  Result<void> make_page();

  /// A new process of this name is being started. Requires: State::down.
  void begin(std::uint32_t child, std::string name, Descriptor output);

  /// Whether more tasks may be sent now, so that the process never runs dry: two batches of the
  /// `target` time, and one at least.
  bool has_credit(Duration target) const;
  bool is_idle() const { return sent.empty() && waiting.empty(); }
  /// The next task of `waiting` may go: not beyond the credit, however much waits; a task in
  /// quarantine goes alone, and to a process that has done nothing else (`keeps`: unless the
  /// process cannot be replaced).
  bool may_send(bool keeps, Duration target) const;
  /// The next task of `waiting` must wait until its group is open. A process that does not write
  /// the page gets no task before: if it dies with tasks, it was at the first of them.
  bool waits_for_opened() const;
  /// With the next task of `waiting` the process would have evaluated more than `most` tasklets.
  bool would_exceed(std::optional<std::uint64_t> most) const;
  /// The next task of `waiting` wants a process that has done nothing else.
  bool wants_fresh() const { return !waiting.empty() && waiting.front()->alone && tasklets > 0; }
  /// How well a task in quarantine would do here; 0: it would have to wait for others.
  int fitness_for_quarantine(Time now) const;

  /// It has tasks, and by its page it is at none of them: what it says is on its way, or lost.
  bool looks_idle() const;
  /// The tasks that may be to blame when the process comes to an end in no function: what it began
  /// and did not answer; everything, when the page is nonsense. None while its first task opens its
  /// functions: then it is these.
  std::vector<const Task*> suspects() const;

  /// Notes that the task was sent; what it is called there.
  std::uint64_t note_sent(const Task* task, std::optional<Duration> expected, Memory memory);
  /// The process has not come by all that was taken back from it.
  bool passes_over() const { return passing_over_ > 0; }
  /// A task that was sent and is not back; nullptr: there is no such one.
  Sent* find(TaskId id);
  /// Takes a task out of those that were sent; nullptr: it is none of them.
  const Task* take(TaskId id);
  /// Takes back the tasks that the process has not begun; it gets no others until it has passed
  /// them all over.
  std::vector<const Task*> take_back();
  /// The process passed one over that was taken back.
  void on_passed_over();
  /// The task that the process is evaluating, by its page; nullptr: none.
  const Sent* current() const;
  /// Where in this task the process is, by its page. What the page says is not believed beyond the
  /// bounds of the task.
  SlotPage::At place_in(const Task& task) const;

  /// Everything about the process that ended is forgotten. Returns the tasks that it had, in the
  /// order in which they were sent.
  std::deque<Sent> end();

  const PoolId pool;
  const std::uint32_t number;  ///< within its pool
  const std::uint32_t arena;   ///< that its processes write to

  State state = State::down;
  std::uint32_t child = 0;  ///< the guardian's number for the process
  pid_t pid = 0;            ///< 0 until it is known
  std::string name;         ///< its ZeroMQ routing id
  std::optional<SlotOutput> output;
  SlotPage* page = nullptr;
  Descriptor page_file;
  std::deque<const Task*> waiting;  ///< tasks that are to be sent to this slot
  std::deque<Sent> sent;            ///< tasks that are at the process
  Time front_since{0};              ///< sent.front() is what it is at since then
  Bundle outgoing;                  ///< messages that wait for each other
  std::set<GroupId> opened;         ///< groups that it was told of
  std::set<GroupId> opening;        ///< and those of which it did not say that they are open
  std::uint64_t tasklets = 0;       ///< that this process evaluated
  bool writes_page = false;         ///< else it says STARTED, if that comes through
  bool shares = false;              ///< it has mapped the arenas
  bool tired = false;               ///< it should be replaced when it is idle
  std::optional<Sentence> sentence;
  std::optional<Silence> silence;  ///< none: it was heard, or is at work
  bool killed = false;             ///< SIGKILL was sent
  std::optional<Time> kill_at;     ///< SIGKILL, when it has not said hello or ended before
  std::optional<Time> start_at;    ///< State::down: when the next process may be started

 private:
  bool has_room(Duration target) const;
  const Task* remove(std::deque<Sent>::iterator sent);

  std::uint64_t next_number_ = 0;
  std::uint64_t passing_over_ = 0;  // tasks that were taken back and will be passed over
  std::uint64_t bytes_ = 0;         // of what was sent
  std::uint64_t room_ = 0;          // for the results of what was sent
  Duration expected_{0};            // sum
  std::uint32_t unknown_ = 0;       // tasks that were sent and whose time is not known
};

}  // namespace papy
