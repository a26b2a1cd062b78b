#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/mutex.h"
#include "flow/task.h"
#include "item/failure.h"

namespace papy {

/// Failures of one sort, with the first of them as an example.
struct FailureGroup {
  std::string piper;
  std::string function;
  std::string kind;
  std::int32_t code = 0;
  std::uint64_t count = 0;
  OutputId output = 0;      ///< where the example came out
  std::uint64_t place = 0;  ///< and at which place
  std::string message;
  friend bool operator==(const FailureGroup&, const FailureGroup&) = default;
};

/// Counts what came out failed, by piper, function, kind and code. Any thread.
///
/// A failure that reaches several outputs is counted once: of each sort, the output that saw the
/// most counts. One that joined several is counted as its causes.
class FailureTally {
 public:
  static constexpr std::size_t kMost = 100;  ///< sorts kept for an output

  void add(OutputId output, std::uint64_t place, const Failure& failure);

  /// The most frequent first; those of one count by name.
  std::vector<FailureGroup> groups() const;
  /// Failures of further sorts, counted at the output that saw the most of them.
  std::uint64_t others() const;
  /// Items that came out failed, over all outputs.
  std::uint64_t items() const;

 private:
  using Sort = std::tuple<std::string, std::string, std::string, std::int32_t>;
  struct PerOutput {
    std::map<Sort, FailureGroup> groups;
    std::uint64_t others = 0;
  };

  void count(PerOutput& seen, OutputId output, std::uint64_t place, const Failure& failure)
      PAPY_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<OutputId, PerOutput> outputs_ PAPY_GUARDED_BY(mutex_);
  std::uint64_t items_ PAPY_GUARDED_BY(mutex_) = 0;
};

}  // namespace papy
