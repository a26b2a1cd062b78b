#include "pool/process_slot.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <memory>

namespace papy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kTarget = milliseconds(2);

/// A slot with a process that is up, and tasks for it.
struct Scene {
  Scene() {
    REQUIRE(slot.make_page());
    slot.begin(1, "cpu.0.1", Descriptor());
    REQUIRE(slot.state == ProcessSlot::State::starting);
    slot.state = ProcessSlot::State::up;
    slot.writes_page = true;
  }
  const Task* task(std::uint32_t n = 10, bool alone = false) {
    auto task = std::make_unique<Task>();
    task->id = tasks.size() + 1;
    task->n = n;
    task->alone = alone;
    return tasks.emplace_back(std::move(task)).get();
  }
  const Task* sent(std::optional<Duration> expected = milliseconds(1), std::uint32_t n = 10) {
    const Task* const one = task(n);
    slot.note_sent(one, expected, {});
    return one;
  }

  std::vector<std::unique_ptr<Task>> tasks;
  ProcessSlot slot{0, 0, 1};
};

TEST_CASE("a process gets two batches ahead, one if nobody knows how long they take") {
  Scene scene;
  CHECK(scene.slot.has_credit(kTarget));
  scene.sent(milliseconds(3));
  CHECK(scene.slot.has_credit(kTarget));
  const Task* const second = scene.sent(milliseconds(1));
  CHECK_FALSE(scene.slot.has_credit(kTarget));
  CHECK(scene.slot.take(second->id) == second);
  CHECK(scene.slot.has_credit(kTarget));
  const Task* const unknown = scene.sent(std::nullopt);
  CHECK_FALSE(scene.slot.has_credit(kTarget));
  scene.slot.take(unknown->id);
  CHECK(scene.slot.has_credit(kTarget));
  scene.slot.tired = true;
  CHECK_FALSE(scene.slot.has_credit(kTarget));
}

TEST_CASE("who is suspected of an end that nobody saw: what was begun and has no answer") {
  Scene scene;
  const Task* const first = scene.sent();
  const Task* const second = scene.sent();
  const Task* const third = scene.sent();
  using Tasks = std::vector<const Task*>;
  SlotPage& page = *scene.slot.page;
  CHECK(scene.slot.suspects() == Tasks{first, second, third});  // it began none: who knows
  scene.slot.opening.insert(0);
  CHECK(scene.slot.suspects().empty());  // it loads
  scene.slot.opening.clear();
  REQUIRE(page.begin(0));
  page.task = first->id;
  CHECK(scene.slot.suspects().empty());  // it opens
  page.task = SlotPage::kLoads;
  CHECK(scene.slot.suspects().empty());
  page.task = 0;
  CHECK(scene.slot.suspects() == Tasks{first});
  REQUIRE(page.begin(1));
  page.task = second->id;
  CHECK(scene.slot.suspects() == Tasks{first, second});
  scene.slot.take(first->id);
  CHECK(scene.slot.suspects() == Tasks{second});
  page.begun = page.task = ~std::uint64_t{0};
  CHECK(scene.slot.suspects() == Tasks{second, third});
  page.begun = 0;
  page.task = 0;
  CHECK(scene.slot.suspects() == Tasks{second, third});
  scene.slot.writes_page = false;
  CHECK(scene.slot.suspects() == Tasks{second});
}

TEST_CASE("a process looks idle when it has tasks and is at none") {
  Scene scene;
  CHECK_FALSE(scene.slot.looks_idle());
  const Task* const task = scene.sent();
  CHECK(scene.slot.looks_idle());
  scene.slot.page->task = task->id;
  CHECK_FALSE(scene.slot.looks_idle());
  scene.slot.page->task = SlotPage::kLoads;
  CHECK_FALSE(scene.slot.looks_idle());
  scene.slot.page->task = 0;
  scene.slot.opening.insert(0);
  CHECK(scene.slot.looks_idle());  // that it is open may be what did not come through
  scene.slot.writes_page = false;
  CHECK_FALSE(scene.slot.looks_idle());
}

