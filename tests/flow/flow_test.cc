#include "flow/flow.h"

#include <catch2/catch.hpp>

#include "scene.h"

namespace papy {
namespace {

using Items = Scene::Items;

const Flow::EdgeCount& edge(const std::vector<Flow::EdgeCount>& edges, const std::string& from,
                            const std::string& to) {
  for (const Flow::EdgeCount& edge : edges) {
    if (edge.from == from && edge.to == to) return edge;
  }
  throw std::out_of_range(from + " -> " + to);
}

/// Input a, piper p, output of p.
Scene line() {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"});
  scene.output("p");
  return scene;
}

TEST_CASE("an empty input ends the run without a task") {
  Scene scene = line();
  scene.give("a", "", true);
  CHECK(scene.next() == nullptr);
  CHECK(scene.flow().finished());
  CHECK(scene.written("p") == "");
}

TEST_CASE("items flow through a piper in their order") {
  Scene scene = line();
  scene.give("a", "xyz", true);
  scene.work();
  CHECK(scene.written("p") == "[x][y][z]");
  CHECK(scene.flow().finished());
  CHECK(scene.flow().output_count(0) == OutputCount{3, 0, 0});
}

TEST_CASE("results that come early wait for their turn on an ordered pool") {
  Scene scene = line();
  scene.give("a", "xy", true);
  const Task* x = scene.next();
  const Task* y = scene.next();
  scene.done(y);
  CHECK(scene.written("p") == "");
  scene.done(x);
  CHECK(scene.written("p") == "[x][y]");
}

TEST_CASE("results leave an unordered pool as they come") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").ordered = false;
  scene.piper("p", {"a"});
  scene.output("p");
  scene.give("a", "xy", true);
  const Task* x = scene.next();
  const Task* y = scene.next();
  scene.done(y);
  CHECK(scene.written("p") == "[y]");
  scene.done(x);
  CHECK(scene.written("p") == "[y][x]");
  CHECK(scene.flow().finished());
}

TEST_CASE("a join pairs items by their number") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  scene.piper("p", {"a", "b"});
  scene.output("p");
  scene.give("a", "xyz", true);
  CHECK(scene.next() == nullptr);
  scene.give("b", "123", true);
  scene.work();
  CHECK(scene.written("p") == "[x1][y2][z3]");
}

TEST_CASE("a join below an unordered pool pairs by number too") {
  Scene scene;
  scene.input("a");
  scene.pool("loose").ordered = false;
  scene.piper("p", {"a"});
  scene.pool("tight");
  scene.piper("q", {"a", "p"});
  scene.output("q");
  scene.give("a", "xy", true);
  const Task* x = scene.next(0);
  const Task* y = scene.next(0);
  scene.done(y);
  CHECK(scene.next(1) == nullptr);
  scene.done(x);
  scene.work();
  CHECK(scene.written("q") == "[x[x]][y[y]]");
}

TEST_CASE("consume below an unordered pool groups by number") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").ordered = false;
  scene.piper("p", {"a"});
  scene.piper("q", {"p"}).consume = 2;
  scene.output("q");
  scene.give("a", "xy", true);
  const Task* x = scene.next();
  const Task* y = scene.next();
  scene.done(y);
  CHECK(scene.next() == nullptr);
  scene.done(x);
  scene.work();
  CHECK(scene.written("q") == "[[x][y]]");
}

TEST_CASE("a stream ends at the shortest input, and what is left over is unmatched") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  scene.piper("p", {"a", "b"});
  scene.output("p");
  scene.give("a", "wxyz", false);
  scene.give("b", "12", true);
  scene.work();
  CHECK(scene.written("p") == "[w1][x2]");
  CHECK(scene.flow().finished());
  CHECK(scene.flow().input_unwanted(0));
  const auto edges = scene.flow().edge_counts();
  CHECK(edge(edges, "a", "p").consumed == 2);
  CHECK(edge(edges, "a", "p").unmatched == 2);
}

TEST_CASE("a group is flat, place by place") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  scene.piper("p", {"a", "b"}).consume = 2;
  scene.output("p");
  scene.give("a", "wxyz", true);
  scene.give("b", "1234", true);
  scene.work();
  CHECK(scene.written("p") == "[w1x2][y3z4]");
}

