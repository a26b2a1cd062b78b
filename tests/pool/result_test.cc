// What the engine takes of what processes say came of a task.
#include <catch2/catch.hpp>
#include <functional>

#include "flow/groups.h"
#include "item/batch.h"
#include "pool/task_message.h"

namespace papy {
namespace {

/// There is no shared memory here.
class NoFrames final : public SharedFrames {
  Result<Batch> batch_at(const SharedBytes&) override { return error("no such place"); }
};

std::string frame_of(std::uint32_t n) {
  BatchBuilder out;
  for (std::uint32_t i = 0; i < n; ++i) out.add({ItemKind::value, bytes_of("\x01")});
  const Batch batch = out.finish();
  return std::string(text_of(batch.frame()));
}

/// A task of four tasklets and a right result of it.
struct Scene {
  Scene() {
    plan.pipers.resize(1);
    plan.pipers[0].retries.attempts = 3;
    group.pipers = {0};
    task.id = 5;
    task.n = 4;
    message.id = 5;
    message.done = 4;
    message.items = WireItems{bytes_of(frame), 0, 4};
    StageCount count;
    count.in = count.out = 4;
    message.stages = {count};
  }
  /// What is wrong with the message after this change; "": nothing.
  std::string wrong(const std::function<void(Scene&)>& change) const {
    Scene changed;
    change(changed);
    NoFrames none;
    const auto result = result_of(changed.message, changed.task, changed.plan, changed.group, none);
    return result ? "" : result.error().text;
  }

