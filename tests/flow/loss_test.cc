#include "flow/loss.h"

#include <catch2/catch.hpp>

#include "flow/flow.h"
#include "item/failure.h"
#include "scene.h"

namespace papy {
namespace {

using Items = Scene::Items;

/// Input a, piper p, output of p.
Scene line() {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"});
  scene.output("p");
  return scene;
}

Loss death(std::optional<std::uint32_t> at) {
  return {.why = Loss::Why::died,
          .at = at,
          .function = "t.bad",
          .kind = "crash",
          .code = 11,
          .message = "killed by signal 11"};
}

Loss late(std::uint32_t at, std::string kind = "timeout") {
  return {.why = Loss::Why::timed_out,
          .at = at,
          .function = "t.slow",
          .kind = std::move(kind),
          .message = "took longer than 1s",
          .elapsed = Duration(50)};
}

/// A task of eight, b to i, out of "abcdefghi".
const Task* task_of_eight(Scene& scene) {
  scene.give("a", "abcdefghi", true);
  scene.done(scene.next());  // it was quick: the next task is larger
  const Task* task = scene.next();
  REQUIRE(scene.told(task) == "1+8: b, c, d, e, f, g, h, i");
  return task;
}

/// All that came to the output, failures decoded; nothing may come after it.
std::vector<ItemView> items_of(const std::vector<Flow::Part>& parts) {
  std::vector<ItemView> items;
  for (const auto& [first, slice] : parts) {
    for (std::uint32_t i = 0; i < slice.size(); ++i) items.push_back(slice.item(i));
  }
  return items;
}

/// The one failure among what the output takes now.
Failure failure_in(Scene& scene, OutputId output = 0) {
  std::vector<Failure> failures;
  const std::vector<Flow::Part> parts = scene.flow().take_output(output);
  for (const ItemView& item : items_of(parts)) {
    if (item.kind == ItemKind::failure) failures.push_back(decode_failure(item.bytes));
  }
  scene.flow().on_output(output, {});
  REQUIRE(failures.size() == 1);
  return failures.front();
}

/// In = values + failed + passed + skipped + retried.
void check_count(const StageCount& count, const std::string& expected) {
  CHECK("in " + std::to_string(count.in) + " out " + std::to_string(count.out) + " failed " +
            std::to_string(count.failed) + " passed " + std::to_string(count.passed) + " skipped " +
            std::to_string(count.skipped) + " retried " + std::to_string(count.retried) ==
        expected);
}

TEST_CASE("the tasklets of a lost slot are handed out again, the suspect alone") {
  Scene scene = line();
  const Task* task = task_of_eight(scene);
  const TaskId lost = task->id;
  scene.flow().on_lost(lost, death(3));
  std::vector<const Task*> again = {scene.next(), scene.next(), scene.next()};
  CHECK(scene.told(again[0]) == "1+3: b, c, d");
  CHECK(scene.told(again[1]) == "4+1: e");
  CHECK(scene.told(again[2]) == "5+4: f, g, h, i");
  CHECK_FALSE(again[0]->alone);
  CHECK(again[1]->alone);
  CHECK_FALSE(again[2]->alone);
  CHECK(scene.flow().dump().find("in quarantine 1") != std::string::npos);
  for (const Task* part : again) {
    CHECK(part->crashes == 0);
    CHECK(part->attempt == 1);
    scene.done(part);
  }
  scene.flow().on_done(lost, {}, Duration(0));
  CHECK(scene.flow().duplicates() == 1);
  scene.work();
  CHECK(scene.written("p") == "[a][b][c][d][e][f][g][h][i]");
  CHECK(scene.flow().failures() == 0);
}

TEST_CASE("a task that was not begun, or with nobody to blame, goes back as it is") {
  Scene scene = line();
  const Task* task = task_of_eight(scene);
  scene.flow().on_lost(task->id, {.why = Loss::Why::returned, .at = 2});
  task = scene.next();
  CHECK(scene.told(task) == "1+8: b, c, d, e, f, g, h, i");
  scene.flow().on_lost(task->id, death(std::nullopt));
  task = scene.next();
  CHECK(scene.told(task) == "1+8: b, c, d, e, f, g, h, i");
  CHECK_FALSE(task->alone);
  CHECK_FALSE(task->singly);
  CHECK(task->crashes == 0);
}

TEST_CASE("a death amid many tasklets has them evaluated one by one, so that blame is exact") {
  Scene scene = line();
  Loss loss = death(2);
  loss.many = true;
  scene.flow().on_lost(task_of_eight(scene)->id, loss);
  const Task* task = scene.next();
  CHECK(scene.told(task) == "1+8: b, c, d, e, f, g, h, i");
  CHECK(task->singly);
  CHECK_FALSE(task->alone);
  scene.flow().on_lost(task->id, death(4));
  task = scene.next();
  CHECK(scene.told(task) == "1+4: b, c, d, e");
  CHECK(task->singly);
  task = scene.next();
  CHECK(scene.told(task) == "5+1: f");
  CHECK(task->alone);
}

TEST_CASE("a tasklet that dies alone again and again is a failure, and nothing else is") {
  Scene scene = line();
  scene.give("a", "xyz", true);
  scene.done(scene.next());
  const Task* y = scene.next();
  REQUIRE(scene.told(y) == "1+2: y, z");
  scene.flow().on_lost(y->id, death(0));
  for (std::uint32_t crash = 0; crash < 3; ++crash) {
    y = scene.next();
    REQUIRE(scene.told(y) == "1+1: y");
    CHECK(y->alone);
    CHECK(y->crashes == crash);
    CHECK(y->attempt == 1);
    CHECK(scene.flow().failures() == 0);
    scene.flow().on_lost(y->id, death(0));
  }
  CHECK(scene.told(scene.next()) == "2+1: z");
  CHECK(scene.flow().failures() == 1);
  CHECK(scene.flow().check_invariants() == "");
  const Failure failure = failure_in(scene);
  CHECK(failure == Failure{.piper = "p",
                           .function = "t.bad",
                           .kind = "crash",
                           .code = 11,
                           .message = "killed by signal 11",
                           .inbox = {"y"},
                           .place = 1,
                           .attempts = 3});
  check_count(scene.flow().counts()[0], "in 1 out 1 failed 1 passed 0 skipped 0 retried 0");
}

TEST_CASE("a pool says how many crashes a tasklet has") {
  Scene scene = line();
  scene.plan().pools[0].max_crashes = 1;
  scene.give("a", "x", true);
  scene.flow().on_lost(scene.next()->id, death(0));
  scene.flow().on_lost(scene.next()->id, death(0));
  CHECK(scene.next() == nullptr);
  CHECK(failure_in(scene).attempts == 1);
  CHECK(scene.flow().finished());
}

TEST_CASE("a death without blame charges nothing in quarantine") {
  Scene scene = line();
  scene.give("a", "x", true);
  scene.flow().on_lost(scene.next()->id, death(0));
  for (int i = 0; i < 9; ++i) scene.flow().on_lost(scene.next()->id, death(std::nullopt));
  const Task* task = scene.next();
  CHECK(task->alone);
  CHECK(task->crashes == 0);
}

TEST_CASE("a crash is no attempt, and an attempt is no crash") {
  Scene scene = line();
  scene.plan().pipers[0].retries = {.attempts = 2};
  scene.give("a", "x", true);
  scene.flow().on_lost(scene.next()->id, death(0));
  scene.flow().on_lost(scene.next()->id, death(0));
  TaskResult again = Scene::result({Items{"-"}});
  again.retry = {0};
  const Task* task = scene.next();
  CHECK(task->attempt == 1);
  scene.flow().on_done(task->id, again, Duration(0));
  task = scene.next();
  CHECK(task->attempt == 2);
  CHECK(task->crashes == 1);
  scene.flow().on_lost(task->id, death(0));
  scene.flow().on_lost(scene.next()->id, death(0));
  CHECK(failure_in(scene).attempts == 4);  // one error, three crashes
}

TEST_CASE("a tasklet that dies behind an END in its group is the last one") {
  for (const bool ended : {false, true}) {
    Scene scene = line();
    scene.piper("q", {"p"});
    scene.plan().outputs[0].from = scene.plan().stream_of_piper(1);
    scene.plan().pools[0].max_crashes = 1;
    scene.give("a", "xyz", false);
    Loss loss = death(0);
    loss.stage = 1;
    loss.ended = ended;
    scene.flow().on_lost(scene.next()->id, loss);
    scene.flow().on_lost(scene.next()->id, loss);
    CHECK(failure_in(scene).piper == "q");
    CHECK((scene.next() == nullptr) == ended);
    CHECK(scene.flow().finished() == ended);
    CHECK(scene.flow().input_unwanted(0) == ended);
  }
}

TEST_CASE("on_error says what a crash becomes") {
  Scene skips = line();
  skips.plan().pools[0].max_crashes = 1;
  skips.plan().pipers[0].on_error = OnError::skip;
  skips.give("a", "x", true);
  skips.flow().on_lost(skips.next()->id, death(0));
  skips.flow().on_lost(skips.next()->id, death(0));
  CHECK(skips.written("p") == "-");
  check_count(skips.flow().counts()[0], "in 1 out 1 failed 0 passed 0 skipped 1 retried 0");
  CHECK(skips.flow().finished());

  Scene stops = line();
  stops.plan().pools[0].max_crashes = 1;
  stops.plan().pipers[0].on_error = OnError::stop;
  stops.give("a", "x", true);
  stops.flow().on_lost(stops.next()->id, death(0));
  stops.flow().on_lost(stops.next()->id, death(0));
  CHECK(stops.flow().stop_reason() ==
        "piper 'p' failed at item 0 and says on_error: stop: killed by signal 11");
  CHECK(stops.flow().finished());
}

TEST_CASE("a tasklet that took too long is a failure, its neighbours go back") {
  Scene scene = line();
  scene.flow().on_lost(task_of_eight(scene)->id, late(3));
  const Task* front = scene.next();
  CHECK(scene.told(front) == "1+3: b, c, d");
  CHECK_FALSE(front->alone);
  CHECK(scene.told(scene.next()) == "5+4: f, g, h, i");
  CHECK(scene.flow().failures() == 1);
  CHECK(scene.flow().check_invariants() == "");
  scene.done(front);
  const Failure failure = failure_in(scene);
  CHECK(failure.kind == "timeout");
  CHECK(failure.function == "t.slow");
  CHECK(failure.message == "took longer than 1s");
  CHECK(failure.inbox == std::vector<std::string>{"e"});
  CHECK(failure.place == 4);
  CHECK(failure.attempts == 1);
}

TEST_CASE("a pool that skips what is late makes a gap of a time-out and of a deadline") {
  for (const char* kind : {"timeout", "deadline"}) {
    Scene scene = line();
    scene.plan().pools[0].skip = true;
    scene.give("a", "x", true);
    scene.flow().on_lost(scene.next()->id, late(0, kind));
    CHECK(scene.written("p") == "-");
    CHECK(scene.flow().failures() == 0);
    CHECK(scene.flow().finished());
  }
}

TEST_CASE("a time-out is retried after its backoff where the piper says so") {
  Scene scene = line();
  scene.plan().pipers[0].retries = {.attempts = 2, .on_timeout = true, .backoff = Duration(100)};
  scene.give("a", "x", true);
  scene.flow().on_time(Time(1000));
  scene.flow().on_lost(scene.next()->id, late(0));
  CHECK(scene.next() == nullptr);
  CHECK(scene.flow().next_deadline() == Time(1100));
  check_count(scene.flow().counts()[0], "in 1 out 0 failed 0 passed 0 skipped 0 retried 1");
  scene.flow().on_time(Time(1100));
  const Task* task = scene.next();
  CHECK(task->attempt == 2);
  CHECK(task->since == Time(950));
  scene.flow().on_lost(task->id, late(0));
  CHECK(failure_in(scene).attempts == 2);
  check_count(scene.flow().counts()[0], "in 2 out 1 failed 1 passed 0 skipped 0 retried 1");
  CHECK(scene.flow().finished());
}

TEST_CASE("a retry whose backoff would end behind the deadline is a failure at once") {
  Scene scene = line();
  scene.plan().pipers[0].retries = {.attempts = 9, .backoff = Duration(100)};
  scene.plan().pipers[0].deadline = Duration(200);
  scene.give("a", "x", true);
  const std::string error = encode(Failure{.piper = "p",
                                           .function = "t.bad",
                                           .kind = "error",
                                           .code = 7,
                                           .message = "no luck",
                                           .attempts = 1});
  TaskResult again = Scene::result({Items{}});
  BatchBuilder out;
  out.add({ItemKind::failure, bytes_of(std::string_view(error))});
  again.items = out.finish();
  again.counts.clear();
  again.retry = {0};
  again.retry_elapsed = {Duration(40)};
  again.stages = {{.in = 1, .retried = 1}};
  scene.flow().on_time(Time(1000));
  scene.flow().on_done(scene.next()->id, again, Duration(40));  // 1100 is before 960 + 200
  scene.flow().on_time(Time(1100));
  const Task* task = scene.next();
  CHECK(task->since == Time(960));
  again.retry_elapsed = {Duration(140)};
  scene.flow().on_done(task->id, again, Duration(0));  // 1300 is not
  CHECK(scene.flow().next_deadline() == std::nullopt);
  const Failure failure = failure_in(scene);
  CHECK(failure == Failure{.piper = "p",
                           .function = "t.bad",
                           .kind = "deadline",
                           .code = 7,
                           .message = "2 attempts failed and the deadline of 200ns leaves no time "
                                      "for another; the last: no luck",
                           .inbox = {"x"},
                           .place = 0,
                           .attempts = 2});
  check_count(scene.flow().counts()[0], "in 2 out 1 failed 1 passed 0 skipped 0 retried 1");
  CHECK(scene.flow().finished());
}

TEST_CASE("a time-out whose backoff would end behind the deadline is not retried") {
  Scene scene = line();
  scene.plan().pipers[0].retries = {.attempts = 9, .on_timeout = true, .backoff = Duration(100)};
  scene.plan().pipers[0].deadline = Duration(120);
  scene.give("a", "x", true);
  scene.flow().on_lost(scene.next()->id, late(0));
  const Failure failure = failure_in(scene);
  CHECK(failure.kind == "deadline");
  CHECK(failure.message ==
        "1 attempt failed and the deadline of 120ns leaves no time for another; the last: took "
        "longer than 1s");
}

TEST_CASE("a loss to the deadline is final") {
  Scene scene = line();
  scene.plan().pipers[0].retries = {.attempts = 9, .on_timeout = true};
  scene.plan().pipers[0].deadline = Duration(1'000'000);
  scene.give("a", "x", true);
  scene.flow().on_lost(scene.next()->id, late(0, "deadline"));
  CHECK(failure_in(scene).kind == "deadline");
  CHECK(scene.flow().finished());
}

TEST_CASE("a crash in a later piper of a group is that piper's failure") {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"});
  scene.piper("q", {"p"});
  scene.piper("r", {"q"}).produce.n = 2;
  scene.output("r");
  scene.plan().pools[0].max_crashes = 1;
  scene.give("a", "x", true);
  REQUIRE(scene.flow().groups().size() == 1);
  Loss loss = death(0);
  loss.stage = 1;
  scene.flow().on_lost(scene.next()->id, loss);
  scene.flow().on_lost(scene.next()->id, loss);
  const std::vector<Flow::Part> parts = scene.flow().take_output(0);
  const std::vector<ItemView> items = items_of(parts);
  REQUIRE(items.size() == 2);
  CHECK(decode_failure(items[0].bytes) == Failure{.piper = "q",
                                                  .function = "t.bad",
                                                  .kind = "crash",
                                                  .code = 11,
                                                  .message = "killed by signal 11",
                                                  .attempts = 1,
                                                  .hops = 1});
  check_count(scene.flow().counts()[0], "in 1 out 1 failed 0 passed 0 skipped 0 retried 0");
  check_count(scene.flow().counts()[1], "in 1 out 1 failed 1 passed 0 skipped 0 retried 0");
  check_count(scene.flow().counts()[2], "in 1 out 2 failed 0 passed 1 skipped 0 retried 0");
}

TEST_CASE("a gap of a later piper of a group is a gap for those behind it") {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"});
  scene.piper("q", {"p"}).on_error = OnError::skip;
  scene.piper("r", {"q"}).produce.any = true;
  scene.output("r");
  scene.plan().pools[0].max_crashes = 1;
  scene.give("a", "x", true);
  Loss loss = death(0);
  loss.stage = 1;
  scene.flow().on_lost(scene.next()->id, loss);
  scene.flow().on_lost(scene.next()->id, loss);
  CHECK(scene.written("r") == "");
  check_count(scene.flow().counts()[0], "in 1 out 1 failed 0 passed 0 skipped 0 retried 0");
  check_count(scene.flow().counts()[1], "in 1 out 1 failed 0 passed 0 skipped 1 retried 0");
  check_count(scene.flow().counts()[2], "in 1 out 0 failed 0 passed 0 skipped 1 retried 0");
  CHECK(scene.flow().finished());
}

TEST_CASE("a failure takes all places of its tasklet, one where any number is given") {
  for (const bool any : {false, true}) {
    Scene scene = line();
    scene.plan().pools[0].max_crashes = 1;
    scene.plan().pipers[0].produce = {.any = any, .n = 3};
    scene.give("a", "x", true);
    scene.flow().on_lost(scene.next()->id, death(0));
    scene.flow().on_lost(scene.next()->id, death(0));
    const std::vector<Flow::Part> parts = scene.flow().take_output(0);
    CHECK(items_of(parts).size() == (any ? 1 : 3));
  }
}

TEST_CASE("a failure keeps the inbox as the function got it") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  PlanPiper& piper = scene.piper("p", {"a", "b"});
  piper.consume = 2;
  scene.output("p");
  scene.plan().pools[0].max_crashes = 1;
  scene.give("a", "w-yz", true);
  scene.give("b", "1234", true);
  for (int i = 0; i < 2; ++i) scene.flow().on_lost(scene.next()->id, death(0));
  CHECK(failure_in(scene).inbox == std::vector<std::string>{"w", "1"});