std::string rest_of(Rest rest, Flow::EdgeCount* count) {
  Scene scene;
  scene.input("a");
  PlanPiper& piper = scene.piper("p", {"a"});
  piper.consume = 2;
  piper.rest = rest;
  scene.output("p");
  scene.give("a", "xyz", true);
  scene.work();
  CHECK(scene.flow().finished());
  *count = edge(scene.flow().edge_counts(), "a", "p");
  return scene.written("p");
}

TEST_CASE("a last incomplete group is evaluated as it is, or dropped") {
  Flow::EdgeCount count;
  CHECK(rest_of(Rest::keep, &count) == "[xy][z]");
  CHECK(count.consumed == 3);
  CHECK(rest_of(Rest::fail, &count) == "[xy][z]");  // failing it is for who evaluates
  CHECK(rest_of(Rest::drop, &count) == "[xy]");
  CHECK(count.consumed == 2);
  CHECK(count.dropped == 1);
}

TEST_CASE("an input that ends first makes the others' rest as short as its own") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  PlanPiper& piper = scene.piper("p", {"a", "b"});
  piper.consume = 2;
  piper.rest = Rest::drop;
  scene.output("p");
  scene.give("b", "123", true);
  scene.give("a", "vw", false);
  scene.work();
  CHECK_FALSE(scene.flow().finished());  // the third place of a is still to come
  scene.give("a", "xyz", false);
  scene.work();
  CHECK(scene.written("p") == "[v1w2]");
  const auto edges = scene.flow().edge_counts();
  CHECK(edge(edges, "a", "p").dropped == 1);
  CHECK(edge(edges, "a", "p").unmatched == 2);
  CHECK(edge(edges, "b", "p").dropped == 1);
  CHECK(scene.flow().finished());
}

TEST_CASE("produce makes several items of one tasklet, and a failure takes all their places") {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"}).produce.n = 2;
  scene.output("p");
  scene.give("a", "x!y", true);
  scene.work();
  CHECK(scene.written("p") == "[x][x]!![y][y]");
  CHECK(scene.flow().output_count(0) == OutputCount{4, 2, 0});
}

TEST_CASE("produce any numbers anew in tasklet order, also on an unordered pool") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").ordered = false;
  scene.piper("p", {"a"}).produce.any = true;
  scene.piper("q", {"p", "a"});
  scene.output("q");
  scene.give("a", "xyz", true);
  const Task* x = scene.next();
  const Task* y = scene.next();
  const Task* z = scene.next();
  scene.done(y, {Items{"3"}});
  scene.done(z, {Items{}});
  CHECK(scene.next() == nullptr);
  scene.done(x, {Items{"1", "2"}});
  scene.work();
  CHECK(scene.written("q") == "[1x][2y][3z]");
  CHECK(scene.flow().finished());
}

TEST_CASE("a gap keeps its place beside a filter") {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"}).track = true;
  scene.piper("q", {"a", "p"});
  scene.output("q");
  scene.give("a", "xyz", true);
  const std::vector<const Task*> tasks = {scene.next(), scene.next(), scene.next()};
  for (const std::size_t i : {0u, 1u, 2u}) scene.done(tasks[i], {Items{std::string(1, "x-z"[i])}});
  scene.work();
  CHECK(scene.written("q") == "[xx]-[zz]");
  CHECK(scene.flow().output_count(0) == OutputCount{2, 0, 1});
}

TEST_CASE("replicas take the tasklets in turn, each one at a time and in order") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").slots = 4;
  PlanPiper& piper = scene.piper("p", {"a"});
  piper.serial = true;
  piper.spawn = 2;
  scene.output("p");
  scene.give("a", "uvwx", true);
  const Task* first = scene.next();
  const Task* second = scene.next();
  CHECK(scene.told(first) == "0+1: u");
  CHECK(scene.told(second) == "1+1: v");
  CHECK(scene.next() == nullptr);
  scene.done(second);
  const Task* fourth = scene.next();
  CHECK(scene.told(fourth) == "3+1: x");
  CHECK(fourth->replica == 1);
  scene.done(fourth);
  scene.done(first);
  scene.work();
  CHECK(scene.written("p") == "[u][v][w][x]");
}