  Plan plan;
  Group group;
  Task task;
  std::string frame = frame_of(4);
  ResultMessage message;
};

TEST_CASE("a right result is taken as it is") {
  Scene scene;
  NoFrames none;
  const auto result = result_of(scene.message, scene.task, scene.plan, scene.group, none);
  REQUIRE(result);
  CHECK(result->done == 4);
  CHECK(result->items.size() == 4);
  CHECK(result->stages.at(0).out == 4);
}

TEST_CASE("a result goes as it came through a message") {
  Scene scene;
  NoFrames none;
  auto result = result_of(scene.message, scene.task, scene.plan, scene.group, none);
  REQUIRE(result);
  result->retry = {1, 3};
  result->retry_elapsed = {Duration(7), Duration(9)};
  result->stages[0].retried = 2;
  result->stop = "enough";
  const std::string sent = encode(FromSlot(message_of(scene.task, *result)));
  const auto message = decode_from_slot(bytes_of(sent));
  REQUIRE(message);
  const auto again =
      result_of(std::get<ResultMessage>(*message), scene.task, scene.plan, scene.group, none);
  REQUIRE(again);
  CHECK(text_of(again->items.frame()) == scene.frame);
  CHECK(again->retry == result->retry);
  CHECK(again->retry_elapsed == result->retry_elapsed);
  CHECK(again->stop == "enough");
}

TEST_CASE("the tasklets that are done must be some of the task's") {
  const Scene scene;
  CHECK(scene.wrong([](Scene& s) { s.message.done = 5; }) ==
        "a result of 5 tasklets for a task of 4");
  CHECK(scene.wrong([](Scene& s) {
    s.message.done = 0;
    s.message.items.reset();
    s.message.stages[0] = {};
  }) == "a result of 0 tasklets for a task of 4");
  CHECK(scene
            .wrong([](Scene& s) {
              s.message.done = 0;
              s.message.items.reset();
              s.message.stages[0] = {};
              s.message.ended = true;
            })
            .empty());
}

TEST_CASE("the items must be those of the tasklets that are done") {
  const Scene scene;
  CHECK_FALSE(scene.wrong([](Scene& s) { s.message.done = 3; }).empty());
  CHECK_FALSE(scene.wrong([](Scene& s) { s.message.items.reset(); }).empty());
  CHECK_FALSE(scene.wrong([](Scene& s) { s.message.items->to = 3; }).empty());
  CHECK_FALSE(scene.wrong([](Scene& s) { s.message.items->from = 1; }).empty());
  CHECK_FALSE(scene.wrong([](Scene& s) { s.message.counts = {1, 1, 1, 1}; }).empty());
  CHECK_FALSE(scene
                  .wrong([](Scene& s) {
                    s.frame.pop_back();
                    s.message.items->frame = bytes_of(s.frame);
                  })
                  .empty());
  CHECK(scene.wrong([](Scene& s) {
    s.message.items->frame = SharedBytes{0, 0, 64};
  }) == "a result with no such place");
  const auto any = [](std::vector<std::uint32_t> counts) {
    return [counts = std::move(counts)](Scene& s) {
      s.plan.pipers[0].produce.any = true;
      s.message.counts = counts;
    };
  };
  CHECK(scene.wrong(any({0, 3, 1, 0})).empty());
  CHECK_FALSE(scene.wrong(any({0, 3, 1})).empty());
  CHECK_FALSE(scene.wrong(any({0, 3, 1, 1})).empty());
  CHECK_FALSE(scene.wrong(any({UINT32_MAX, UINT32_MAX, 5, 1})).empty());
}

TEST_CASE("only tasklets that are done and may have another attempt are tried again") {
  const Scene scene;
  const auto retry = [](std::vector<std::uint32_t> which, std::uint32_t attempt = 1,
                        std::vector<std::uint64_t> elapsed = {}) {
    return [=](Scene& s) {
      s.message.retry = which;
      s.message.retry_elapsed_ns = elapsed;
      s.message.stages[0].retried = which.size();
      s.task.attempt = attempt;
    };
  };
  CHECK(scene.wrong(retry({0, 3})).empty());
  CHECK(scene.wrong(retry({0, 3}, 1, {5, 6})).empty());
  CHECK_FALSE(scene.wrong(retry({0, 3}, 1, {5})).empty());
  CHECK_FALSE(scene.wrong(retry({}, 1, {5})).empty());
  CHECK_FALSE(scene.wrong(retry({3, 0})).empty());
  CHECK_FALSE(scene.wrong(retry({2, 2})).empty());
  CHECK_FALSE(scene.wrong(retry({4})).empty());
  CHECK(scene.wrong(retry({1}, 2)).empty());
  CHECK_FALSE(scene.wrong(retry({1}, 3)).empty());
  const auto serial = [&](std::vector<std::uint32_t> which) {
    return [=](Scene& s) {
      retry(which)(s);
      s.plan.pipers[0].serial = true;
    };
  };
  CHECK(scene.wrong(serial({3})).empty());  // `done` ends behind it
  CHECK_FALSE(scene.wrong(serial({2})).empty());
}

TEST_CASE("what pipers say they did must fit each other") {
  const Scene scene;
  const auto count = [](auto change) { return [=](Scene& s) { change(s.message.stages[0]); }; };
  CHECK(scene.wrong(count([](StageCount& c) { c.failed = 4; })).empty());
  CHECK_FALSE(scene.wrong(count([](StageCount& c) { c.failed = 5; })).empty());
  CHECK_FALSE(
      scene.wrong(count([](StageCount& c) { c.failed = c.passed = c.skipped = 2; })).empty());
  CHECK_FALSE(scene
                  .wrong(count([](StageCount& c) {
                    c.failed = UINT64_MAX;
                    c.passed = 1;
                  }))
                  .empty());
  CHECK_FALSE(scene.wrong(count([](StageCount& c) { c.in = 3; })).empty());
  CHECK_FALSE(scene.wrong(count([](StageCount& c) { c.in = 5; })).empty());
  CHECK_FALSE(scene.wrong(count([](StageCount& c) { c.out = 5; })).empty());
  CHECK_FALSE(scene.wrong(count([](StageCount& c) { c.retried = 1; })).empty());
  CHECK_FALSE(scene.wrong(count([](StageCount& c) { c.busy = Duration(INT64_MAX); })).empty());
  CHECK_FALSE(scene.wrong([](Scene& s) { s.message.elapsed_ns = UINT64_MAX; }).empty());
  CHECK(scene.wrong([](Scene& s) { s.message.stages.push_back({}); }) ==
        "a result of 2 pipers, not 1");
}

TEST_CASE("a flush has items, but no tasklets") {
  const Scene scene;
  const auto flush = [](Scene& s) {
    s.task.kind = Task::Kind::flush;
    s.task.n = s.message.done = 0;
    s.message.stages[0].in = 0;
    s.plan.pipers[0].produce.any = true;
  };
  CHECK(scene.wrong(flush).empty());
  CHECK_FALSE(scene
                  .wrong([&](Scene& s) {
                    flush(s);
                    s.message.done = 1;
                  })
                  .empty());
}

}  // namespace
}  // namespace papy
