#pragma once

#include <papy/plugin.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "flow/task.h"
#include "item/batch.h"
#include "pool/call.h"
#include "pool/inboxes.h"

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
};

/// What all calls in a run share. Borrowed; outlives every evaluator.
struct CallSettings {
  const papy_host* host = nullptr;
  const std::atomic<bool>* cancelled = nullptr;  ///< the run is being killed
  std::uint64_t max_item = 1ull << 30;           ///< bytes that one call may emit
};

/// Evaluates tasks of one group in one slot: hands inboxes to functions, checks what they emit,
/// makes failures and gaps. It keeps scratch memory from task to task; one thread at a time.
///
///     Evaluator evaluator(settings, {a, b}, /*slot=*/0);
///     TaskResult result = evaluator.run(task);
class Evaluator {
 public:
  Evaluator(const CallSettings& settings, std::vector<OpenPiper> pipers, std::uint32_t slot);

  TaskResult run(const Task& task);

 private:
  struct Stage;
  enum class Next { go_on, stop_here };

  void run_stage(Stage& stage);
  std::uint32_t run_many(Stage& stage);
  std::uint32_t take_range(Stage& stage, std::uint32_t n);
  Next run_one(Stage& stage, std::uint32_t t);
  Next evaluate(Stage& stage, std::uint32_t t, const papy_value* values, std::uint32_t n);
  Next accept(Stage& stage, std::uint32_t t, bool last);
  Next failed(Stage& stage, std::uint32_t t, papy_status status, const FunctionUse* use);
  Next fail(Stage& stage, std::uint32_t t, const FunctionUse* use, const char* kind,
            std::int32_t code, std::string message, bool retryable);
  void travel(Stage& stage, std::uint32_t t);
  void skip(Stage& stage);
  void put(Stage& stage, ItemKind kind, Bytes bytes);
  void note_count(Stage& stage, std::uint32_t items);
  void flush(Stage& stage);
  papy_status call_rest(Stage& stage, std::size_t from, papy_value value, const FunctionUse** at);

  const CallSettings settings_;
  const std::vector<OpenPiper> pipers_;
  PluginCall call_;
  Inboxes inboxes_;
  std::vector<papy_value> compact_;   // an inbox without its gaps
  std::vector<papy_value> failures_;  // of an inbox
  std::vector<papy_status> status_;
  std::vector<std::size_t> ends_;
  BatchBuilder between_[2];  // stages, in turn
  BatchBuilder chain_[2];    // functions of a chain, in turn
  BatchBuilder out_;         // of the last stage
};

}  // namespace papy