TEST_CASE("what flush gives follows the last tasklet's, replica by replica") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").slots = 4;
  PlanPiper& piper = scene.piper("p", {"a"});
  piper.serial = piper.has_flush = true;
  piper.spawn = 2;
  piper.produce.any = true;
  scene.output("p");
  scene.give("a", "xy", true);
  const Task* x = scene.next();
  const Task* y = scene.next();
  scene.done(y, {Items{"y"}});
  CHECK(scene.next() == nullptr);
  scene.done(x, {Items{"x"}});
  const Task* flush = scene.next();
  CHECK(scene.told(flush) == "flush of 0");
  scene.flow().on_lost(flush->id, Loss{});
  flush = scene.next();
  CHECK(scene.told(flush) == "flush of 0");
  scene.done(flush, {Items{"1", "2"}});
  scene.done(scene.next(), {Items{"3"}});
  scene.work();
  CHECK(scene.written("p") == "xy123");
  CHECK(scene.flow().finished());
}

TEST_CASE("a piper that flushes does so for an empty stream too") {
  Scene scene;
  scene.input("a");
  PlanPiper& piper = scene.piper("p", {"a"});
  piper.serial = piper.has_flush = piper.produce.any = true;
  scene.output("p");
  scene.give("a", "", true);
  CHECK(scene.told(scene.next()) == "flush of 0");
}

TEST_CASE("END cuts the stream behind the last result, whatever is out already") {
  Scene scene = line();
  scene.give("a", "wxyz", false);
  const Task* w = scene.next();
  const Task* x = scene.next();
  const Task* y = scene.next();
  scene.done(y);
  TaskResult end = scene.result(*x);
  end.ended = true;
  scene.flow().on_done(x->id, std::move(end), Duration(0));
  CHECK(scene.next() == nullptr);
  scene.done(w);
  CHECK(scene.written("p") == "[w][x]");
  CHECK(scene.flow().finished());
  CHECK(scene.flow().input_unwanted(0));
}

TEST_CASE("what fails behind an END does not stop the run, and is no failure of it") {
  Scene scene = line();
  scene.give("a", "wxy", false);
  const Task* w = scene.next();
  const Task* x = scene.next();
  const Task* y = scene.next();
  TaskResult end = scene.result(*x);
  end.ended = true;
  scene.flow().on_done(x->id, std::move(end), Duration(0));
  TaskResult failed = scene.result(*y);
  failed.stages = {{.in = 1, .out = 1, .failed = 1}};
  failed.stop = "piper 'p' failed";
  scene.flow().on_done(y->id, std::move(failed), Duration(0));
  scene.done(w);
  CHECK(scene.written("p") == "[w][x]");
  CHECK(scene.flow().stop_reason() == std::nullopt);
  CHECK(scene.flow().failures() == 0);
}

TEST_CASE("END without a result cuts the stream before it") {
  Scene scene = line();
  scene.give("a", "wx", false);
  scene.done(scene.next());
  TaskResult end;
  end.ended = true;
  scene.flow().on_done(scene.next()->id, std::move(end), Duration(0));
  CHECK(scene.written("p") == "[w]");
  CHECK(scene.flow().finished());
}

TEST_CASE("END on an unordered pool lets what is out come to its end") {
  Scene scene;
  scene.input("a");
  scene.pool("loose").ordered = false;
  scene.piper("p", {"a"});
  scene.pool("tight");
  scene.piper("q", {"p", "a"});
  scene.output("q");
  scene.give("a", "xyz", false);
  const Task* x = scene.next(0);
  const Task* y = scene.next(0);
  const Task* z = scene.next(0);
  TaskResult end;
  end.ended = true;
  scene.flow().on_done(y->id, std::move(end), Duration(0));
  scene.done(z);
  scene.done(x);
  scene.work();
  CHECK(scene.written("q") == "[[x]x]-[[z]z]");  // the place that was given up is a gap
  CHECK(scene.flow().finished());
}

TEST_CASE("a retry waits for its backoff, which doubles") {
  Scene scene = line();
  scene.plan().pipers[0].retries = {.attempts = 3, .backoff = Duration(100)};
  scene.give("a", "x", true);
  TaskResult again = Scene::result({Items{"-"}});
  again.retry = {0};
  const Task* task = scene.next();
  CHECK(task->attempt == 1);
  scene.flow().on_done(task->id, again, Duration(0));
  CHECK(scene.next() == nullptr);
  CHECK(scene.flow().next_deadline() == Time(100));
  CHECK_FALSE(scene.flow().finished());
  scene.flow().on_time(Time(100));
  task = scene.next();
  CHECK(task->attempt == 2);
  scene.flow().on_done(task->id, again, Duration(0));
  CHECK(scene.flow().next_deadline() == Time(300));
  scene.flow().on_time(Time(299));
  CHECK(scene.next() == nullptr);
  scene.flow().on_time(Time(300));
  task = scene.next();
  CHECK(task->attempt == 3);
  scene.done(task);
  CHECK(scene.written("p") == "[x]");
  CHECK(scene.flow().finished());
}

