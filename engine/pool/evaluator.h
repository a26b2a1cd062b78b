#pragma once

#include <papy/plugin.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flow/task.h"
#include "item/batch.h"
#include "pool/call.h"
#include "pool/inboxes.h"
#include "pool/slot_page.h"

namespace papy {

/// A function of a chain, ready to be called in one slot.
struct OpenFunction {
  const papy_worker* worker = nullptr;
  void* state = nullptr;
  const FunctionUse* use = nullptr;  ///< borrowed
};

/// A piper as a slot evaluates it.
struct OpenPiper {
  const PlanPiper* piper = nullptr;  ///< borrowed
  std::vector<OpenFunction> chain;   ///< at least one
  bool skips_late = false;           ///< a tasklet that took too long is a gap, not a failure
  std::uint32_t share = UINT32_MAX;  ///< tasklets that one call may take
};

/// What all calls in a run share. Borrowed; outlives every evaluator.
struct CallSettings {
  const papy_host* host = nullptr;
  const std::atomic<bool>* cancelled = nullptr;  ///< the run is being killed
  std::uint64_t max_item = 1ull << 30;           ///< bytes that one call may emit; at most 1 GiB
  FrameMemory* memory = nullptr;  ///< for results, as far as it has room; none: private memory
  /// Called when a tasklet came to nothing, before that is settled: the slot's page still says
  /// where.
  std::function<void()> on_fault = [] {};
};

/// Evaluates tasks of one group in one slot: hands inboxes to functions, checks what they emit,
/// makes failures and gaps. It keeps scratch memory from task to task; one thread at a time.
///
///     Evaluator evaluator(settings, {a, b}, /*slot=*/0);
///     TaskResult result = evaluator.run(task);
///
/// Of every piper, in = values + failed + passed + skipped + retried. A task is settled in part
/// when a function ends its stream or stops the run, before the retry of a SERIAL piper, and when
/// its results fill a batch.
class Evaluator {
 public:
  Evaluator(const CallSettings& settings, std::vector<OpenPiper> pipers, std::uint32_t slot);

  TaskResult run(const Task& task) { return run(task, &unseen_); }
  /// The same; `page` says at any time which call is under way. `age`: how long ago the first
  /// attempt of its tasklet began, if this is not the first.
  TaskResult run(const Task& task, SlotPage* page, std::optional<Duration> age = std::nullopt);
  /// The same; `began` is what monotonic_ns() says now, and what memory `result` has is used again.
  void run(const Task& task, SlotPage* page, std::uint64_t began, std::optional<Duration> age,
           TaskResult* result);

 private:
  /// One piper within a task.
  struct Stage {
    const OpenPiper& open;
    const PlanPiper& piper;
    const Task& task;
    TaskResult& result;
    StageCount& count;
    BatchBuilder* out;
    std::uint16_t index;  // of the group's pipers
    bool is_last;
    bool stops = false;  // a tasklet failed so that the run must stop

    std::uint64_t number(std::uint32_t t) const {
      return task.first + std::uint64_t{t} * task.step;
    }
  };
  /// Why a tasklet has no result.
  struct Fault {
    const FunctionUse* use = nullptr;  // none: it was not in a function
    const char* kind = "";
    std::int32_t code = 0;
    std::string message;
    enum class Then { give_up, try_again, stop_the_run } then = Then::give_up;
  };
  enum class Next { go_on, stop_here };
  enum class Verdict { values, gap, fault };

  // evaluator.cc: tasklets.
  void run_stage(Stage& stage);
  bool can_run_many(const Stage& stage) const;
  std::uint32_t run_many(Stage& stage, std::uint32_t from);
  std::uint32_t take_range(Stage& stage, std::uint32_t n);
  bool take_tasklet(Stage& stage, std::size_t bytes);
  Next run_one(Stage& stage, std::uint32_t t);
  Next fail(Stage& stage, std::uint32_t t);
  Next retry(Stage& stage, std::uint32_t t);
  bool becomes_gap(const Stage& stage) const;
  std::string failure_item(Stage& stage, std::uint64_t number);
  void note_stop(Stage& stage, std::uint64_t number);
  void travel(Stage& stage, std::uint32_t t);
  void put_gaps(Stage& stage);
  void put_failure(Stage& stage, const std::string& item);
  void note_count(Stage& stage, std::uint32_t items);

  // evaluator_chain.cc: calls.
  void begin_call(const Stage& stage, std::uint32_t t, bool many = false);
  bool set_time_limit(const PlanPiper& piper);
  Next evaluate(Stage& stage, std::uint32_t t, const papy_value* values, std::uint32_t n);
  Verdict call_chain(Stage& stage, std::size_t from);
  void enter(std::size_t function);
  Verdict call_function(papy_status (*entry)(void*, papy_call*), const OpenFunction& function,
                        const Stage& stage, BatchBuilder* out);
  Verdict status_fault(const Stage& stage, const FunctionUse& use, papy_status status);
  Verdict bad_result(const FunctionUse& use, std::string message);
  Verdict accept(Stage& stage);
  Verdict repeat_value(Stage& stage);
  void flush(Stage& stage);
  void flush_through(Stage& stage, std::size_t from, std::uint32_t values);
  void accept_flushed(Stage& stage, Verdict verdict, const FunctionUse& use);

  const CallSettings settings_;
  const std::vector<OpenPiper> pipers_;
  SlotPage unseen_;  // of who does not look
  SlotPage* page_ = &unseen_;
  SlotPage::At at_;  // what the page says
  PluginCall call_;
  Inboxes inboxes_;
  const papy_value* handed_ = nullptr;  // the inbox as the function under evaluation got it
  std::uint32_t handed_size_ = 0;
  std::optional<std::uint64_t> since_;  // when the first attempt began; none: this is it
  std::uint64_t first_began_ = 0;       // the same of the tasklet under evaluation, when it has a
                                        // time limit
  std::uint64_t must_end_ = 0;          // and when its deadline is
  Fault fault_;                         // of the last Verdict::fault
  bool ended_ = false;                  // a function of the chain said END in this tasklet
  std::vector<papy_value> compact_;     // an inbox without its gaps
  std::vector<papy_value> failures_;    // of an inbox
  std::vector<papy_status> status_;
  std::vector<std::size_t> ends_;
  BatchBuilder between_[2];  // stages, in turn
  BatchBuilder chain_[2];    // functions of a chain, in turn
  BatchBuilder flushed_;     // by a function that is not the last of its chain
  BatchBuilder out_;         // of the last stage
};

}  // namespace papy
