#include "run/failure_tally.h"

#include <algorithm>

namespace papy {

void FailureTally::add(OutputId output, std::uint64_t place, const Failure& failure) {
  MutexLock lock(mutex_);
  ++items_;
  count(outputs_[output], output, place, failure);
}

void FailureTally::count(PerOutput& seen, OutputId output, std::uint64_t place,
                         const Failure& failure) {
  for (const Failure& cause : failure.causes) count(seen, output, place, cause);
  if (!failure.causes.empty()) return;
  const Sort sort{failure.piper, failure.function, failure.kind, failure.code};
  auto found = seen.groups.find(sort);
  if (found == seen.groups.end()) {
    if (seen.groups.size() >= kMost) {
      ++seen.others;
      return;
    }
    found = seen.groups
                .emplace(sort, FailureGroup{failure.piper, failure.function, failure.kind,
                                            failure.code, 0, output, place, failure.message})
                .first;
  }
  ++found->second.count;
}

std::vector<FailureGroup> FailureTally::groups() const {
  MutexLock lock(mutex_);
  std::map<Sort, FailureGroup> most;
  for (const auto& [output, seen] : outputs_) {
    for (const auto& [sort, group] : seen.groups) {
      const auto [at, is_new] = most.emplace(sort, group);
      if (!is_new && at->second.count < group.count) at->second = group;
    }
  }
  std::vector<FailureGroup> sorted;
  for (const auto& [sort, group] : most) sorted.push_back(group);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const FailureGroup& a, const FailureGroup& b) { return a.count > b.count; });
  return sorted;
}

std::uint64_t FailureTally::others() const {
  MutexLock lock(mutex_);
  std::uint64_t most = 0;
  for (const auto& [output, seen] : outputs_) most = std::max(most, seen.others);
  return most;
}

std::uint64_t FailureTally::items() const {
  MutexLock lock(mutex_);
  return items_;
}

}  // namespace papy