TEST_CASE("a serial piper does not go on while a tasklet waits for its retry") {
  Scene scene = line();
  scene.plan().pipers[0].serial = true;
  scene.plan().pipers[0].retries = {.attempts = 2, .backoff = Duration(100)};
  scene.give("a", "xy", true);
  TaskResult again = Scene::result({Items{"-"}});
  again.retry = {0};
  scene.flow().on_done(scene.next()->id, again, Duration(0));
  CHECK(scene.next() == nullptr);
  scene.flow().on_time(Time(100));
  CHECK(scene.told(scene.next()) == "0+1: x");
  CHECK(scene.next() == nullptr);
}

TEST_CASE("the second result of a task is a duplicate, and changes nothing") {
  Scene scene = line();
  scene.give("a", "xy", true);
  const Task* task = scene.next();
  const TaskId id = task->id;
  const TaskResult result = scene.result(*task);
  scene.flow().on_done(id, result, Duration(0));
  scene.flow().on_done(id, result, Duration(0));
  CHECK(scene.flow().duplicates() == 1);
  scene.work();
  CHECK(scene.written("p") == "[x][y]");
}

TEST_CASE("a drained run finishes what was read") {
  Scene scene = line();
  scene.give("a", "xy", false);
  scene.flow().begin_input(0);
  scene.flow().stop(Flow::Stop::drain);
  CHECK(scene.flow().wants_input(0) == 0);
  scene.work();
  CHECK_FALSE(scene.flow().finished());  // the source is still being asked
  scene.flow().on_input(0, {}, false, Duration(0));
  scene.work();
  CHECK(scene.written("p") == "[x][y]");
  CHECK(scene.flow().finished());
}

TEST_CASE("a halted run hands out nothing more") {
  Scene scene = line();
  scene.give("a", "xy", true);
  const Task* task = scene.next();
  scene.flow().stop(Flow::Stop::halt);
  CHECK(scene.next() == nullptr);
  CHECK_FALSE(scene.flow().finished());  // a task is under way
  scene.done(task);
  CHECK_FALSE(scene.flow().has_output(0));
  CHECK(scene.flow().finished());
}

TEST_CASE("a result may stop the run") {
  Scene scene = line();
  scene.give("a", "xy", true);
  const Task* task = scene.next();
  TaskResult result = scene.result(*task);
  result.stop = "piper 'p' failed";
  scene.flow().on_done(task->id, std::move(result), Duration(0));
  CHECK(scene.flow().stop_reason() == "piper 'p' failed");
  CHECK(scene.next() == nullptr);
  CHECK(scene.flow().finished());
}

TEST_CASE("what failed before a run stops is told, though tasks that gave nothing wait beside it") {
  Scene scene;
  scene.input("a");
  scene.piper("p", {"a"}).produce.any = true;
  scene.output("p");
  scene.plan().pools[0].batch = 1;
  scene.give("a", "xyz", true);
  scene.next();
  const Task* nothing = scene.next();
  const Task* failed = scene.next();
  REQUIRE(failed != nullptr);
  TaskResult empty = Scene::result({Items{}});
  empty.items = Batch();  // as it comes from a process
  scene.flow().on_done(nothing->id, std::move(empty), Duration(0));
  scene.done(failed, {Items{"!broken"}});
  scene.flow().stop(Flow::Stop::halt);
  CHECK(scene.flow().stranded_failures().size() == 1);
}

TEST_CASE("tasks grow until they are worth what each of them costs besides") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").buffer = 100'000;
  scene.piper("p", {"a"});
  scene.output("p");
  const auto tasklets_with = [&](Duration overhead) {
    std::uint32_t n = 0;
    for (int i = 0; i < 12; ++i) {
      scene.give("a", std::string(2000, 'x'), false);
      const Task* task = scene.next();
      n = task->n;
      TaskResult result = scene.result(*task);
      result.overhead = overhead;
      scene.flow().on_done(task->id, std::move(result),
                           overhead + n * std::chrono::microseconds(10));
      scene.written("p");
    }
    return n;
  };
  const auto few = Flow::Settings{}.threads.target / std::chrono::microseconds(10);
  CHECK(tasklets_with(Duration(0)) == few);
  CHECK(tasklets_with(std::chrono::milliseconds(5)) == 2000);
  CHECK(tasklets_with(Duration(0)) == few);
}

