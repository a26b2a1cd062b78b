#pragma once

#include <papy/plugin.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "flow/task.h"
#include "pool/evaluator.h"

namespace papy {

/// Finds the function of a loaded library.
using Resolver = std::function<Result<const papy_worker*>(const FunctionUse&)>;

/// One opened function; closed at the end of its life.
class Instance {
 public:
  struct Place {
    std::string node;  ///< piper, input or output
    std::uint32_t replica = 0;
    std::uint32_t slot = 0;
    std::string base;  ///< directory that relative paths are relative to
  };

  /// Calls the function's open(). The error names the node, the function and what the function
  /// said.
  static papy::Result<std::unique_ptr<Instance>> open(const papy_worker* worker,
                                                      const FunctionUse& use, const papy_host* host,
                                                      const Place& place);
  ~Instance();
  Instance(const Instance&) = delete;

  const OpenFunction& function() const { return function_; }

 private:
  explicit Instance(const OpenFunction& function) : function_(function) {}
  OpenFunction function_;
};

/// All instances of a run's pipers, opened where and when they are first needed: a SERIAL piper has
/// one a replica, REENTRANT functions one for all slots, others one a slot. Any thread.
class Instances {
 public:
  Instances(Resolver resolver, const papy_host* host, std::string base);

  /// The piper as this slot evaluates it. Requires, for a SERIAL piper: nobody else is evaluating
  /// this replica.
  papy::Result<OpenPiper> open(const PlanPiper& piper, PoolId pool, std::uint32_t slot,
                               std::uint32_t replica);

 private:
  using Key = std::tuple<std::string, std::size_t, PoolId, std::uint32_t, std::uint32_t>;

  const Resolver resolver_;
  const papy_host* const host_;
  const std::string base_;
  Mutex mutex_;
  std::map<Key, std::unique_ptr<Instance>> instances_ PAPY_GUARDED_BY(mutex_);
};

}  // namespace papy
