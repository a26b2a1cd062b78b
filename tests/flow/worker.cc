#include "worker.h"

#include <fmt/format.h>

#include <algorithm>

namespace papy::sim {
namespace {

std::vector<Token> inbox_of(const Task& task, std::uint32_t t, std::uint32_t consume) {
  std::vector<std::vector<Token>> columns;
  const std::uint32_t places = t + 1 == task.n ? task.last_places : consume;
  for (const std::vector<Slice>& slices : task.inputs) {
    std::vector<Token>& column = columns.emplace_back();
    std::uint64_t at = 0;
    for (const Slice& slice : slices) {
      for (std::uint32_t i = 0; i < slice.size(); ++i, ++at) {
        if (at >= std::uint64_t{t} * consume && at < std::uint64_t{t} * consume + places)
          column.push_back(read(slice.item(i)));
      }
    }
  }
  std::vector<Token> inbox;
  for (std::uint32_t place = 0; place < places; ++place) {
    for (const auto& column : columns) inbox.push_back(column.at(place));
  }
  return inbox;
}

}  // namespace

std::string Worker::check(const Task& task) const {
  const PiperId piper = flow_.groups()[task.group].pipers.front();
  const PlanPiper& plan = scenario_.plan.pipers[piper];
  if (task.kind == Task::Kind::evaluate) {
    if (task.n == 0) return "a task without tasklets";
    if (task.attempt > 1 && task.n != 1) return "a retry of more than one tasklet";
    const std::uint64_t places = std::uint64_t{task.n - 1} * plan.consume + task.last_places;
    if (task.inputs.size() != plan.from.size()) return "a task without all its inputs";
    for (const auto& slices : task.inputs) {
      std::uint64_t items = 0;
      for (const Slice& slice : slices) items += slice.size();
      if (items != places)
        return fmt::format("a task with {} items, not {}, of an input", items, places);
    }
  }
  if (!plan.serial) return task.step == 1 ? "" : "a step without replicas";
  if (task.step != plan.spawn && task.kind == Task::Kind::evaluate) return "a wrong step";
  const auto at = replicas_.find({piper, task.replica});
  const std::uint64_t next = at == replicas_.end() ? task.replica : at->second.next;
  if (task.kind == Task::Kind::evaluate &&
      task.first != std::max<std::uint64_t>(next, task.replica))
    return fmt::format("replica {} of piper '{}' gets tasklet {} when {} is next", task.replica,
                       plan.name, task.first, next);
  return {};
}

TaskResult Worker::run(const Task& task, std::uint32_t most) {
  using Status = Evaluation::Status;
  const std::vector<PiperId>& group = flow_.groups()[task.group].pipers;
  TaskResult result;
  result.stages.resize(group.size());
  Replica& serial = replica(task, group.front());
  std::uint64_t state = serial.state;
  BatchBuilder out;
  const auto put = [&](const std::vector<Token>& items) {
    for (const Token& token : items) write(token, scenario_.padding_of(token), &out);
    result.stages.back().out += items.size();
  };
  if (task.kind == Task::Kind::flush) {
    put(flush(scenario_, group.front(), task.replica, state));
    result.items = out.finish();
    return result;
  }
  const bool any = scenario_.plan.pipers[group.back()].produce.any;
  for (std::uint32_t t = 0; t < std::min(task.n, most) && !result.ended; ++t) {
    const std::uint64_t number = task.first + std::uint64_t{t} * task.step;
    std::vector<Token> items = inbox_of(task, t, scenario_.plan.pipers[group.front()].consume);
    bool before = false, again = false;
    for (std::size_t i = 0; i < group.size() && !before && !again; ++i) {
      Evaluation done = evaluate(scenario_, group[i], number, task.attempt, items, &state);
      StageCount& count = result.stages[i];
      ++count.in;
      count.failed += done.what == Evaluation::What::failed;
      count.passed += done.what == Evaluation::What::passed;
      count.skipped += done.what == Evaluation::What::skipped;
      again = done.status == Status::retry;
      before = done.status == Status::ended_before;
      result.ended |= before || done.status == Status::ended_with;
      items = std::move(done.items);
      if (i + 1 < group.size()) count.out += items.size();
    }
    if (before) break;
    result.done = t + 1;
    if (again) {
      result.retry.push_back(t);
      ++result.stages.front().retried;
      const auto& produce = scenario_.plan.pipers[group.back()].produce;
      items.assign(produce.any ? 0 : produce.n, Token{ItemKind::gap, 0});
    }
    put(items);
    if (any) result.counts.push_back(static_cast<std::uint32_t>(items.size()));
    if (again && scenario_.plan.pipers[group.front()].serial) break;
  }
  serial.after = state;
  const bool last_again = !result.retry.empty() && task.step * task.n > 0 &&
                          scenario_.plan.pipers[group.front()].serial;
  serial.next_after = task.first + std::uint64_t{result.done - (last_again ? 1 : 0)} * task.step;
  result.items = out.finish();
  return result;
}

void Worker::accept(const Task& task) {
  Replica& serial = replica(task, flow_.groups()[task.group].pipers.front());
  serial.state = serial.after;
  serial.next = serial.next_after;
}

}  // namespace papy::sim
