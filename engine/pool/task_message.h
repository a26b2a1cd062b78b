#pragma once

#include "base/result.h"
#include "flow/groups.h"
#include "flow/task.h"
#include "pool/message.h"

namespace papy {

/// The task as it is sent, without its number, its inputs, its state and how old it is.
TaskMessage message_of(const Task& task);

/// Finds frames that lie in shared memory.
class SharedFrames {
 public:
  virtual ~SharedFrames() = default;
  /// A batch over the frame that lies there. The error says what is wrong with what was sent.
  virtual Result<Batch> batch_at(const SharedBytes& bytes) = 0;
};

/// The task as a slot's process evaluates it. Its batches are copies, or lie in shared memory: the
/// message may go. The error says what is wrong with what was sent.
Result<Task> task_of(const TaskMessage& message, SharedFrames& shared);

/// The result as a slot's process sends it. Borrows from `result`.
ResultMessage message_of(const Task& task, const TaskResult& result);

/// The result as the engine takes it, checked in every part against the task that it belongs to,
/// which is of this group. The error says what is wrong with what was sent.
Result<TaskResult> result_of(const ResultMessage& message, const Task& task, const Plan& plan,
                             const Group& group, SharedFrames& shared);

}  // namespace papy
