// What the processes of slots say, and what follows from it.

#include <fmt/format.h>
#include <signal.h>

#include <utility>

#include "pool/call.h"
#include "pool/process_pools.h"
#include "pool/saved_state.h"
#include "pool/task_message.h"

namespace papy {
namespace {

/// The memory that one task may write its result to.
class RoomOfTask final : public SharedFrames {
 public:
  RoomOfTask(Arenas& arenas, Grant& room) : arenas_(arenas), room_(room) {}

  Result<Batch> batch_at(const SharedBytes& bytes) override {
    const SharedBytes& given = room_.bytes();
    if (!room_ || bytes.arena != given.arena || bytes.offset != given.offset)
      return error("items in shared memory that is not its own");
    return arenas_.adopt(&room_, bytes.size);
  }

 private:
  Arenas& arenas_;
  Grant& room_;
};

}  // namespace

void ProcessPools::on(ProcessSlot& slot, const HelloMessage& message) {
  if (slot.state != ProcessSlot::State::starting) return;
  if (message.major != kProtocolMajor) {
    const std::string reason =
        fmt::format("it speaks protocol {} ({}), this engine {} ({})", message.major,
                    message.program, kProtocolMajor, settings_.program);
    post(slot, ToSlot(RefusedMessage{reason}));
    slot.state = ProcessSlot::State::leaving;
    slot.kill_at = desk_.now() + std::chrono::seconds(1);
    desk_.give_up(nullptr, fmt::format("pool '{}': a process cannot be used: {}",
                                       pool_of(slot).plan.name, reason));
    return;
  }
  const PlanPool& plan = pool_of(slot).plan;
  WelcomeMessage welcome;
  welcome.slot = slot.number;
  welcome.pool = plan.name;
  welcome.base = plan_.base;
  welcome.max_item = settings_.max_item;
  welcome.log_level = settings_.log_level;
  welcome.memory = plan.limits.memory.value_or(0);
  slot.state = ProcessSlot::State::up;
  slot.writes_page = message.page;
  slot.shares = message.shared;
  slot.kill_at.reset();
  pool_of(slot).early_deaths.erase(std::nullopt);
  post(slot, ToSlot(std::move(welcome)));
}

void ProcessPools::on(ProcessSlot& slot, const OpenedMessage& message) {
  slot.opening.erase(message.group);
  check_plugin_files(slot);
}

/// A process that does not write the page: we write it for it.
void ProcessPools::on(ProcessSlot& slot, const StartedMessage& message) {
  const ProcessSlot::Sent* const sent = slot.find(message.id);
  if (sent == nullptr) return;
  const Task& task = *sent->task;
  if (message.tasklet >= task.n)
    return misbehaved(
        slot, fmt::format("sent the start of tasklet {} of a task of {}", message.tasklet, task.n),
        &task);
  slot.page->since.store(monotonic_ns(), std::memory_order_relaxed);
  slot.page->enter({message.tasklet, 0, 0, false, true});
  slot.page->task.store(message.id, std::memory_order_release);
}

void ProcessPools::on(ProcessSlot& slot, const ResultMessage& message) {
  ProcessSlot::Sent* const sent = slot.find(message.id);
  if (sent == nullptr) return;  // of no use any more
  const Task* const task = sent->task;
  const Group& group = groups_[task->group];
  RoomOfTask room(arenas_, sent->memory.room);
  auto result = result_of(message, *task, plan_, group, room);
  if (!result) return misbehaved(slot, "sent " + result.error().text, task);
  if (result->items) result_sizes_[task->group].note(result->done, result->items.frame().size());
  slot.take(task->id);
  if (slot.page->task.load(std::memory_order_relaxed) == task->id)
    slot.page->task.store(0, std::memory_order_relaxed);
  Pool& pool = pool_of(slot);
  pool.restarts.on_success();
  pool.early_deaths.erase(task->group);
  slot.tasklets += result->done;
  slot.tired =
      slot.tired || message.tired || (pool.plan.recycle && slot.tasklets >= *pool.plan.recycle);
  const auto elapsed = Duration(static_cast<std::int64_t>(message.elapsed_ns));
  if (first_piper(*task).serial) {
    if (task->kind == Task::Kind::flush) {
      replicas_.forget(*task);
    } else {
      Replicas::Replica& replica = replicas_.of(*task);
      replica.began = true;
      replica.saved.reset();
      if (message.state && message.state->size() <= kMaxSavedState)
        replica.saved = std::string(text_of(*message.state));
      Duration busy{0};
      for (const StageCount& stage : result->stages) busy += stage.busy;
      result->overhead = elapsed - std::min(elapsed, busy);
    }
  }
  if (slot.tired && replicas_.hold(slot)) slot.tired = false;  // it cannot be replaced
  const Time now = desk_.now();
  slot.front_since = now;
  desk_.bring(task, std::move(*result), slot.number, now - std::min(now, elapsed), elapsed);
}

void ProcessPools::on(ProcessSlot& slot, const ReturnedMessage& message) {
  if (const ProcessSlot::Sent* const sent = slot.find(message.id))
    return misbehaved(slot, "returned a task that was not taken back", sent->task);
  slot.on_passed_over();
}

void ProcessPools::on(ProcessSlot& slot, const ErrorMessage& message) {
  desk_.give_up(nullptr, fmt::format("pool '{}': {}", pool_of(slot).plan.name, message.text));
  close_process(slot);  // what it has comes back when it has ended
}

void ProcessPools::on(ProcessSlot& slot, const ByeMessage&) {
  if (slot.state == ProcessSlot::State::up && !slot.sent.empty())
    return misbehaved(slot, "said BYE and had not answered all tasks");
  slot.state = ProcessSlot::State::leaving;
  if (!slot.kill_at) slot.kill_at = desk_.now() + std::chrono::seconds(1);
}

/// It does not keep to the protocol: it is ended. To blame is the task that this is about, if that
/// is known, else the first one that is not answered.
void ProcessPools::misbehaved(ProcessSlot& slot, const std::string& how, const Task* about) {
  if (slot.sentence) return;
  ProcessSlot::Sentence sentence;
  sentence.how = how;
  if (about == nullptr && !slot.sent.empty()) about = slot.sent.front().task;
  if (about != nullptr) {
    sentence.task = about->id;
    sentence.at.many = true;
    sentence.loss = crash(*about, sentence.at);
    sentence.loss.message = "its process " + how;
  }
  slot.sentence = std::move(sentence);
  end_process(slot, SIGKILL);
}

}  // namespace papy