  Scene first;
  first.input("a");
  first.input("b");
  first.piper("p", {"a", "b"}).join = Join::first;
  first.output("p");
  first.plan().pools[0].max_crashes = 1;
  first.give("a", "-", true);
  first.give("b", "1", true);
  for (int i = 0; i < 2; ++i) first.flow().on_lost(first.next()->id, death(0));
  CHECK(failure_in(first).inbox == std::vector<std::string>{"1"});
}

TEST_CASE("a rest that is lost stays a rest") {
  Scene scene = line();
  scene.plan().pipers[0].consume = 2;
  scene.give("a", "xyz", true);
  scene.done(scene.next());
  const Task* rest = scene.next();
  REQUIRE(scene.told(rest) == "1+1: z");
  scene.flow().on_lost(rest->id, death(0));
  rest = scene.next();
  CHECK(scene.told(rest) == "1+1: z");
  CHECK(rest->last_places == 1);
  scene.done(rest);
  CHECK(scene.written("p") == "[xy][z]");
  CHECK(scene.flow().finished());
}

TEST_CASE("a replica gets what was lost first, in its order") {
  Scene scene = line();
  scene.plan().pipers[0].serial = true;
  const Task* task = task_of_eight(scene);
  scene.flow().on_lost(task->id, death(3));
  task = scene.next();
  CHECK(scene.told(task) == "1+3: b, c, d");
  CHECK(scene.next() == nullptr);
  scene.done(task);
  task = scene.next();
  CHECK(scene.told(task) == "4+1: e");
  CHECK(task->alone);
  scene.done(task);
  CHECK(scene.told(scene.next()) == "5+4: f, g, h, i");
}

TEST_CASE("a replica goes back to what came before a tasklet that was late, after its backoff") {
  Scene scene = line();
  PlanPiper& piper = scene.plan().pipers[0];
  piper.serial = true;
  piper.retries = {.attempts = 2, .on_timeout = true, .backoff = Duration(100)};
  scene.flow().on_lost(task_of_eight(scene)->id, late(3));
  CHECK(scene.next() == nullptr);
  CHECK(scene.flow().check_invariants() == "");
  scene.flow().on_time(*scene.flow().next_deadline());
  const Task* task = scene.next();
  CHECK(scene.told(task) == "1+3: b, c, d");
  scene.done(task);
  task = scene.next();
  CHECK(scene.told(task) == "4+1: e");
  CHECK(task->attempt == 2);
  scene.done(task);
  scene.work();
  CHECK(scene.written("p") == "[a][b][c][d][e][f][g][h][i]");
}

TEST_CASE("a flush that kills its slot is evaluated alone, then it is a failure") {
  Scene scene = line();
  PlanPiper& piper = scene.plan().pipers[0];
  piper.serial = piper.has_flush = piper.produce.any = true;
  scene.plan().pools[0].max_crashes = 2;
  scene.give("a", "x", true);
  scene.done(scene.next(), {Items{"x"}});
  const Task* flush = scene.next();
  REQUIRE(scene.told(flush) == "flush of 0");
  CHECK_FALSE(flush->alone);
  scene.flow().on_lost(flush->id, death(0));
  for (std::uint32_t crash = 0; crash < 2; ++crash) {
    flush = scene.next();
    REQUIRE(scene.told(flush) == "flush of 0");
    CHECK(flush->alone);
    CHECK(flush->crashes == crash);
    CHECK(scene.flow().check_invariants() == "");
    scene.flow().on_lost(flush->id, death(0));
  }
  const Failure failure = failure_in(scene);
  CHECK(failure.place == 1);
  CHECK(failure.inbox.empty());
  CHECK(failure.attempts == 2);
  CHECK(scene.flow().finished());
}

TEST_CASE("a flush that failed and leaves a gap leaves nothing") {
  Scene scene = line();
  PlanPiper& piper = scene.plan().pipers[0];
  piper.serial = piper.has_flush = piper.produce.any = true;
  piper.on_error = OnError::skip;
  scene.give("a", "", true);
  scene.flow().on_lost(scene.next()->id, late(0));
  CHECK(scene.written("p") == "");
  CHECK(scene.flow().finished());
  check_count(scene.flow().counts()[0], "in 1 out 0 failed 0 passed 0 skipped 1 retried 0");
}

TEST_CASE("a tasklet that is lost behind the end of its stream is dropped") {
  Scene scene = line();
  scene.give("a", "wx", false);
  const Task* w = scene.next();
  const Task* x = scene.next();
  TaskResult end = scene.result(*w);
  end.ended = true;
  scene.flow().on_done(w->id, std::move(end), Duration(0));
  scene.flow().on_lost(x->id, death(0));
  CHECK(scene.next() == nullptr);
  CHECK(scene.written("p") == "[w]");
  CHECK(scene.flow().finished());
  CHECK(scene.flow().failures() == 0);
}

TEST_CASE("batches for processes are larger than those for threads") {
  const auto batch_behind_one_quick_task = [](PoolType type) {
    Scene scene = line();
    scene.plan().pools[0].type = type;
    std::string letters(2000, 'x');
    scene.give("a", letters, true);
    std::uint32_t largest = 0;
    for (int i = 0; i < 5; ++i) {
      const Task* task = scene.next();
      largest = std::max(largest, task->n);
      scene.flow().on_done(task->id, scene.result(*task), Duration(1000) * task->n);
      scene.written("p");
    }
    return largest;
  };
  CHECK(batch_behind_one_quick_task(PoolType::thread) ==
        Flow::Settings{}.threads.target / std::chrono::microseconds(1));
  CHECK(batch_behind_one_quick_task(PoolType::process) >
        batch_behind_one_quick_task(PoolType::thread));
}

}  // namespace
}  // namespace papy