TEST_CASE("no more slots evaluate a piper than its stride allows") {
  Scene scene = line();
  scene.plan().pools[0].slots = 3;
  scene.plan().pools[0].stride = 2;
  scene.give("a", "xyz", true);
  const Task* x = scene.next();
  REQUIRE(x != nullptr);
  REQUIRE(scene.next() != nullptr);
  CHECK_FALSE(scene.flow().has_work(0));
  CHECK(scene.next() == nullptr);
  scene.done(x);
  CHECK(scene.flow().has_work(0));
  CHECK(scene.told(scene.next()) == "2+1: z");
}

TEST_CASE("a pool holds no more items than its buffer") {
  Scene scene = line();
  scene.plan().pools[0].buffer = 2;
  scene.give("a", "wxyz", true);
  scene.done(scene.next());
  scene.done(scene.next());
  CHECK(scene.next() == nullptr);  // both lie before the sink
  CHECK(scene.written("p") == "[w][x]");
  CHECK(scene.told(scene.next()) == "2+2: y, z");
}

TEST_CASE("a pool with a full buffer goes on with what takes out of it") {
  Scene scene;
  scene.input("a");
  scene.pool("pool").buffer = 1;
  scene.piper("p", {"a"}).track = true;
  scene.piper("q", {"p"}).track = true;
  scene.output("q");
  scene.give("a", "xy", true);
  scene.work();
  CHECK(scene.written("q") == "[[x]][[y]]");
}

TEST_CASE("the most downstream work is handed out first") {
  Scene scene;
  scene.input("a");
  scene.pool("pool");
  scene.piper("p", {"a"}).track = true;
  scene.piper("q", {"p"}).track = true;
  scene.output("q");
  scene.give("a", "xy", true);
  scene.done(scene.next());
  const Task* task = scene.next();
  CHECK(scene.told(task) == "0+1: [x]");
}

TEST_CASE("buffers that wait for each other are widened, and the user is told") {
  // q needs three items of p before it gives one, r takes one of each: p must run ahead.
  Scene scene;
  scene.input("a");
  scene.pool("small").buffer = 2;
  scene.piper("p", {"a"}).track = true;
  scene.pool("other");
  scene.piper("q", {"p"}).consume = 3;
  scene.piper("r", {"p", "q"});
  scene.output("r");
  scene.give("a", "xyz", true);
  scene.work();
  CHECK_FALSE(scene.flow().finished());
  const Flow::Unstuck unstuck = scene.flow().unstick();
  CHECK(unstuck.way == Flow::Unstuck::Way::widened);
  CHECK(unstuck.text == "pool 'small' needs more room to go on: its buffer of 2 is now 4");
  scene.work();
  CHECK(scene.written("r") == "[[x][[x][y][z]]]");
  CHECK(scene.flow().finished());
}

TEST_CASE("sources pause while the run holds its memory") {
  Scene scene = line();
  scene.plan().memory = 60;
  CHECK(scene.flow().wants_input(0) > 0);
  scene.give("a", "0123456789", false);  // 6 bytes each in the accounts
  CHECK(scene.flow().bytes() == 60);
  CHECK(scene.flow().wants_input(0) == 0);
  scene.work();
  CHECK(scene.flow().wants_input(0) > 0);
}

TEST_CASE("a join whose other arm never comes ends the run when memory is full, and is named") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  scene.piper("p", {"a", "b"});
  scene.output("p");
  scene.plan().memory = 60;
  scene.give("a", "0123456789", false);
  scene.work();
  const Flow::Unstuck unstuck = scene.flow().unstick();
  CHECK(unstuck.way == Flow::Unstuck::Way::out_of_memory);
  CHECK(unstuck.text ==
        "piper 'p' waits for 'b' while 10 items of 'a' (0.1 KiB) fill run.memory (0.1 KiB)");
}

TEST_CASE("a source that nobody needs any more is told so") {
  Scene scene;
  scene.input("a");
  scene.input("b");
  scene.piper("p", {"a", "b"});
  scene.output("p");
  scene.flow().begin_input(1);
  scene.give("a", "", true);
  scene.work();
  CHECK(scene.flow().finished());
  CHECK(scene.flow().input_unwanted(1));
  scene.flow().on_input(1, {}, false, Duration(0));
  CHECK(scene.flow().input_ended(1));
}

}  // namespace
}  // namespace papy
