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
  std::uint64_t next = at == replicas_.end() ? task.replica : at->second.next;
  next = std::max<std::uint64_t>(next, task.replica);
  while (next < task.first && failed_.contains({piper, next})) next += task.step;
  if (task.kind == Task::Kind::evaluate && task.first != next)
    return fmt::format("replica {} of piper '{}' gets tasklet {} when {} is next", task.replica,
                       plan.name, task.first, next);
  return {};
}

/// Why the slot is lost at this tasklet, which was called in this process; nothing: it is not.
std::optional<Loss> Worker::lost(const Task& task, std::uint32_t t, PiperId piper,
                                 const Evaluation& done, const Process& process) {
  using Status = Evaluation::Status;
  auto loss = loss_of(scenario_, piper, done.status);
  const bool dies_of_others = process.corrupted || (done.flaky && !process.quarantine);
  if (!loss && dies_of_others) loss = loss_of(scenario_, piper, Status::dies);
  if (!loss) return std::nullopt;
  const bool many = scenario_.workers[piper].many && !task.alone && !task.singly &&
                    task.step == 1 && loss->why == Loss::Why::died;
  loss->at = many ? t / 2 : t;
  loss->many = many;
  return loss;
}

Worker::Outcome Worker::run_flush(const Task& task) {
  const PiperId piper = flow_.groups()[task.group].pipers.front();
  if (scenario_.workers[piper].flush_dies) {
    auto loss = loss_of(scenario_, piper, Evaluation::Status::dies);
    loss->at = 0;
    return {{}, loss};
  }
  Outcome outcome;
  BatchBuilder out;
  for (const Token& token : flush(scenario_, piper, task.replica, replica(task, piper).state))
    write(token, scenario_.padding_of(token), &out);
  outcome.result.stages.resize(1);
  outcome.result.stages.back().out = out.size();
  outcome.result.items = out.finish();
  return outcome;
}

/// What lies in the place of a tasklet that is to be evaluated again.
void Worker::put_retry(PiperId id, TaskResult* result, BatchBuilder* out) const {
  const PlanPiper& piper = scenario_.plan.pipers[id];
  const std::string error = encode(error_of(scenario_, id));
  if (piper.deadline) result->retry_elapsed.emplace_back(1);
  for (std::uint32_t i = piper.produce.any ? !piper.deadline : 0; i < piper.produce.n; ++i) {
    if (piper.deadline) {
      out->add({ItemKind::failure, bytes_of(std::string_view(error))});
    } else {
      out->add({ItemKind::gap, {}});
    }
  }
}

Worker::Outcome Worker::run(const Task& task, std::uint32_t most, Process* process) {
  using Status = Evaluation::Status;
  if (task.kind == Task::Kind::flush) return run_flush(task);
  const std::vector<PiperId>& group = flow_.groups()[task.group].pipers;
  const PlanPiper& first = scenario_.plan.pipers[group.front()];
  Outcome outcome;
  TaskResult& result = outcome.result;
  result.stages.resize(group.size());
  Replica& serial = replica(task, group.front());
  std::uint64_t state = serial.state;
  BatchBuilder out;
  const auto put = [&](const std::vector<Token>& items) {
    for (const Token& token : items) write(token, scenario_.padding_of(token), &out);
    result.stages.back().out += items.size();
  };
  const Produce& produce = scenario_.plan.pipers[group.back()].produce;
  for (std::uint32_t t = 0; t < std::min(task.n, most) && !result.ended; ++t) {
    const std::uint64_t number = task.first + std::uint64_t{t} * task.step;
    const std::vector<Token> inbox = inbox_of(task, t, first.consume);
    std::vector<Token> items = inbox;
    bool before = false, again = false, corrupts = false;
    for (std::size_t i = 0; i < group.size() && !before && !again; ++i) {
      Evaluation done = evaluate(scenario_, group[i], number, task.attempt, items, &state);
      if (done.called && condemned_.contains({group[i], number}))
        done = lost_for_good(scenario_, group[i], number, items, Status::dies, task.attempt);
      if (done.called) outcome.loss = lost(task, t, group[i], done, *process);
      if (outcome.loss) {
        outcome.by_poison = done.status == Status::dies;
        outcome.tasklet = number;
        outcome.piper = group[i];
        failed_.insert({group[i], number});
        return outcome;
      }
      corrupts |= done.corrupts;
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
    process->corrupted |= corrupts;
    if (before) break;
    result.done = t + 1;
    const std::uint32_t before_it = out.size();
    if (again) {
      ++result.stages.front().retried;
      result.retry.push_back(t);
      put_retry(group.front(), &result, &out);
      failed_.insert({group.front(), number});
    } else {
      put(items);
    }
    if (produce.any) result.counts.push_back(out.size() - before_it);
    if (again && first.serial) break;
  }
  serial.after = state;
  const bool last_again = !result.retry.empty() && first.serial;
  serial.next_after = task.first + std::uint64_t{result.done - (last_again ? 1 : 0)} * task.step;
  result.items = out.finish();
  return outcome;
}

void Worker::accept(const Task& task) {
  Replica& serial = replica(task, flow_.groups()[task.group].pipers.front());
  serial.state = serial.after;
  serial.next = serial.next_after;
}

}  // namespace papy::sim
