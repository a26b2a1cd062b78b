#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace papy {

using Duration = std::chrono::nanoseconds;

/// One function as a node uses it.
struct FunctionUse {
  std::string plugin;       ///< the alias in the document
  std::string library;      ///< real, absolute path
  std::string function;     ///< its name in the library
  std::string args;         ///< a msgpack map
  std::uint32_t flags = 0;  ///< as declared (PAPY_SERIAL and so on)
  bool has_flush = false;

  std::string name() const { return plugin + "." + function; }
  friend bool operator==(const FunctionUse&, const FunctionUse&) = default;
};

/// Streams are numbered densely: first the inputs, then the pipers (so the output of piper p is
/// inputs.size() + p).
using StreamId = std::uint32_t;
using PoolId = std::uint32_t;
using PiperId = std::uint32_t;
using InputId = std::uint32_t;
using OutputId = std::uint32_t;

enum class PoolType { thread, process };

/// What a worker process may use at most.
struct PlanLimits {
  std::optional<std::uint64_t> memory;  ///< bytes that it may allocate
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> cpu_time;  ///< seconds
};

struct PlanPool {
  std::string name;
  PoolType type = PoolType::thread;
  std::uint32_t slots = 1;
  std::optional<std::uint64_t>
      stride;  ///< tasklets of one piper under evaluation at once; none: as many as there may be
  std::optional<std::uint64_t> buffer;  ///< items; none: automatic
  std::optional<std::uint64_t> batch;   ///< tasklets; none: automatic
  bool ordered = true;
  bool skip = false;              ///< a late result is a gap instead of a failure
  std::uint32_t max_crashes = 3;  ///< deaths of its slot, alone there, after which a tasklet fails
  std::vector<std::string> command;  ///< program and words that start a slot's process; empty: papy
  std::optional<std::uint64_t> recycle;  ///< tasklets after which a process is replaced
  PlanLimits limits;

  /// A slot's share of the stride: tasklets of one piper that it may evaluate in one call.
  std::uint32_t share() const {
    if (!stride) return UINT32_MAX;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*stride / slots, 1, UINT32_MAX));
  }
};

enum class Join { all, first };
enum class Rest { keep, drop, fail };
enum class OnError { fail, skip, stop };

/// How many values a tasklet must emit.
struct Produce {
  bool any = false;     ///< 0 to many
  std::uint32_t n = 1;  ///< exactly, when not any
  bool repeat = false;  ///< emits one, which counts n times
  friend bool operator==(const Produce&, const Produce&) = default;
};

struct Retries {
  std::uint32_t attempts = 1;  ///< counts the first
  bool on_error = true;        ///< also after PAPY_ERROR
  bool on_timeout = false;
  Duration backoff{0};  ///< before the second attempt, doubling
};

struct PlanPiper {
  std::string name;
  std::vector<FunctionUse> worker;  ///< at least one
  std::vector<StreamId> from;  ///< inbox order; each of a lower number than this piper's own stream
  Join join = Join::all;
  std::uint32_t consume = 1;
  Rest rest = Rest::keep;
  Produce produce;
  std::uint32_t spawn = 1;
  PoolId pool = 0;
  bool serial = false;     ///< a function of the chain is SERIAL, or the document says `stateful`
  bool has_flush = false;  ///< and has something to say at the end
  bool track = false;
  Retries retries;
  OnError on_error = OnError::fail;
  std::optional<Duration> timeout;   ///< of one attempt
  std::optional<Duration> deadline;  ///< of all attempts, from the beginning of the first; a retry
                                     ///< whose backoff would end behind it is not made

  /// The functions as the document names them: "a.b | c.d".
  std::string worker_name() const {
    std::string text;
    for (const FunctionUse& use : worker) text += (text.empty() ? "" : " | ") + use.name();
    return text;
  }
};

struct PlanInput {
  std::string name;
  FunctionUse source;
};

struct PlanOutput {
  std::string name;
  FunctionUse sink;
  StreamId from = 0;
};

/// A limit on failed items: a count, a share of all, or none.
struct MaxFailures {
  std::optional<std::uint64_t> count;
  std::optional<double> share;  ///< 0 .. 1
};

/// The workflow, checked and compiled: every name resolved to a number, pipers in topological
/// order.
struct Plan {
  std::string name;
  std::string file;  ///< the document, for messages
  std::string base;  ///< directory that relative paths are relative to, absolute
  std::vector<PlanPool> pools;
  std::vector<PlanInput> inputs;
  std::vector<PlanPiper> pipers;
  std::vector<PlanOutput> outputs;
  MaxFailures max_failures;
  std::optional<std::uint64_t> memory;      ///< bytes
  std::optional<std::string> dead_letters;  ///< absolute path

  std::size_t streams() const { return inputs.size() + pipers.size(); }
  StreamId stream_of_piper(PiperId p) const { return static_cast<StreamId>(inputs.size() + p); }
  const std::string& stream_name(StreamId s) const {
    return s < inputs.size() ? inputs[s].name : pipers[s - inputs.size()].name;
  }
};

}  // namespace papy
