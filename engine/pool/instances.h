#pragma once

#include <papy/plugin.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "base/mutex.h"
#include "base/result.h"
#include "flow/task.h"
#include "plugin/instance.h"
#include "pool/evaluator.h"

namespace papy {

/// Finds the function of a loaded library. Any thread.
using Resolver = std::function<Result<const papy_worker*>(const FunctionUse&)>;

/// Opens the source of an input or the sink of an output. The error is for the user.
Result<Instance> open_port(std::string_view kind, const std::string& name, const FunctionUse& use,
                           const Resolver& resolver, const papy_host* host,
                           const std::string& base);

/// All instances of a run's pipers, opened where and when they are first needed: a SERIAL piper has
/// one a replica, REENTRANT functions one for all slots, others one a slot. Any thread.
class Instances {
 public:
  Instances(Resolver resolver, const papy_host* host, std::string base);

  /// The piper as this slot evaluates it. Requires, for a SERIAL piper: nobody else is evaluating
  /// this replica.
  Result<OpenPiper> open(const PlanPiper& piper, PoolId pool, std::uint32_t slot,
                         std::uint32_t replica);

 private:
  using Key = std::tuple<std::string, std::size_t, PoolId, std::uint32_t, std::uint32_t>;

  const Resolver resolver_;
  const papy_host* const host_;
  const std::string base_;
  Mutex mutex_;
  std::map<Key, Instance> instances_ PAPY_GUARDED_BY(mutex_);
};

}  // namespace papy
