#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "flow/desk.h"
#include "flow/flow.h"
#include "flow/groups.h"
#include "pool/arena.h"
#include "pool/death.h"
#include "pool/guardian.h"
#include "pool/message.h"
#include "pool/opening.h"
#include "pool/plugin_files.h"
#include "pool/post.h"
#include "pool/process_slot.h"
#include "pool/replicas.h"
#include "pool/restarts.h"
#include "pool/result_size.h"

namespace papy {

/// All process pools of a run. One thread takes tasks from the desk, sends them to the processes of
/// the slots and brings back what comes; it starts the processes, watches them die, and says who is
/// to blame.
///
///     ProcessPools pools(plan, groups, desk, settings);
///     if (auto opened = pools.open(); !opened) ...   // before anything was read
///     pools.start();
///     ...
///     pools.join();                                  // when the desk is over
///
/// What is sent is kept until its result is there: the wire may lose anything.
class ProcessPools {
 public:
  struct Settings {
    std::string program;  ///< name and version, for messages
    int log_level = 0;    ///< lines of plugins below it are dropped
    std::uint64_t max_item = 1ull << 30;
    Duration target = Flow::Settings{}.processes.target;  ///< time of a batch
    /// Takes lines that processes write, and notes of ours. One thread at a time.
    std::function<void(std::string_view)> say = [](std::string_view) {};
  };

  /// All is borrowed and must outlive this.
  ProcessPools(const Plan& plan, const std::vector<Group>& groups, Desk& desk, Arenas& arenas,
               Settings settings);
  ~ProcessPools();
  ProcessPools(const ProcessPools&) = delete;

  /// Who is woken when there is work for the pool. Requires: it is of type process.
  Waiter& waiter(PoolId pool);
  /// Makes ready what all processes need. The error is for the user. Without process pools this
  /// and the following do nothing.
  Result<void> open();
  /// Requires: open().
  void start();
  /// The processes are stopped until they are to go on; meanwhile nothing happens here, and no time
  /// passes for time-outs. Requires: started, and the desk is not over.
  void stop();
  void go_on();
  /// Returns when all processes have ended. Requires: the desk is over, or will be.
  void join();

 private:
  /// A pool, and what its slots share.
  struct Pool final : Waiter {
    Pool(ProcessPools& owner, PoolId id, const PlanPool& plan)
        : owner(owner), id(id), plan(plan), restarts(plan.slots) {}
    void wake() override;

    ProcessPools& owner;
    const PoolId id;
    const PlanPool& plan;
    Restarts restarts;
    std::vector<std::unique_ptr<ProcessSlot>> slots;
    std::atomic<bool> woken{false};  // since the desk had nothing
    bool parked = false;             // the desk had nothing, and has not woken us
    /// Deaths in a row before hello (no group), or while the functions of a group were opened.
    std::map<std::optional<GroupId>, std::uint32_t> early_deaths;
    /// Slots of a group whose stride lets only so many work at once; other groups have none here.
    std::map<GroupId, std::vector<ProcessSlot*>> homes;
  };

  /// A death with nobody to blame.
  struct Obituary {
    std::string what;              // "a process was killed by signal 6 (SIGABRT) while it ..."
    std::string last_words;        // "; its last words: ...", or nothing
    bool by_others = false;        // it was killed, and not by us
    bool early = false;            // before it could evaluate anything ...
    std::optional<GroupId> group;  // ... of this group, or at all
  };

  // process_pools.cc: the loop.
  void run();
  void wait();
  void stand_still();
  std::optional<Time> next_event() const;
  void take_letters();
  void feed(Pool& pool);
  void relieve(Pool& pool);
  std::optional<Time> slow_at(const Pool& pool, const ProcessSlot& slot) const;
  void assign(Pool& pool, const Task* task, ProcessSlot& free);
  ProcessSlot& place_alone(Pool& pool, ProcessSlot& free);
  ProcessSlot& home_of(Pool& pool, GroupId group, ProcessSlot& free);
  void pump(ProcessSlot& slot);
  void open_group(ProcessSlot& slot, GroupId group);
  void send(ProcessSlot& slot, const Task* task);
  void post(ProcessSlot& slot, const ToSlot& message);
  void flush(ProcessSlot& slot);
  Grant room_for(const ProcessSlot& slot, const Task& task);
  bool all_down() const;