TEST_CASE("a process cannot take the page away from the engine") {
  Scene scene;
  CHECK(ftruncate(scene.slot.page_file.get(), 0) != 0);
  CHECK(errno == EPERM);
  CHECK(scene.slot.page->begun == 0);
}

TEST_CASE("what waits for a process is not sent beyond its credit") {
  Scene scene;
  const Task* const first = scene.sent(2 * kTarget);
  scene.slot.waiting.push_back(scene.task());
  CHECK_FALSE(scene.slot.may_send(false, kTarget));
  scene.slot.take(first->id);
  CHECK(scene.slot.may_send(false, kTarget));
}

TEST_CASE("a process that is not up gets nothing") {
  Scene scene;
  scene.slot.waiting.push_back(scene.task());
  CHECK(scene.slot.may_send(false, kTarget));
  for (const auto state :
       {ProcessSlot::State::down, ProcessSlot::State::starting, ProcessSlot::State::leaving}) {
    scene.slot.state = state;
    CHECK_FALSE(scene.slot.may_send(false, kTarget));
    CHECK_FALSE(scene.slot.has_credit(kTarget));
  }
}

TEST_CASE("a task in quarantine is alone in a fresh process") {
  Scene scene;
  const Task* const other = scene.sent();
  scene.slot.waiting.push_back(scene.task(1, true));
  CHECK_FALSE(scene.slot.may_send(false, kTarget));
  scene.slot.take(other->id);
  CHECK(scene.slot.may_send(false, kTarget));
  scene.slot.tasklets = 1;
  CHECK(scene.slot.wants_fresh());
  CHECK_FALSE(scene.slot.may_send(false, kTarget));
  CHECK(scene.slot.may_send(true, kTarget));  // it cannot be replaced
  scene.slot.tasklets = 0;
  scene.slot.note_sent(scene.slot.waiting.front(), std::nullopt, {});
  scene.slot.waiting = {scene.task()};
  CHECK_FALSE(scene.slot.may_send(false, kTarget));
  CHECK_FALSE(scene.slot.has_credit(kTarget));
}

TEST_CASE("who does not write the page gets tasks only of groups that are open") {
  Scene scene;
  scene.slot.waiting.push_back(scene.task());
  scene.slot.opening = {scene.slot.waiting.front()->group};
  CHECK_FALSE(scene.slot.waits_for_opened());
  scene.slot.writes_page = false;
  CHECK(scene.slot.waits_for_opened());
  scene.slot.opening = {7};
  CHECK_FALSE(scene.slot.waits_for_opened());
}

TEST_CASE("a process never evaluates more than it may, but one task at least") {
  Scene scene;
  scene.slot.waiting.push_back(scene.task(10));
  CHECK_FALSE(scene.slot.would_exceed(std::nullopt));
  CHECK_FALSE(scene.slot.would_exceed(5));
  scene.sent(milliseconds(1), 10);
  CHECK_FALSE(scene.slot.would_exceed(20));
  scene.slot.tasklets = 1;
  CHECK(scene.slot.would_exceed(20));
  CHECK_FALSE(scene.slot.would_exceed(21));
}

TEST_CASE("tasks are found and taken by their id, once") {
  Scene scene;
  const Task* const first = scene.sent();
  const Task* const second = scene.sent();
  REQUIRE(scene.slot.find(second->id) != nullptr);
  CHECK(scene.slot.find(second->id)->number == 1);
  CHECK(scene.slot.find(99) == nullptr);
  CHECK(scene.slot.take(99) == nullptr);
  CHECK(scene.slot.take(second->id) == second);
  CHECK(scene.slot.take(second->id) == nullptr);  // a result that comes twice
  CHECK(scene.slot.sent.size() == 1);
  CHECK(scene.slot.sent.front().task == first);
}

TEST_CASE("what the page says is believed within bounds only") {
  Scene scene;
  const Task* const task = scene.sent(milliseconds(1), 10);
  CHECK(scene.slot.current() == nullptr);
  scene.slot.page->task = task->id;
  scene.slot.page->enter({7, 0, 0, false, true});
  REQUIRE(scene.slot.current() != nullptr);
  CHECK(scene.slot.current()->task == task);
  CHECK(scene.slot.place_in(*task).tasklet == 7);
  scene.slot.page->at = UINT64_MAX;
  CHECK(scene.slot.place_in(*task).tasklet == 9);
  Task flush;
  flush.kind = Task::Kind::flush;
  CHECK(scene.slot.place_in(flush).tasklet == 0);
  scene.slot.page->task = 4711;
  CHECK(scene.slot.current() == nullptr);
}

