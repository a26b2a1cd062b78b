// What becomes of tasks that come back without a result.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "flow/failing.h"
#include "flow/flow_state.h"

namespace papy {
namespace {

/// The items of each input of a task with one tasklet, place by place.
std::vector<std::vector<ItemView>> columns_of(const Task& task) {
  std::vector<std::vector<ItemView>> columns;
  for (const std::vector<Slice>& slices : task.inputs) {
    std::vector<ItemView>& column = columns.emplace_back();
    for (const Slice& slice : slices) {
      for (std::uint32_t i = 0; i < slice.size(); ++i) column.push_back(slice.item(i));
    }
  }
  return columns;
}

/// What the function got of one place: nothing when there is a gap, of `join: first` one item.
void take_place(const std::vector<std::vector<ItemView>>& columns, std::size_t place, Join join,
                std::vector<std::string>* inbox) {
  const std::size_t before = inbox->size();
  for (const std::vector<ItemView>& column : columns) {
    const ItemView& item = column[place];
    if (item.kind != ItemKind::gap) {
      inbox->emplace_back(text_of(item.bytes));
      if (join == Join::first) return;
    } else if (join == Join::all) {
      inbox->resize(before);
      return;
    }
  }
}

/// The inbox of a task with one tasklet, as its function got it.
std::vector<std::string> handed_inbox(const Task& task, const PlanPiper& piper) {
  std::vector<std::string> inbox;
  const auto columns = columns_of(task);
  for (std::size_t place = 0; place < task.last_places && !columns.empty(); ++place)
    take_place(columns, place, piper.join, &inbox);
  return inbox;
}

Failure failure_of(const Loss& loss, std::uint32_t attempts) {
  Failure failure;
  failure.function = loss.function;
  failure.kind = loss.kind;
  failure.code = loss.code;
  failure.message = loss.message;
  failure.attempts = attempts;
  return failure;
}

/// A tasklet of a task, as a task of its own; a flush is one already.
Task one_of(const Task& task, const PlanPiper& piper, std::uint32_t at) {
  return task.kind == Task::Kind::flush ? task : part_of(task, piper, at, at + 1);
}

}  // namespace

void Flow::on_lost(TaskId id, const Loss& loss) {
  State& s = *state_;
  Flight* flight = s.flight(id);
  if (flight == nullptr) return;
  s.land(flight);
  Task task = flight->task;
  s.forget(flight);
  Node& node = s.nodes[task.group];
  PAPY_CHECK(!loss.at || *loss.at < std::max(task.n, 1u), "the suspect is not in the task");
  PAPY_CHECK(loss.stage < s.groups[node.id].pipers.size(), "the suspect is not in the group");
  if (!loss.at || loss.why == Loss::Why::returned) {
    s.put_back(node, std::move(task));
  } else if (loss.why == Loss::Why::died) {
    s.lost_to_death(node, std::move(task), loss);
  } else {
    s.lost_to_time(node, task, loss);
  }
  s.recount(node);
}

/// Its tasklet loss.at was under evaluation when the slot died. It is to blame for certain only
/// when it was alone there; so it will be.
void Flow::State::lost_to_death(Node& node, Task task, const Loss& loss) {
  if (!task.alone && loss.many && task.n > 1) return put_back_singly(node, std::move(task));
  Task suspect = one_of(task, *node.first, *loss.at);
  if (!suspect.since) suspect.since = now - loss.elapsed;
  if (!task.alone) {
    suspect.alone = true;
    return put_back_around(node, task, *loss.at, std::move(suspect));
  }
  if (++suspect.crashes < pools[node.pool].plan->max_crashes)
    return put_back(node, std::move(suspect));
  fail_tasklet(node, suspect, failure_of(loss, suspect.attempt - 1 + suspect.crashes), loss.stage,
               loss.ended);
}

/// Its tasklet loss.at took too long.
void Flow::State::lost_to_time(Node& node, const Task& task, const Loss& loss) {
  const PiperId id = groups[node.id].pipers[loss.stage];
  const Retries& retries = plan.pipers[id].retries;
  Task late = one_of(task, *node.first, *loss.at);
  if (!late.since) late.since = now - loss.elapsed;
  const bool again = task.kind == Task::Kind::evaluate && loss.kind != "deadline" &&
                     retries.on_timeout && late.attempt < retries.attempts;
  if (!again || !has_time(node, late)) {
    put_back_around(node, task, *loss.at, std::nullopt);
    Failure failure = failure_of(loss, late.attempt);
    if (again) miss_deadline(node, late, &failure);
    return fail_tasklet(node, late, std::move(failure), loss.stage, loss.ended);
  }
  ++counts[id].in;
  ++counts[id].retried;
  if (!node.serial() || *loss.at == 0) {
    put_back_around(node, task, *loss.at, std::nullopt);
    return evaluate_again(node, std::move(late));
  }
  // What comes before it in its replica must be evaluated again, too: all of that waits.
  const Duration wait = backoff_before(retries, ++late.attempt);
  if (*loss.at + 1 < task.n) put_back(node, part_of(task, *node.first, *loss.at + 1, task.n));
  put_back(node, std::move(late));
  hold(node, part_of(task, *node.first, 0, *loss.at), wait);
}

/// One of these tasklets is to blame, and nobody knows which: they are evaluated one by one. If
/// that was so already, the process cannot say where it is, and halves of them say more.
void Flow::State::put_back_singly(Node& node, Task task) {
  if (!std::exchange(task.singly, true)) return put_back(node, std::move(task));
  const std::uint32_t half = task.n / 2;
  put_back(node, part_of(task, *node.first, half, task.n));
  put_back(node, part_of(task, *node.first, 0, half));
}

/// Hands back the tasklets around `at`, which were not begun or can be evaluated again, and what
/// became of `at`, so that a replica gets them in their order.
void Flow::State::put_back_around(Node& node, const Task& task, std::uint32_t at,
                                  std::optional<Task> suspect) {
  if (at + 1 < task.n) put_back(node, part_of(task, *node.first, at + 1, task.n));
  if (suspect) put_back(node, std::move(*suspect));
  if (at > 0) put_back(node, part_of(task, *node.first, 0, at));
}

/// Whether another attempt would begin before the tasklet's deadline. Requires: task.since.
bool Flow::State::has_time(const Node& node, const Task& task) const {
  const PlanPiper& piper = *node.first;
  if (!piper.deadline) return true;
  return now + backoff_before(piper.retries, task.attempt + 1) < *task.since + *piper.deadline;
}

/// The failure of an attempt behind which there is no time for another.
void Flow::State::miss_deadline(const Node& node, const Task& task, Failure* failure) const {
  failure->kind = "deadline";
  failure->message = fmt::format(
      "{} attempt{} failed and the deadline of {} leaves no time for another; the last: {}",
      task.attempt, task.attempt == 1 ? "" : "s", limit_text(*node.first->deadline),
      failure->message);
}

/// The tasklet of this task failed for good in a piper of the group: those before gave a value,
/// those behind pass the failure on. `ended`: one before said END, so it is the last.
void Flow::State::fail_tasklet(Node& node, const Task& task, Failure failure, std::uint32_t stage,
                               bool ended) {
  const std::vector<PiperId>& pipers = groups[node.id].pipers;
  const PlanPiper& piper = plan.pipers[pipers[stage]];
  const bool is_flush = task.kind == Task::Kind::flush;
  const bool gap = becomes_gap(piper, failure.kind, pools[node.pool].plan->skip);
  TaskResult result;
  result.done = task.n;
  result.ended = ended;
  if (piper.on_error == OnError::stop)
    result.stop = reason_to_stop(piper, task.first, failure.message);
  std::uint32_t places = 1;
  for (std::uint32_t i = 0; i < pipers.size(); ++i) {
    const Produce& produce = plan.pipers[pipers[i]].produce;
    if (i >= stage) places = is_flush ? 1 : places_of_failure(produce);
    if (i >= stage && gap && (produce.any || is_flush)) places = 0;
    StageCount& count = result.stages.emplace_back();
    count.in = 1;
    count.out = places;
    if (i >= stage) ++(gap ? count.skipped : i == stage ? count.failed : count.passed);
  }
  failure.piper = piper.name;
  failure.place = task.first;
  failure.hops = static_cast<std::uint32_t>(pipers.size()) - 1 - stage;
  if (stage == 0 && input_bytes(task) * places <= settings.max_item)
    failure.inbox = handed_inbox(task, piper);
  const std::string item = gap ? "" : encode(failure);
  BatchBuilder out;
  for (std::uint32_t i = 0; i < places; ++i)
    out.add({gap ? ItemKind::gap : ItemKind::failure, bytes_of(std::string_view(item))});
  if (node.last->produce.any && !is_flush) result.counts = {places};
  result.items = out.finish();
  conclude(node, task, result);
}

}  // namespace papy
