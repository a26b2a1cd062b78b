#include "pool/runner.h"

#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "base/semaphore.h"
#include "scene.h"

namespace papy::test {
namespace {

using How = Plumber::How;

const Function kDouble{.call = [](papy_call* call) { return emit(call, 2 * number(call)); }};
const Function kSum{.call = [](papy_call* call) { return emit(call, sum(call)); }};
const Function kPass{.call = [](papy_call* call) { return emit(call, number(call)); }};
const Function kNothing{.call = [](papy_call*) { return papy_status{PAPY_OK}; }};

/// "0 2 4 ...": n words.
std::string progression(std::int64_t n, std::int64_t step) {
  std::string all;
  for (std::int64_t i = 0; i < n; ++i) all += (i > 0 ? " " : "") + std::to_string(i * step);
  return all;
}

void check_whole(const Runner::End& end) {
  CHECK(end.how == How::finished);
  CHECK(end.reason.empty());
  CHECK(end.io_errors.empty());
  CHECK(end.io_code == 0);
  CHECK_FALSE(end.left_behind);
}

// What comes through.

TEST_CASE("no item, one item, and many come through in order") {
  for (const std::int64_t n : {0, 1, 2, 1000}) {
    Scene scene;
    scene.output(scene.piper({&kDouble}, {scene.input(numbers(n))}));
    check_whole(scene.run());
    CHECK(scene.written(0) == progression(n, 2));
    CHECK(scene.finished(0) == "ok");
    CHECK(scene.counted(0) == std::to_string(n) + " written, 0 failed, 0 gaps");
  }
}

TEST_CASE("an input may go straight to an output") {
  Scene scene;
  scene.output(scene.input(numbers(100)));
  check_whole(scene.run());
  CHECK(scene.written(0) == progression(100, 1));
}

TEST_CASE("a diamond comes together by number, whatever the pools") {
  for (const std::uint64_t stride : {1, 2, 7}) {
    for (const bool ordered : {true, false}) {
      Scene scene;
      const PoolId wide =
          scene.pool({.slots = 3, .stride = stride, .buffer = 7, .ordered = ordered});
      const PoolId narrow = scene.pool({.slots = 1, .stride = stride, .buffer = 1});
      const StreamId in = scene.input(numbers(500));
      const StreamId left = scene.piper({&kDouble}, {in}, {.pool = wide});
      const StreamId right = scene.piper({&kPass}, {in}, {.pool = narrow});
      const StreamId both = scene.piper({&kSum}, {left, right}, {.pool = narrow});
      scene.output(both);
      scene.output(right);
      check_whole(scene.run());
      CHECK(scene.written(0) == progression(500, 3));
      CHECK(scene.written(1) == progression(500, 1));
    }
  }
}

TEST_CASE("a long stream flows through the smallest of buffers") {
  for (const std::uint64_t stride : {1, 2, 7}) {
    Scene scene;
    scene.pool({.slots = 2, .stride = stride, .buffer = stride});
    std::int64_t last = -1, wrong = 0;
    const StreamId one = scene.piper({&kPass}, {scene.input(numbers(20'000))});
    const StreamId two = scene.piper({&kPass}, {one}, {.consume = 1, .track = true});
    scene.output(two, {.call = [&](papy_call* call) {
                   wrong += number(call) != last + 1 ? 1 : 0;
                   last = number(call);
                   return papy_status{PAPY_OK};
                 }});
    check_whole(scene.run());
    CHECK(last == 19'999);
    CHECK(wrong == 0);
  }
}

TEST_CASE("an unordered pool loses nothing") {
  Scene scene;
  scene.pool({.slots = 4, .buffer = 9, .ordered = false});
  std::vector<int> seen(100'000, 0);
  scene.output(scene.piper({&kPass}, {scene.input(numbers(100'000))}),
               {.call = [&](papy_call* call) {
                 ++seen.at(static_cast<std::size_t>(number(call)));
                 return papy_status{PAPY_OK};
               }});
  check_whole(scene.run());
  CHECK(std::count(seen.begin(), seen.end(), 1) == 100'000);
}

TEST_CASE("what leaves an unordered pool keeps its number") {
  Scene scene;
  scene.pool({.slots = 4, .batch = 3, .ordered = false});
  const Function seventh{.call = [](papy_call* call) {
    if (number(call) % 7 == 0) return fails(call, PAPY_FAIL, 0, "a seventh");
    return emit(call, number(call));
  }};
  std::uint64_t strange = 0;
  scene.output(scene.piper({&seventh}, {scene.input(numbers(1000))}),
               {.call = [&](papy_call* call) {
                 strange += call->tasklet != static_cast<std::uint64_t>(number(call)) ? 1 : 0;
                 return papy_status{PAPY_OK};
               }});
  check_whole(scene.run());
  CHECK(strange == 0);
  std::set<unsigned long> failed;
  for (const std::string& text : scene.notes.failures[0]) failed.insert(std::stoul(text));
  CHECK(failed.size() == 143);
  CHECK(std::all_of(failed.begin(), failed.end(), [](unsigned long n) { return n % 7 == 0; }));
}

TEST_CASE("replicas share the tasklets in turn and keep the order") {
  Scene scene;
  scene.pool({.slots = 4, .buffer = 8});
  scene.output(scene.piper({&kDouble}, {scene.input(numbers(300))}, {.spawn = 3}));
  check_whole(scene.run());
  CHECK(scene.written(0) == progression(300, 2));
}

TEST_CASE("a SERIAL piper sees its tasklets in order, one at a time, and flushes at the end") {
  Scene scene;
  scene.pool({.slots = 4});
  std::vector<std::int64_t> seen;
  std::atomic<int> inside{0}, crowds{0};
  const Function keep{
      .call =
          [&](papy_call* call) {
            crowds += inside.fetch_add(1) > 0 ? 1 : 0;
            seen.push_back(number(call));
            --inside;
            return papy_status{PAPY_OK};
          },
      .flush = [&](papy_call* call) { return emit(call, static_cast<std::int64_t>(seen.size())); },
      .flags = PAPY_SERIAL};
  scene.output(scene.piper({&keep}, {scene.input(numbers(5000))},
                           {.produce = {.any = true}, .serial = true, .has_flush = true}));
  check_whole(scene.run());
  CHECK(scene.written(0) == "5000");
  CHECK(crowds == 0);
  REQUIRE(seen.size() == 5000);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("a SERIAL piper flushes an empty stream too") {
  Scene scene;
  const Function keep{.call = kNothing.call,
                      .flush = [](papy_call* call) { return emit(call, std::int64_t{7}); },
                      .flags = PAPY_SERIAL};
  scene.output(scene.piper({&keep}, {scene.input(numbers(0))},
                           {.produce = {.any = true}, .serial = true, .has_flush = true}));
  check_whole(scene.run());
  CHECK(scene.written(0) == "7");
}

TEST_CASE("an endless input beside a short one ends with it") {
  Scene scene;
  scene.output(scene.piper({&kSum}, {scene.input(endless()), scene.input(numbers(10))}));
  check_whole(scene.run());
  CHECK(scene.written(0) == progression(10, 2));
  CHECK(scene.finished(0) == "ok");
}

TEST_CASE("END of a piper ends an endless input") {
  Scene scene;
  const Function take{.call = [](papy_call* call) {
    if (number(call) < 9) return emit(call, number(call));
    emit(call, number(call));
    return papy_status{PAPY_END};
  }};
  scene.output(scene.piper({&take}, {scene.input(endless())}));
  check_whole(scene.run());
  CHECK(scene.written(0) == progression(10, 1));
}

TEST_CASE("failures and gaps are counted and told, not written") {
  Scene scene;
  const Function picky{.call = [](papy_call* call) {
    if (number(call) % 5 == 1) return fails(call, PAPY_FAIL, 3, "one");
    return number(call) % 5 == 2 ? papy_status{PAPY_SKIP} : emit(call, number(call));
  }};
  const StreamId first = scene.piper({&picky}, {scene.input(numbers(10))}, {.name = "picky"});
  scene.output(scene.piper({&kPass}, {first}));
  check_whole(scene.run());
  CHECK(scene.written(0) == "0 3 4 5 8 9");
  CHECK(scene.counted(0) == "6 written, 2 failed, 2 gaps");
  CHECK(scene.notes.failures[0] ==
        std::vector<std::string>{"1 picky fail: one", "6 picky fail: one"});
  CHECK(scene.finished(0) == "ok");
}

TEST_CASE("the figures of each piper add up, retries included") {
  Scene scene;
  scene.pool({.slots = 3, .stride = 2});
  const Function moody{.call = [](papy_call* call) {
    const std::int64_t n = number(call);
    if (n % 7 == 3 && call->attempt < 3) return papy_status{PAPY_RETRY};
    if (n % 7 == 4) return papy_status{PAPY_ERROR};
    return n % 7 == 5 ? papy_status{PAPY_SKIP} : emit(call, n);
  }};
  const StreamId first =
      scene.piper({&moody}, {scene.input(numbers(700))}, {.retries = {.attempts = 3}});
  scene.output(scene.piper({&kPass}, {first}));
  check_whole(scene.run());
  const Snapshot end = scene.runner().plumber().snapshot();
  const StageCount& count = end.pipers[0];
  CHECK(count.retried == 400);
  CHECK(count.failed == 100);
  CHECK(count.skipped == 100);
  CHECK(count.out == 700);
  CHECK(count.in == 1100);
  CHECK(end.pipers[1].in == 700);
  CHECK(end.pipers[1].passed == 100);
  CHECK(end.pipers[1].skipped == 100);
  CHECK(end.failures == 100);
}

TEST_CASE("a backoff wakes the plumber, though it waits for something later") {
  Scene scene;
  const Function second{.call = [](papy_call* call) {
    return call->attempt == 1 ? papy_status{PAPY_RETRY} : emit(call, number(call));
  }};
  scene.output(scene.piper({&second}, {scene.input(numbers(1))},
                           {.retries = {.attempts = 2, .backoff = std::chrono::milliseconds(3)}}));
  check_whole(scene.run());
  CHECK(scene.written(0) == "0");
  CHECK(scene.events.passed() >= 1);
  // Counted from the end of the first attempt.
  CHECK(scene.events.now() >= Time(std::chrono::milliseconds(3)));
}

TEST_CASE("a retry is made when its backoff ends before the deadline, else it is a failure") {
  Scene scene;
  const Function second{.call = [](papy_call* call) {
    return call->attempt == 1 ? fails(call, PAPY_RETRY, 3, "not yet") : emit(call, number(call));
  }};
  const StreamId in = scene.input(numbers(1));
  const Retries retries{.attempts = 2, .backoff = std::chrono::milliseconds(30)};
  scene.output(
      scene.piper({&second}, {in}, {.retries = retries, .deadline = std::chrono::hours(4)}));
  scene.output(scene.piper({&second}, {in},
                           {.retries = retries, .deadline = std::chrono::milliseconds(20)}));
  check_whole(scene.run());
  CHECK(scene.written(0) == "0");
  CHECK(scene.counted(1) == "0 written, 1 failed, 0 gaps");
  CHECK(scene.notes.failures[1] ==
        std::vector<std::string>{"0 p1 deadline: 1 attempt failed and the deadline of 20ms leaves "
                                 "no time for another; the last: not yet"});
}

// Sources.

/// Emits what it is told to, call by call.
struct Step {
  std::string words;
  papy_status status = PAPY_OK;
};

Function steps(std::vector<Step> all) {
  const auto at = std::make_shared<std::size_t>(0);
  return {.call = [all = std::move(all), at](papy_call* call) {
    if (*at == all.size()) return papy_status{PAPY_END};
    const Step& step = all[(*at)++];
    const Batch items = batch(step.words);
    for (std::uint32_t i = 0; i < items.size(); ++i) {
      const Bytes bytes = items.item(i).bytes;
      call->emit(call, bytes.data(), bytes.size());
    }
    return step.status < 0 ? fails(call, step.status, 9, "no luck") : step.status;
  }};
}

TEST_CASE("a source is asked for some items at a time, never for none") {
  Scene scene;
  bool none = false;
  const auto at = std::make_shared<std::int64_t>(0);
  scene.output(scene.input({.call = [&, at](papy_call* call) {
    none |= call->wanted == 0;
    emit(call, (*at)++);
    return papy_status{*at == 1000 ? PAPY_END : PAPY_OK};
  }}));
  check_whole(scene.run());
  CHECK_FALSE(none);
  CHECK(scene.written(0) == progression(1000, 1));
}

TEST_CASE("a source that gives more than was wanted, nothing, or its last with END loses nothing") {
  Scene scene;
  scene.output(scene.input(steps({{"0 1 2 3 4 5"}, {""}, {""}, {"6"}, {"7 8", PAPY_END}})));
  check_whole(scene.run());
  CHECK(scene.written(0) == progression(9, 1));
}

TEST_CASE("a source may fail an item at its place, and skip one") {
  Scene scene;
  scene.output(
      scene.input(steps({{"0 1", PAPY_ERROR}, {"3"}, {"", PAPY_SKIP}, {"5", PAPY_FAIL}, {"7"}})));
  check_whole(scene.run());
  CHECK(scene.written(0) == "0 1 3 5 7");
  CHECK(scene.counted(0) == "5 written, 2 failed, 1 gaps");
  CHECK(scene.notes.failures[0] ==
        std::vector<std::string>{"2 in0 error: no luck", "6 in0 fail: no luck"});
}

TEST_CASE("a source that says CANCELLED though nobody asked it to has failed") {
  Scene scene;
  scene.output(scene.input(steps({{"0"}, {"", PAPY_CANCELLED}, {"2"}})));
  check_whole(scene.run());
  CHECK(scene.notes.failures[0] == std::vector<std::string>{"1 in0 cancelled: no luck"});
  CHECK(scene.written(0) == "0 2");
}

TEST_CASE("a source that says FATAL stops the run") {
  Scene scene;
  scene.output(scene.input(steps({{"0 1"}, {"", PAPY_FATAL}})));
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason == "input 'in0': test.source: no luck");
  CHECK(scene.finished(0) == "");
}

TEST_CASE("a source that does not give msgpack stops the run") {
  Scene scene;
  scene.output(scene.input({.call = [](papy_call* call) { return call->emit(call, "\xc1", 1); }}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason == "input 'in0': test.source: item is not valid msgpack");
  CHECK(scene.finished(0) == "");
}

TEST_CASE("a source that writes beyond its room stops the run") {
  Scene scene;
  scene.output(scene.input({.call = [](papy_call* call) {
    call->cur = call->end + 1;
    return papy_status{PAPY_OK};
  }}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason == "input 'in0': test.source: wrote beyond the end of its output");
}

TEST_CASE("a source of large items is asked for few at a time") {
  Scene scene;
  std::uint64_t most = 0;
  const auto at = std::make_shared<int>(0);
  scene.output(scene.input({.call =
                                [&, at](papy_call* call) {
                                  most = std::max(most, call->wanted);
                                  emit(call, std::string(600'000, 'x'));
                                  return papy_status{++*at == 20 ? PAPY_END : PAPY_OK};
                                }}),
               {.call = kNothing.call});
  check_whole(scene.run());
  CHECK(most == 1);
}

TEST_CASE("what a source that waits has given goes on before it waits again") {
  Scene scene;
  Semaphore written;
  const auto at = std::make_shared<std::int64_t>(0);
  // Each call waits until the item before has reached the sink.
  Function source{.call =
                      [&written, at](papy_call* call) {
                        if (*at > 0) written.acquire();
                        emit(call, *at);
                        return papy_status{++*at == 50 ? PAPY_END : PAPY_OK};
                      },
                  .flags = PAPY_BLOCKS};
  scene.output(scene.input(std::move(source)), {.call = [&](papy_call*) {
                 written.release();
                 return papy_status{PAPY_OK};
               }});
  check_whole(scene.run());
  CHECK(scene.counted(0) == "50 written, 0 failed, 0 gaps");
}

TEST_CASE("a source says how many items there will be") {
  Scene scene;
  Function source = numbers(5);
  source.size = 5;
  scene.output(scene.input(std::move(source)));
  REQUIRE(scene.open());
  CHECK(scene.runner().plumber().snapshot().inputs[0].size == 5);
  check_whole(scene.run_opened());
}

TEST_CASE("a source that hangs when all else has ended is left behind") {
  Semaphore hangs;
  Semaphore go_on;
  Scene scene;
  scene.settings.patience = std::chrono::milliseconds(200);
  const auto at = std::make_shared<int>(0);
  const StreamId in = scene.input({.call =
                                       [&, at](papy_call* call) {
                                         if ((*at)++ > 0) {
                                           hangs.release();
                                           go_on.acquire();
                                         }
                                         return emit(call, std::int64_t{5});
                                       },
                                   .flags = PAPY_BLOCKS});
  const Function once{.call = [&](papy_call* call) {
    hangs.acquire();
    emit(call, number(call));
    return papy_status{PAPY_END};
  }};
  scene.output(scene.piper({&once}, {in}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::finished);
  CHECK(end.left_behind);
  CHECK(scene.written(0) == "5");
  CHECK(scene.finished(0) == "ok");
  go_on.release();
}

TEST_CASE("a source that hangs while a run is stopped is left behind") {
  Semaphore hangs;
  Semaphore go_on;
  Scene scene;
  scene.settings.patience = std::chrono::milliseconds(200);
  const StreamId in = scene.input({.call = [&](papy_call* call) {
    hangs.release();
    go_on.acquire();
    return emit(call, std::int64_t{5});
  }});
  const StreamId other = scene.input({.call = [&](papy_call* call) {
    hangs.acquire();
    return fails(call, PAPY_FATAL, 0, "gone");
  }});
  scene.output(in);
  scene.output(other);
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason == "input 'in1': test.source: gone");
  CHECK(end.left_behind);
  go_on.release();
}

// Sinks.

Function full_disk(std::int64_t at, std::int32_t code, std::string* finished) {
  return {.call =
              [=](papy_call* call) {
                return number(call) == at ? fails(call, PAPY_FAIL, code, "no space left on device")
                                          : papy_status{PAPY_OK};
              },
          .finish =
              [finished](papy_call*, bool ok) {
                *finished += ok ? "ok" : "not ok";
                return papy_status{PAPY_OK};
              }};
}

TEST_CASE("an output that cannot be written stops the run, with its text and code") {
  for (const std::int32_t code : {ENOSPC, EPIPE}) {
    Scene scene;
    std::string finished;
    const StreamId in = scene.input(endless());
    scene.output(in, full_disk(5, code, &finished));
    scene.output(in);
    const Runner::End end = scene.run();
    CHECK(end.how == How::policy);
    CHECK(end.io_errors == std::vector<std::string>{"output 'out0': no space left on device"});
    CHECK(end.io_code == code);
    CHECK(scene.counted(0) == "5 written, 0 failed, 0 gaps");
    CHECK(finished.empty());
    CHECK(scene.finished(1) == "");
    CHECK(end.unwritten == std::vector<OutputId>{0});
  }
}

TEST_CASE("an output that cannot be finished says so, with its code") {
  Scene scene;
  scene.output(scene.input(numbers(3)),
               {.call = kNothing.call, .finish = [](papy_call* call, bool) {
                  return fails(call, PAPY_FAIL, ENOSPC, "no space left on device");
                }});
  const Runner::End end = scene.run();
  CHECK(end.how == How::finished);
  CHECK(end.io_errors ==
        std::vector<std::string>{"output 'out0': test.sink: no space left on device"});
  CHECK(end.io_code == ENOSPC);
  CHECK(end.unwritten == std::vector<OutputId>{0});
}

TEST_CASE("what a sink said of an item that it wrote is not why a later one failed") {
  Scene scene;
  scene.output(scene.input(numbers(3)), {.call = [](papy_call* call) {
                 if (number(call) == 0) fails(call, PAPY_OK, 5, "a warning");
                 return papy_status{number(call) == 1 ? PAPY_FAIL : PAPY_OK};
               }});
  const Runner::End end = scene.run();
  CHECK(end.io_errors ==
        std::vector<std::string>{"output 'out0': failed without a message (status -3)"});
  CHECK(end.io_code == 0);
}

TEST_CASE("sinks that were opened are told when another cannot be") {
  Scene scene;
  const StreamId in = scene.input(numbers(3));
  scene.output(in);
  Function second;
  second.open = [](const papy_open* open) {
    open->error(open, 2, "no such directory", 17);
    return papy_status{PAPY_FAIL};
  };
  scene.output(in, std::move(second));
  const auto opened = scene.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == "output 'out1': test.sink: function 'test': no such directory");
  CHECK(scene.finished(0) == "not ok");
  CHECK(scene.written(0).empty());
}

// Ends.

TEST_CASE("more failures than a run may have stop it") {
  Scene scene;
  scene.plan.max_failures.count = 3;
  const Function bad{.call = [](papy_call*) { return papy_status{PAPY_FAIL}; }};
  scene.output(scene.piper({&bad}, {scene.input(endless())}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason.substr(end.reason.find(" items")) == " items failed, run.max_failures allows 3");
  CHECK(scene.finished(0) == "");
}

TEST_CASE("as many failures as a run may have do not stop it") {
  Scene scene;
  scene.plan.max_failures.count = 10;
  const Function bad{.call = [](papy_call*) { return papy_status{PAPY_FAIL}; }};
  scene.output(scene.piper({&bad}, {scene.input(numbers(10))}));
  check_whole(scene.run());
  CHECK(scene.counted(0) == "0 written, 10 failed, 0 gaps");
}

TEST_CASE("a share of failures stops a run, of a short one at its end") {
  const Function every_tenth{.call = [](papy_call* call) {
    return number(call) % 10 == 0 ? papy_status{PAPY_FAIL} : emit(call, number(call));
  }};
  Scene scene;
  scene.plan.max_failures.share = 0.05;
  scene.output(scene.piper({&every_tenth}, {scene.input(endless())}));
  Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason.substr(end.reason.find(" items")) ==
        " items failed at piper 'p0', run.max_failures allows 5%");

  Scene small;
  small.plan.max_failures.share = 0.05;
  small.output(small.piper({&every_tenth}, {small.input(numbers(20))}));
  end = small.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason == "2 of 20 items failed at piper 'p0', run.max_failures allows 5%");

  Scene enough;
  enough.plan.max_failures.share = 0.1;
  enough.output(enough.piper({&every_tenth}, {enough.input(numbers(20))}));
  check_whole(enough.run());
}

TEST_CASE("on_error: stop stops the run") {
  Scene scene;
  const Function bad{.call = [](papy_call* call) {
    return number(call) == 5 ? fails(call, PAPY_FAIL, 0, "five") : emit(call, number(call));
  }};
  scene.output(scene.piper({&bad}, {scene.input(endless())}, {.on_error = OnError::stop}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason == "piper 'p0' failed at item 5 and says on_error: stop: five");
  CHECK(scene.finished(0) == "");
}

TEST_CASE("a piper that cannot be opened stops the run and says why") {
  for (const std::uint32_t slots : {1, 3}) {
    Scene scene;
    scene.pool({.slots = slots});
    Function closed;
    closed.open = [](const papy_open* open) {
      open->error(open, 2, "no such index", 13);
      return papy_status{PAPY_FAIL};
    };
    scene.output(scene.piper({&closed}, {scene.input(endless())}, {.name = "look"}));
    const Runner::End end = scene.run();
    CHECK(end.how == How::policy);
    CHECK(end.reason == "piper 'look': test.f0: function 'test': no such index");
    CHECK(scene.finished(0) == "");
  }
}

TEST_CASE("one signal drains: everything that was read is written, under no final name") {
  Scene scene;
  scene.pool({.slots = 2, .buffer = 5});
  std::uint64_t written = 0;
  std::string finished;
  scene.output(scene.piper({&kPass}, {scene.input(endless())}),
               {.call =
                    [&](papy_call*) {
                      if (++written == 20) scene.events.signal(SIGINT);
                      return papy_status{PAPY_OK};
                    },
                .finish =
                    [&](papy_call*, bool ok) {
                      finished += ok ? "ok" : "not ok";
                      return papy_status{PAPY_OK};
                    }});
  const Runner::End end = scene.run();
  CHECK(end.how == How::drained);
  CHECK(end.signal == SIGINT);
  CHECK_FALSE(end.left_behind);
  CHECK(finished.empty());
  const Snapshot last = scene.runner().plumber().snapshot();
  CHECK(last.inputs[0].items == written);
  CHECK(last.outputs[0] == OutputCount{written, 0, 0});
}

TEST_CASE("a run that drains begins nothing more when its grace is over") {
  Scene scene;
  scene.pool({.slots = 1, .batch = 1});
  const Function slow{.call = [&](papy_call* call) {
    if (number(call) == 20) scene.events.signal(SIGINT);
    if (number(call) > 20) {
      while (!scene.runner().plumber().snapshot().inputs[0].ended) std::this_thread::yield();
      scene.events.advance(std::chrono::seconds(7));
      scene.events.wait_until_noticed();
    }
    return emit(call, number(call));
  }};
  scene.output(scene.piper({&slow}, {scene.input(endless())}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::drained);
  CHECK(end.signal == SIGINT);
  CHECK(scene.finished(0).empty());
  const Snapshot last = scene.runner().plumber().snapshot();
  CHECK(last.inputs[0].items > last.outputs[0].written);
}

TEST_CASE("a run that drains does not wait for ever for what is under evaluation") {
  Scene scene;
  const Function hang{.call =
                          [&](papy_call* call) {
                            scene.events.signal(SIGTERM);
                            while (call->cancelled(call) == 0)
                              scene.events.advance(std::chrono::seconds(1));
                            return papy_status{PAPY_CANCELLED};
                          },
                      .flags = PAPY_CANCELS};
  scene.output(scene.piper({&hang}, {scene.input(numbers(1))}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::killed);
  CHECK(end.signal == SIGTERM);
}

TEST_CASE("a second signal kills: what can be cancelled is, and nobody waits") {
  Scene scene;
  const Function hang{.call =
                          [&](papy_call* call) {
                            scene.events.signal(SIGINT);
                            scene.events.signal(SIGTERM);
                            while (call->cancelled(call) == 0) {
                            }
                            return papy_status{PAPY_CANCELLED};
                          },
                      .flags = PAPY_CANCELS};
  scene.output(scene.piper({&hang}, {scene.input(numbers(1))}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::killed);
  CHECK(end.signal == SIGTERM);
  CHECK(end.left_behind);
  CHECK(scene.finished(0).empty());
}

// Buffers.

TEST_CASE("buffers that wait for each other are widened, with a warning") {
  Scene scene;
  scene.pool({.name = "tight", .slots = 2, .buffer = 2});
  const StreamId in = scene.input(numbers(64));
  // Gives nothing for seven of eight, then all eight.
  const Function late{.call = [](papy_call* call) {
    if (number(call) % 8 != 7) return papy_status{PAPY_OK};
    for (std::int64_t i = number(call) - 7; i <= number(call); ++i) emit(call, i);
    return papy_status{PAPY_OK};
  }};
  const StreamId a = scene.piper({&kPass}, {in});
  const StreamId b = scene.piper({&late}, {in}, {.produce = {.any = true}});
  scene.output(scene.piper({&kSum}, {a, b}));
  check_whole(scene.run());
  CHECK(scene.written(0) == progression(64, 2));
  REQUIRE_FALSE(scene.notes.warnings.empty());
  CHECK(scene.notes.warnings[0] ==
        "pool 'tight' needs more room to go on: its buffer of 2 is now 4");
}

TEST_CASE("a join whose other arm never comes stops the run when memory is full") {
  Scene scene;
  scene.plan.memory = 20'000;
  const StreamId in = scene.input(endless());
  const StreamId never =
      scene.piper({&kNothing}, {in}, {.name = "never", .produce = {.any = true}});
  scene.output(scene.piper({&kSum}, {in, never}, {.name = "join"}));
  const Runner::End end = scene.run();
  CHECK(end.how == How::policy);
  CHECK(end.reason.find("piper 'join' waits for 'never' while ") == 0);
  CHECK(end.reason.find(" fill run.memory (19.5 KiB)") != std::string::npos);
  CHECK(scene.finished(0) == "");
}

}  // namespace
}  // namespace papy::test
