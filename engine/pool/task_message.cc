#include "pool/task_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace papy {
namespace {

Result<Batch> batch_of(const WireItems& items, SharedFrames& shared) {
  if (const auto* const place = std::get_if<SharedBytes>(&items.frame))
    return shared.batch_at(*place);
  return Batch::from_frame(std::get<Bytes>(items.frame));
}

Result<Slice> slice_of(const WireItems& items, SharedFrames& shared) {
  auto batch = batch_of(items, shared);
  if (!batch) return tl::unexpected(batch.error());
  Slice slice{std::move(*batch), items.from, items.to};
  if (!slice.batch || items.from > items.to || items.to > slice.batch.size())
    return error("items whose bytes are not a batch");
  return slice;
}

/// Longest time that is believed.
constexpr std::uint64_t kYear = 366ull * 24 * 3600 * 1'000'000'000;

/// Whether the tasklets that are to be evaluated again are some of those that are done, and the
/// piper has another attempt for them.
bool are_valid_retries(const ResultMessage& message, const Task& task, const PlanPiper& piper) {
  if (message.retry.empty()) return message.retry_elapsed_ns.empty();
  return message.stages.size() == 1 && task.attempt < piper.retries.attempts &&
         std::is_sorted(message.retry.begin(), message.retry.end(), std::less_equal<>()) &&
         message.retry.back() < message.done &&
         (!piper.serial || message.retry.front() + 1 == message.done) &&
         (message.retry_elapsed_ns.empty() ||
          message.retry_elapsed_ns.size() == message.retry.size());
}

/// Whether the run's accounts may be made of what this piper says it did.
bool is_valid(const StageCount& count, const ResultMessage& message, const Task& task) {
  if (count.in > UINT32_MAX) return false;
  for (const std::uint64_t part : {count.failed, count.passed, count.skipped, count.retried}) {
    if (part > count.in) return false;
  }
  if (count.failed + count.passed + count.skipped + count.retried > count.in) return false;
  return task.kind == Task::Kind::flush || (count.in >= message.done && count.in <= task.n);
}

/// What each piper says it did, and how long that took.
bool are_valid_counts(const ResultMessage& message, const Task& task, std::uint64_t items) {
  const auto is_time = [](std::uint64_t ns) { return ns < kYear; };
  const auto& stages = message.stages;
  return is_time(message.elapsed_ns) &&
         std::all_of(message.retry_elapsed_ns.begin(), message.retry_elapsed_ns.end(), is_time) &&
         std::all_of(stages.begin(), stages.end(),
                     [&](const StageCount& count) {
                       return is_valid(count, message, task) &&
                              is_time(static_cast<std::uint64_t>(count.busy.count()));
                     }) &&
         stages.front().retried == message.retry.size() && stages.back().out <= items;
}

/// Items that the tasklets that are done came to; nothing: the counts do not fit.
std::optional<std::uint64_t> items_said(const ResultMessage& message, const Task& task,
                                        const Produce& produce) {
  if (task.kind == Task::Kind::flush) return std::nullopt;
  if (!produce.any) {
    if (!message.counts.empty()) return std::nullopt;
    return std::uint64_t{message.done} * produce.n;
  }
  if (message.counts.size() != message.done) return std::nullopt;
  return std::accumulate(message.counts.begin(), message.counts.end(), std::uint64_t{0});
}

}  // namespace

TaskMessage message_of(const Task& task) {
  TaskMessage message;
  message.id = task.id;
  message.group = task.group;
  message.kind = task.kind;
  message.first = task.first;
  message.n = task.n;
  message.step = task.step;
  message.attempt = task.attempt;
  message.replica = task.replica;
  message.last_places = task.last_places;
  message.singly = task.singly || task.alone;
  return message;
}

Result<Task> task_of(const TaskMessage& message, SharedFrames& shared) {
  Task task;
  task.id = message.id;
  task.kind = message.kind;
  task.group = message.group;
  task.first = message.first;
  task.n = message.n;
  task.step = message.step;
  task.attempt = message.attempt;
  task.replica = message.replica;
  task.last_places = message.last_places;
  task.singly = message.singly;
  for (const auto& input : message.inputs) {
    std::vector<Slice>& slices = task.inputs.emplace_back();
    for (const WireItems& items : input) {
      auto slice = slice_of(items, shared);
      if (!slice) return tl::unexpected(slice.error());
      slices.push_back(std::move(*slice));
    }
  }
  return task;
}

ResultMessage message_of(const Task& task, const TaskResult& result) {
  ResultMessage message;
  message.id = task.id;
  message.done = result.done;
  if (result.items && result.items.size() > 0)
    message.items = WireItems{result.items.frame(), 0, result.items.size()};
  message.counts = result.counts;
  message.retry = result.retry;
  for (const Duration elapsed : result.retry_elapsed)
    message.retry_elapsed_ns.push_back(static_cast<std::uint64_t>(elapsed.count()));
  message.ended = result.ended;
  message.stop = result.stop;
  message.stages = result.stages;
  return message;
}

Result<TaskResult> result_of(const ResultMessage& message, const Task& task, const Plan& plan,
                             const Group& group, SharedFrames& shared) {
  const std::size_t stages = group.pipers.size();
  const Produce& produce = plan.pipers[group.pipers.back()].produce;
  if (message.done > task.n || (message.done == 0 && task.n > 0 && !message.ended))
    return error(fmt::format("a result of {} tasklets for a task of {}", message.done, task.n));
  if (message.stages.size() != stages)
    return error(fmt::format("a result of {} pipers, not {}", message.stages.size(), stages));
  if (!are_valid_retries(message, task, plan.pipers[group.pipers.front()]))
    return error("a result with retries that do not fit");
  TaskResult result;
  std::uint64_t items = 0;
  if (message.items) {
    auto slice = slice_of(*message.items, shared);
    if (!slice) return error("a result with " + slice.error().text);
    if (slice->from != 0 || slice->to != slice->batch.size())
      return error("a result with a part of a batch");
    items = slice->size();
    result.items = std::move(slice->batch);
  }
  const auto said = items_said(message, task, produce);
  if (task.kind == Task::Kind::evaluate && said != items) {
    return error(fmt::format("a result of {} items where its {} tasklets give {}", items,
                             message.done, said ? std::to_string(*said) : "another number"));
  }
  if (!are_valid_counts(message, task, items))
    return error("a result whose pipers' numbers do not fit");
  result.done = message.done;
  result.counts = message.counts;
  result.retry = message.retry;
  for (const std::uint64_t ns : message.retry_elapsed_ns)
    result.retry_elapsed.emplace_back(static_cast<std::int64_t>(ns));
  result.ended = message.ended;
  result.stop = message.stop;
  result.stages = message.stages;
  return result;
}

}  // namespace papy
