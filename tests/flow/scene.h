#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "flow/flow.h"

namespace papy {

/// A small workflow, built word by word, and a flow over it that a test drives by hand.
///
///     Scene scene;
///     scene.input("a");
///     scene.piper("p", {"a"});
///     scene.output("p");
///     scene.give("a", "xyz", true);       // three items of one letter each, and the end
///     scene.work();                       // every task that there is, each letter in brackets
///     scene.written("p");                 // "[x][y][z]"
///
/// Items are letters and words: "-" stands for a gap, and a text that begins with "!" for a
/// failure.
class Scene {
 public:
  using Items = std::vector<std::string>;
  /// Gives the results of one tasklet.
  using Function = std::function<Items(const Items& inbox)>;

  PlanPool& pool(const std::string& name);
  void input(const std::string& name);
  /// On the pool named last; the first is made when there is none.
  PlanPiper& piper(const std::string& name, const std::vector<std::string>& from);
  void output(const std::string& from);
  Plan& plan() { return plan_; }

  /// The flow; made at the first call, after which the workflow stays as it is.
  Flow& flow();

  /// Asks the input and answers with one item a letter.
  void give(const std::string& input, const std::string& letters, bool ended);
  /// The next task of the pool; nullptr: there is none.
  const Task* next(PoolId pool = 0) { return flow().next(pool); }
  /// "first+n: inbox, inbox": what a task is to do.
  std::string told(const Task* task) const;
  /// The inbox of one of its tasklets.
  Items inbox(const Task& task, std::uint32_t t) const;
  /// The result when each tasklet puts its inbox in brackets (a gap or a failure in it comes out as
  /// such).
  TaskResult result(const Task& task) const;
  /// The result with these items, one list a tasklet.
  static TaskResult result(const std::vector<Items>& items);
  void done(const Task* task) { flow().on_done(task->id, result(*task), Duration(0)); }
  void done(const Task* task, const std::vector<Items>& items) {
    flow().on_done(task->id, result(items), Duration(0));
  }
  /// Evaluates all there is, one task after the other, and writes what comes.
  void work();
  /// What came to the output of this stream so far, as a text.
  std::string written(const std::string& from);

 private:
  StreamId stream(const std::string& name) const;

  Plan plan_;
  std::unique_ptr<Flow> flow_;
  std::map<OutputId, std::string> written_;
};

}  // namespace papy