TEST_CASE("what has not begun is taken back, and nothing is sent until it was passed over") {
  Scene scene;
  const Task* const first = scene.sent();
  const Task* const second = scene.sent();
  const Task* const third = scene.sent();
  REQUIRE(scene.slot.page->begin(0));
  REQUIRE(scene.slot.page->begin(1));
  CHECK(scene.slot.take_back() == std::vector<const Task*>{third});
  CHECK(scene.slot.find(first->id) != nullptr);
  CHECK(scene.slot.find(second->id) != nullptr);
  scene.slot.waiting.push_back(scene.task());
  CHECK_FALSE(scene.slot.may_send(false, kTarget));
  CHECK(scene.slot.passes_over());
  CHECK(scene.slot.take_back().empty());  // does not permit what is still to be passed over
  CHECK_FALSE(scene.slot.page->begin(2));
  scene.slot.on_passed_over();
  CHECK_FALSE(scene.slot.passes_over());
  CHECK(scene.slot.may_send(false, kTarget));
  CHECK(scene.slot.page->begin(3));
}

TEST_CASE("with the process all that it was goes, and its tasks come back in their order") {
  Scene scene;
  std::vector<TaskId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(scene.sent()->id);
  scene.slot.opened = {1, 2};
  scene.slot.opening = {2};
  scene.slot.shares = scene.slot.killed = scene.slot.tired = true;
  scene.slot.tasklets = 5;
  scene.slot.kill_at = Time(seconds(1));
  scene.slot.sentence.emplace();
  scene.slot.outgoing.add("late");
  std::vector<TaskId> back;
  for (const ProcessSlot::Sent& one : scene.slot.end()) back.push_back(one.task->id);
  CHECK(back == ids);
  CHECK(scene.slot.state == ProcessSlot::State::down);
  CHECK(scene.slot.name.empty());
  CHECK(scene.slot.is_idle());
  CHECK(scene.slot.opened.empty());
  CHECK(scene.slot.opening.empty());
  CHECK_FALSE(scene.slot.writes_page);
  CHECK_FALSE(scene.slot.shares);
  CHECK_FALSE(scene.slot.killed);
  CHECK_FALSE(scene.slot.tired);
  CHECK_FALSE(scene.slot.kill_at);
  CHECK_FALSE(scene.slot.sentence);
  CHECK(scene.slot.outgoing.empty());
  CHECK(scene.slot.tasklets == 0);
  // The next one begins from nothing.
  scene.slot.page->task = ids[0];
  scene.slot.begin(2, "cpu.0.2", Descriptor());
  CHECK(scene.slot.page->task == 0);
  scene.slot.state = ProcessSlot::State::up;
  CHECK(scene.slot.note_sent(scene.task(), milliseconds(1), {}) == 0);
}

TEST_CASE("a task in quarantine goes where it waits least, and best where nothing was done") {
  Scene scene;
  CHECK(scene.slot.fitness_for_quarantine(Time(0)) == 4);
  scene.slot.tasklets = 1;
  const int used = scene.slot.fitness_for_quarantine(Time(0));
  CHECK((used > 0 && used < 4));
  scene.slot.state = ProcessSlot::State::starting;
  CHECK(scene.slot.fitness_for_quarantine(Time(0)) > used);
  scene.sent();
  CHECK(scene.slot.fitness_for_quarantine(Time(0)) == 0);
  scene.slot.end();
  CHECK(scene.slot.fitness_for_quarantine(Time(0)) == 0);  // it may not start yet
  scene.slot.start_at = Time(seconds(1));
  CHECK(scene.slot.fitness_for_quarantine(Time(0)) == 0);
  CHECK(scene.slot.fitness_for_quarantine(Time(seconds(1))) > used);
}

}  // namespace
}  // namespace papy