  // process_letters.cc: what processes say.
  void on(ProcessSlot& slot, const HelloMessage& message);
  void on(ProcessSlot& slot, const OpenedMessage& message);
  void on(ProcessSlot& slot, const StartedMessage& message);
  void on(ProcessSlot& slot, const ResultMessage& message);
  void on(ProcessSlot& slot, const ReturnedMessage& message);
  void on(ProcessSlot& slot, const ErrorMessage& message);
  void on(ProcessSlot& slot, const ByeMessage& message);
  void misbehaved(ProcessSlot& slot, const std::string& how, const Task* about = nullptr);

  // process_lives.cc: how processes begin and end.
  Result<void> start_guardian();
  void start_process(Pool& pool, ProcessSlot& slot);
  void start_due();
  void check_plugin_files(const ProcessSlot& slot);
  void take_guardian_events();
  void on_ended(ProcessSlot& slot, const Death& death);
  std::map<TaskId, Loss> culprits(const ProcessSlot& slot, const Death& death) const;
  std::map<TaskId, Loss> suspects(const ProcessSlot& slot, const std::string& how) const;
  static bool is_guilty(const ProcessSlot& slot, const ProcessSlot::Sentence& sentence);
  std::optional<std::pair<const Task*, SlotPage::At>> place_of_death(const ProcessSlot& slot) const;
  Loss crash(const Task& task, const SlotPage::At& at) const;
  const FunctionUse& function_at(const Task& task, const SlotPage::At& at) const;
  std::optional<std::pair<Time, ProcessSlot::Sentence>> time_limit(const ProcessSlot& slot) const;
  void died_without_blame(ProcessSlot& slot, const Obituary& obituary);
  Obituary obituary_of(const ProcessSlot& slot, const Death& death) const;
  std::string functions_of(GroupId group) const;
  void check_times();
  void check_silence(ProcessSlot& slot, Time now);
  Duration stopped_since(std::uint64_t since) const;
  void end_process(ProcessSlot& slot, int signal);
  void close_process(ProcessSlot& slot);
  void close_all();
  void read_output(ProcessSlot& slot);

  Pool& pool_of(const ProcessSlot& slot) const { return *by_id_.at(slot.pool); }
  const PlanPiper& first_piper(const Task& task) const;
  template <typename Do>
  void each_slot(Do call) const {
    for (const auto& pool : pools_) {
      for (const auto& slot : pool->slots) call(*slot);
    }
  }

  const Plan& plan_;
  const std::vector<Group>& groups_;
  Desk& desk_;
  Arenas& arenas_;
  const Settings settings_;
  std::vector<std::unique_ptr<Pool>> pools_;
  std::map<PoolId, Pool*> by_id_;
  std::map<GroupId, std::string> openings_;  // encoded
  std::map<GroupId, ResultSize> result_sizes_;
  const PluginFiles plugin_files_;
  std::map<std::string, ProcessSlot*, std::less<>> by_name_;
  std::map<std::uint32_t, ProcessSlot*> by_child_;
  Replicas replicas_;

  std::string folder_;
  std::optional<Post> post_;
  std::unique_ptr<Guardian> guardian_;
  Descriptor wake_;                          // an eventfd
  Descriptor control_read_, control_write_;  // its end tells the processes that we are gone
  std::uint32_t next_child_ = 1;
  std::atomic<bool> over_{false};
  bool closing_ = false;
  std::thread thread_;

  // Processes that are stopped, and the clock with them.
  std::mutex still_mutex_;
  std::condition_variable still_changed_;
  enum class Still { no, wanted, yes } still_ = Still::no;  // guarded by still_mutex_
  std::atomic<bool> still_wanted_{false};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> stopped_;  // CLOCK_MONOTONIC, from and to
};

}  // namespace papy
