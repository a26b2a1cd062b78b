#include "pool/evaluator.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "item/failure.h"
#include "slot.h"

namespace papy::test {
namespace {

const Function kDouble{.call = [](papy_call* call) { return emit(call, 2 * number(call)); }};
const Function kAddOne{.call = [](papy_call* call) { return emit(call, number(call) + 1); }};
const Function kSum{.call = [](papy_call* call) { return emit(call, sum(call)); }};
/// n values for n.
const Function kCount{.call = [](papy_call* call) {
  for (std::int64_t i = 0; i < number(call); ++i) emit(call, i);
  return papy_status{PAPY_OK};
}};
/// Fails for odd numbers.
const Function kEven{.call = [](papy_call* call) {
  if (number(call) % 2 != 0) return fails(call, PAPY_ERROR, 7, "odd");
  return emit(call, number(call));
}};
/// Drops odd numbers.
const Function kSkipOdd{.call = [](papy_call* call) {
  return number(call) % 2 != 0 ? papy_status{PAPY_SKIP} : emit(call, number(call));
}};

Failure failure_at(const TaskResult& result, std::uint32_t i) {
  REQUIRE(result.items.size() > i);
  REQUIRE(result.items.item(i).kind == ItemKind::failure);
  return decode_failure(result.items.item(i).bytes);
}

std::string one(const Function& function, std::string_view item) {
  return words(Slot(Piper("p", {&function})).run({item}).items);
}

// Chains.

TEST_CASE("the functions of a chain run left to right") {
  Slot slot(Piper("p", {&kDouble, &kAddOne, &kDouble}));
  CHECK(words(slot.run({"1 2 3"}).items) == "6 10 14");
}

TEST_CASE("only the first function of a chain sees all inputs") {
  std::vector<std::uint32_t> seen;
  const Function look{.call = [&](papy_call* call) {
    seen.insert(seen.end(), {call->n_inputs, call->width, call->places, call->consume});
    return emit(call, sum(call));
  }};
  Piper piper("p", {&look, &look});
  piper.plan.consume = 2;
  Slot slot(piper);
  CHECK(words(slot.run({"1 2", "10 20", "100 200"}).items) == "333");
  CHECK(seen == std::vector<std::uint32_t>{6, 3, 2, 2, 1, 1, 1, 1});
}

TEST_CASE("the inbox is flat, place by place") {
  std::vector<std::int64_t> seen;
  const Function look{.call = [&](papy_call* call) {
    for (std::uint32_t i = 0; i < call->n_inputs; ++i) seen.push_back(number(call, i));
    return emit(call, std::int64_t{0});
  }};
  Piper piper("p", {&look});
  piper.plan.consume = 3;
  Slot(piper).run({"1 2 3", "11 12 13"});
  CHECK(seen == std::vector<std::int64_t>{1, 11, 2, 12, 3, 13});
}

TEST_CASE("a function in the middle of a chain gives exactly one value") {
  const Function two{.call = [](papy_call* call) {
    emit(call, std::int64_t{1});
    return emit(call, std::int64_t{2});
  }};
  const Function none{.call = [](papy_call*) { return papy_status{PAPY_OK}; }};
  CHECK(words(Slot(Piper("p", {&two, &kDouble})).run({"1"}).items) ==
        "!p bad-result: does not give one valid msgpack value for the next function of the chain");
  CHECK(words(Slot(Piper("p", {&none, &kDouble})).run({"1"}).items) ==
        "!p bad-result: gives nothing, but the next function of the chain needs a value");
}

TEST_CASE("a failure names the function of the chain that failed") {
  Slot slot(Piper("p", {&kAddOne, &kEven, &kDouble}));
  const TaskResult result = slot.run({"1 2 3"}, 10);
  CHECK(words(result.items) == "4 !p error: odd 8");
  const Failure failure = failure_at(result, 1);
  CHECK(failure == Failure{.piper = "p",
                           .function = "test.f1",
                           .kind = "error",
                           .code = 7,
                           .message = "odd",
                           .inbox = {packed(std::int64_t{2})},
                           .place = 11});
  CHECK(text(result.stages[0]) == "in 3, out 3, failed 1");
}

TEST_CASE("a skip in the middle of a chain is a gap") {
  CHECK(words(Slot(Piper("p", {&kSkipOdd, &kDouble})).run({"1 2 3 4"}).items) == "- 4 - 8");
}

TEST_CASE("what a function says in one call is forgotten in the next") {
  bool speak = true;
  const Function mute{.call = [&](papy_call* call) {
    return std::exchange(speak, false) ? fails(call, PAPY_FAIL, 5, "first")
                                       : papy_status{PAPY_FAIL};
  }};
  const TaskResult result = Slot(Piper("p", {&mute})).run({"1 2"});
  CHECK(words(result.items) == "!p fail: first !p fail: failed without a message (status -3)");
  CHECK(failure_at(result, 1).code == 0);
}

// Produce.

TEST_CASE("a tasklet that gives another number of values than it should fails") {
  Piper piper("p", {&kCount});
  piper.plan.produce.n = 2;
  const TaskResult result = Slot(piper).run({"2 0 3"});
  CHECK(words(result.items) ==
        "0 1 !p bad-result: gives 0 values, not 2: expected 'produce: any' !p bad-result: gives 0 "
        "values, not 2: expected 'produce: any' "
        "!p bad-result: gives 3 values, not 2: expected 'produce: 3' or 'produce: any' !p "
        "bad-result: gives 3 values, not 2: expected 'produce: 3' or 'produce: any'");
  CHECK(text(result.stages[0]) == "in 3, out 6, failed 2");
}

TEST_CASE("a value that is repeated counts n times") {
  Piper piper("p", {&kDouble});
  piper.plan.produce = {.n = 3, .repeat = true};
  CHECK(words(Slot(piper).run({"1 2"}).items) == "2 2 2 4 4 4");
}

TEST_CASE("only one value can be repeated") {
  Piper piper("p", {&kCount});
  piper.plan.produce = {.n = 2, .repeat = true};
  CHECK(words(Slot(piper).run({"2"}).items) ==
        "!p bad-result: gives 2 values, not 1: expected 'produce: 2' or 'produce: any' !p "
        "bad-result: gives 2 values, not 1: expected 'produce: 2' or 'produce: any'");
}

TEST_CASE("a repeated value is not larger than an item may be, all together") {
  const Function big{.call = [](papy_call* call) { return emit(call, std::string(700, 'x')); }};
  Piper piper("p", {&big});
  piper.plan.produce = {.n = 2, .repeat = true};
  CHECK(words(Slot({piper}, 1024).run({"1"}).items) ==
        "!p bad-result: gives 703 bytes to be repeated 2 times, more than 1024 bytes "
        "!p bad-result: gives 703 bytes to be repeated 2 times, more than 1024 bytes");
}

TEST_CASE("produce any gives none to many; a failure takes one place, a skip none") {
  const Function some{.call = [](papy_call* call) {
    if (number(call) == 7) return papy_status{PAPY_SKIP};
    if (number(call) == 8) return fails(call, PAPY_ERROR, 0, "eight");
    return kCount.call(call);
  }};
  Piper piper("p", {&some});
  piper.plan.produce.any = true;
  const TaskResult result = Slot(piper).run({"0 2 7 8 3 -"});
  CHECK(words(result.items) == "0 1 !p error: eight 0 1 2");
  CHECK(result.counts == std::vector<std::uint32_t>{0, 2, 0, 1, 3, 0});
  CHECK(text(result.stages[0]) == "in 6, out 6, failed 1, skipped 2");
}

TEST_CASE("a skip takes all the places of its tasklet") {
  Piper piper("p", {&kSkipOdd});
  piper.plan.produce = {.n = 2, .repeat = true};
  CHECK(words(Slot(piper).run({"1 2"}).items) == "- - 2 2");
}

// Ends.

papy_status end_at(papy_call* call, std::int64_t last, bool emits) {
  if (number(call) < last) return emit(call, number(call));
  if (emits) emit(call, number(call));
  return PAPY_END;
}
const Function kEndWith3{.call = [](papy_call* call) { return end_at(call, 3, true); }};
const Function kEndBefore3{.call = [](papy_call* call) { return end_at(call, 3, false); }};

TEST_CASE("END with a value: it is the last") {
  const TaskResult result = Slot(Piper("p", {&kEndWith3})).run({"1 2 3 4"});
  CHECK(result.ended);
  CHECK(result.done == 3);
  CHECK(words(result.items) == "1 2 3");
  CHECK(text(result.stages[0]) == "in 3, out 3");
}

TEST_CASE("END without a value: the one before was the last") {
  const TaskResult result = Slot(Piper("p", {&kEndBefore3})).run({"1 2 3 4"});
  CHECK(result.ended);
  CHECK(result.done == 2);
  CHECK(words(result.items) == "1 2");
  CHECK(text(result.stages[0]) == "in 2, out 2");
}

TEST_CASE("END without a value at the very first tasklet settles none") {
  const TaskResult result = Slot(Piper("p", {&kEndBefore3})).run({"3 4"});
  CHECK(result.ended);
  CHECK(result.done == 0);
  CHECK(result.items.size() == 0);
  CHECK(text(result.stages[0]).empty());
}

TEST_CASE("END counts wherever in the chain it is said") {
  TaskResult result = Slot(Piper("p", {&kEndWith3, &kDouble})).run({"1 2 3 4"});
  CHECK(result.ended);
  CHECK(result.done == 3);
  CHECK(words(result.items) == "2 4 6");
  result = Slot(Piper("p", {&kEndBefore3, &kDouble})).run({"1 2 3 4"});
  CHECK(result.ended);
  CHECK(result.done == 2);
  CHECK(words(result.items) == "2 4");
}

TEST_CASE("what comes behind END in the chain may fail or skip; the stream ends all the same") {
  TaskResult result = Slot(Piper("p", {&kEndWith3, &kEven})).run({"2 3 4"});
  CHECK(result.ended);
  CHECK(result.done == 2);
  CHECK(words(result.items) == "2 !p error: odd");
  result = Slot(Piper("p", {&kEndWith3, &kSkipOdd})).run({"2 3 4"});
  CHECK(result.ended);
  CHECK(result.done == 2);
  CHECK(words(result.items) == "2 -");
}

TEST_CASE("END with a wrong number of values is a failure and the end") {
  Piper piper("p", {&kEndWith3});
  piper.plan.produce.n = 2;
  const TaskResult result = Slot(piper).run({"3 4"});
  CHECK(result.ended);
  CHECK(result.done == 1);
  CHECK(words(result.items) ==
        "!p bad-result: gives 1 values, not 2: expected 'produce: 1' or 'produce: any' !p "
        "bad-result: gives 1 values, not 2: expected 'produce: 1' or 'produce: any'");
}

TEST_CASE("an END that is tried again is not the end") {
  Piper piper("p", {&kEndWith3, &kEven});
  piper.plan.retries.attempts = 2;
  const TaskResult result = Slot(piper).run({"2 3 4 6"});
  CHECK(result.retry == std::vector<std::uint32_t>{1});
  CHECK(result.ended);  // 4 says END too
  CHECK(result.done == 3);
}

// Failures.

TEST_CASE("a failure is of the kind that its status says") {
  for (const auto& [status, kind] :
       std::initializer_list<std::pair<papy_status, std::string>>{{PAPY_ERROR, "error"},
                                                                  {PAPY_RETRY, "retry"},
                                                                  {PAPY_FAIL, "fail"},
                                                                  {PAPY_CANCELLED, "cancelled"},
                                                                  {PAPY_FATAL, "fatal"},
                                                                  {-77, "error"},
                                                                  {77, "error"}}) {
    const Function function{
        .call = [&](papy_call* call) { return fails(call, status, -5, "no luck"); }};
    const TaskResult result = Slot(Piper("p", {&function})).run({"42"}, 5);
    CHECK(failure_at(result, 0) == Failure{.piper = "p",
                                           .function = "test.f0",
                                           .kind = kind,
                                           .code = -5,
                                           .message = "no luck",
                                           .inbox = {packed(std::int64_t{42})},
                                           .place = 5});
  }
}

std::vector<std::uint32_t> retried(papy_status status, bool on_error, std::uint32_t attempt) {
  const Function function{.call = [&](papy_call*) { return status; }};
  Piper piper("p", {&function});
  piper.plan.retries.attempts = 3;
  piper.plan.retries.on_error = on_error;
  return Slot(piper).run({"1"}, 0, attempt).retry;
}

TEST_CASE("ERROR is retried where the retries say so, RETRY always, FAIL never") {
  const std::vector<std::uint32_t> yes{0}, no;
  CHECK(retried(PAPY_ERROR, true, 1) == yes);
  CHECK(retried(PAPY_ERROR, true, 2) == yes);
  CHECK(retried(PAPY_ERROR, true, 3) == no);
  CHECK(retried(PAPY_ERROR, false, 1) == no);
  CHECK(retried(PAPY_RETRY, false, 2) == yes);
  CHECK(retried(PAPY_RETRY, false, 3) == no);
  CHECK(retried(PAPY_FAIL, true, 1) == no);
  CHECK(retried(PAPY_CANCELLED, true, 1) == no);
  CHECK(retried(PAPY_FATAL, true, 1) == no);
}

TEST_CASE("tasklets to retry keep their places, by index") {
  Piper piper("p", {&kEven});
  piper.plan.retries.attempts = 2;
  const TaskResult result = Slot(piper).run({"1 2 3 ! 5"});
  CHECK(result.retry == std::vector<std::uint32_t>{0, 2, 4});
  CHECK(result.done == 5);
  CHECK(words(result.items) == "- 2 - !before error:  -");
  CHECK(text(result.stages[0]) == "in 5, out 2, passed 1, retried 3");
}

TEST_CASE("tasklets to retry keep all the places they produce") {
  Piper piper("p", {&kEven});
  piper.plan.produce = {.n = 2, .repeat = true};
  piper.plan.retries.attempts = 2;
  CHECK(words(Slot(piper).run({"1 2"}).items) == "- - 2 2");
  piper.plan.produce = {.any = true};
  const TaskResult result = Slot(piper).run({"1 2"});
  CHECK(words(result.items) == "2");
  CHECK(result.counts == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("the last attempt is the failure, and says how many there were") {
  Piper piper("p", {&kEven});
  piper.plan.retries.attempts = 3;
  const TaskResult result = Slot(piper).run({"1"}, 8, 3);
  CHECK(result.retry.empty());
  CHECK(failure_at(result, 0).attempts == 3);
  CHECK(failure_at(result, 0).place == 8);
}

TEST_CASE("a SERIAL piper stops before a retry") {
  Piper piper("p", {&kEven});
  piper.plan.serial = true;
  piper.plan.retries.attempts = 2;
  const TaskResult result = Slot(piper).run({"2 3 4"});
  CHECK(result.done == 2);
  CHECK(result.retry == std::vector<std::uint32_t>{1});
  CHECK_FALSE(result.ended);
  CHECK(words(result.items) == "2 -");
  CHECK(text(result.stages[0]) == "in 2, out 1, retried 1");
}

TEST_CASE("on_error: skip makes a gap of a failure") {
  Piper piper("p", {&kEven});
  piper.plan.on_error = OnError::skip;
  const TaskResult result = Slot(piper).run({"1 2 !x"});
  CHECK(words(result.items) == "- 2 !before error: x");
  CHECK_FALSE(result.stop.has_value());
  CHECK(text(result.stages[0]) == "in 3, out 3, passed 1, skipped 1");
}

TEST_CASE("on_error: stop stops the run, and nothing more is evaluated") {
  Piper piper("p", {&kEven});
  piper.plan.on_error = OnError::stop;
  const TaskResult result = Slot(piper).run({"2 3 4"}, 10);
  CHECK(result.stop == "piper 'p' failed at item 11 and says on_error: stop: odd");
  CHECK(result.done == 2);
  CHECK(words(result.items) == "2 !p error: odd");
}

TEST_CASE("FATAL stops the run; the instance is not called again") {
  int calls = 0;
  const Function broken{.call = [&](papy_call* call) {
    ++calls;
    return fails(call, PAPY_FATAL, 0, "the device is gone");
  }};
  const TaskResult result = Slot({Piper("p", {&broken}), Piper("q", {&kDouble})}).run({"1 2 3"});
  CHECK(result.stop == "piper 'p': test.f0: the device is gone");
  CHECK(calls == 1);
  CHECK(result.done == 1);
  CHECK(words(result.items) == "!p fatal: the device is gone");
}

// What travels.

TEST_CASE("a failure travels on and counts the pipers that it passed") {
  const TaskResult result = Slot({Piper("p", {&kDouble}), Piper("q", {&kDouble})}).run({"1 !x 3"});
  CHECK(words(result.items) == "4 !before error: x 12");
  CHECK(failure_at(result, 1).hops == 2);
  CHECK(text(result.stages[0]) == "in 3, out 3, passed 1");
  CHECK(text(result.stages[1]) == "in 3, out 3, passed 1");
}

TEST_CASE("a failure takes all the places of its tasklet") {
  Piper piper("p", {&kDouble});
  piper.plan.produce = {.n = 2, .repeat = true};
  CHECK(words(Slot(piper).run({"1 !x"}).items) == "2 2 !before error: x !before error: x");
  piper.plan.produce = {.any = true};
  CHECK(words(Slot(piper).run({"1 !x"}).items) == "2 !before error: x");
}

TEST_CASE("several failures become one, with its causes in inbox order") {
  Piper piper("p", {&kSum});
  piper.plan.consume = 2;
  const TaskResult result = Slot(piper).run({"1 !c", "!a !d"}, 4);
  const Failure failure = failure_at(result, 0);
  CHECK(failure.piper == "p");
  CHECK(failure.kind == "joined");
  CHECK(failure.message == "3 items of the inbox failed");
  CHECK(failure.place == 4);
  CHECK(failure.hops == 0);
  REQUIRE(failure.causes.size() == 3);
  CHECK(failure.causes[0].message == "a");
  CHECK(failure.causes[1].message == "c");
  CHECK(failure.causes[2].message == "d");
}

TEST_CASE("a failure goes before a gap") {
  CHECK(words(Slot(Piper("p", {&kSum})).run({"- 1 -", "!x - 2"}).items) == "!before error: x - -");
}

TEST_CASE("a consume group leaves places with a gap out, and is a gap when none is left") {
  std::vector<std::uint32_t> places;
  const Function look{.call = [&](papy_call* call) {
    places.insert(places.end(), {call->places, call->consume});
    return emit(call, sum(call));
  }};
  Piper piper("p", {&look});
  piper.plan.consume = 3;
  const TaskResult result = Slot(piper).run({"1 - 3 - 5 6 7", "10 20 30 40 - - 70"});
  CHECK(words(result.items) == "44 - 77");
  CHECK(places == std::vector<std::uint32_t>{2, 3, 1, 3});
  CHECK(text(result.stages[0]) == "in 3, out 3, skipped 1");
}

TEST_CASE("a failure holds the inbox as the function got it") {
  const Function fail{.call = [](papy_call*) { return papy_status{PAPY_FAIL}; }};
  Piper piper("p", {&fail});
  piper.plan.consume = 2;
  const TaskResult result = Slot(piper).run({"1 2", "- 20"});
  CHECK(failure_at(result, 0).inbox ==
        std::vector<std::string>{packed(std::int64_t{2}), packed(std::int64_t{20})});
}

TEST_CASE("join first takes of each place the first that is no gap") {
  Piper piper("p", {&kSum});
  piper.plan.join = Join::first;
  const TaskResult result = Slot(piper).run({"1 - - !x -", "10 20 - 40 !y"});
  CHECK(words(result.items) == "1 20 - !before error: x !before error: y");
}

TEST_CASE("join first in groups: one value a place") {
  std::vector<std::uint32_t> seen;
  const Function look{.call = [&](papy_call* call) {
    seen.insert(seen.end(), {call->n_inputs, call->width, call->places, call->consume});
    return emit(call, sum(call));
  }};
  Piper piper("p", {&look});
  piper.plan.join = Join::first;
  piper.plan.consume = 3;
  CHECK(words(Slot(piper).run({"1 - - 4", "- 20 - 40"}).items) == "21 4");
  CHECK(seen == std::vector<std::uint32_t>{2, 1, 2, 3, 1, 1, 1, 3});
}

TEST_CASE("a last group that is not complete is kept, or fails") {
  Piper piper("p", {&kSum});
  piper.plan.consume = 3;
  CHECK(words(Slot(piper).run({"1 2 3 4 5"}).items) == "6 9");
  piper.plan.rest = Rest::fail;
  const TaskResult result = Slot(piper).run({"1 2 3 4 5"});
  CHECK(words(result.items) == "6 !p incomplete: the last group has 2 of 3 places");
  CHECK(failure_at(result, 1).inbox.size() == 2);
  CHECK(failure_at(result, 1).function.empty());
  CHECK(words(Slot(piper).run({"1 2 3 4 -"}).items) ==
        "6 !p incomplete: the last group has 2 of 3 places");
  CHECK(words(Slot(piper).run({"1 2 3 -"}).items) == "6 -");
}

// What is written.

TEST_CASE("a result that is not msgpack says at which byte") {
  const Function bad{.call = [](papy_call* call) {
    emit(call, std::string_view("ab"));
    return call->emit(call, "\xc1", 1);
  }};
  CHECK(one(bad, "1") == "!p bad-result: result is not valid msgpack at byte 3");
  const Function cut{.call = [](papy_call* call) { return call->emit(call, "\xa5xy", 3); }};
  CHECK(one(cut, "1") == "!p bad-result: result is not valid msgpack at byte 0");
  const Function nothing{.call = [](papy_call* call) { return call->emit(call, nullptr, 0); }};
  CHECK(one(nothing, "1") == "!p bad-result: gives 0 values, not 1: expected 'produce: any'");
}

TEST_CASE("a cursor that left its room is a failure, and what was there before is not touched") {
  const Function beyond{.call = [](papy_call* call) {
    if (number(call) != 2) return emit(call, number(call));
    call->cur = call->end + (number(call) == 2 ? 1 : 0);
    return papy_status{PAPY_OK};
  }};
  CHECK(one(beyond, "1 2 3") == "1 !p bad-result: wrote beyond the end of its output 3");
  const Function before{.call = [](papy_call* call) {
    if (number(call) != 2) return emit(call, number(call));
    --call->cur;
    return papy_status{PAPY_OK};
  }};
  CHECK(one(before, "1 2 3") == "1 !p bad-result: wrote beyond the end of its output 3");
}

TEST_CASE("a result that is too large is a failure, though the function takes no notice") {
  const Function large{.call = [](papy_call* call) {
    emit(call, std::string(static_cast<std::size_t>(number(call)), 'x'));
    return papy_status{PAPY_OK};
  }};
  Slot slot({Piper("p", {&large})}, 1000);
  CHECK(words(slot.run({"2000"}).items) == "!p bad-result: gives more than 1000 bytes");
  CHECK(words(slot.run({"1"}).items) == "'x'");
}

TEST_CASE("results that fill a batch leave the other tasklets for later") {
  const Function large{.call = [](papy_call* call) {
    return emit(call, std::string(static_cast<std::size_t>(number(call)), 'x'));
  }};
  constexpr std::uint64_t kMost = UINT32_MAX / 2 - 1000;  // so that a batch is full at 1000 bytes
  Slot slot({Piper("p", {&kAddOne}), Piper("q", {&large})}, kMost);
  const TaskResult result = slot.run({"599 600 601 602"});
  CHECK(result.done == 2);
  CHECK(result.items.size() == 2);
  CHECK_FALSE(result.ended);
  CHECK(text(result.stages[1]) == "in 2, out 2");
}

TEST_CASE("emit_owned releases exactly once, whether it fits or not") {
  int released = 0;
  const std::string small = packed("abc"), big = packed(std::string(2000, 'x'));
  const Function owned{.call = [&](papy_call* call) {
    const std::string& value = number(call) == 1 ? small : big;
    return call->emit_owned(
        call, value.data(), value.size(), [](void* n) { ++*static_cast<int*>(n); }, &released);
  }};
  Slot slot({Piper("p", {&owned})}, 1000);
  CHECK(words(slot.run({"1"}).items) == "'abc'");
  CHECK(released == 1);
  CHECK(words(slot.run({"2"}).items) == "!p bad-result: gives more than 1000 bytes");
  CHECK(released == 2);
}

TEST_CASE("grow moves the cursor, and what was written stays") {
  const Function grows{.call = [](papy_call* call) {
    *call->cur++ = 0xdc;  // array 16
    *call->cur++ = 0x27;
    *call->cur++ = 0x10;  // of 10000
    for (int i = 0; i < 10000; ++i) {
      if (call->cur == call->end && call->grow(call, 1) == nullptr) return papy_status{PAPY_FAIL};
      *call->cur++ = static_cast<std::uint8_t>(i % 100);
    }
    return papy_status{PAPY_OK};
  }};
  const TaskResult result = Slot(Piper("p", {&grows})).run({"1 2"});
  REQUIRE(result.items.size() == 2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const Bytes bytes = result.items.item(i).bytes;
    REQUIRE(bytes.size() == 10003);
    CHECK(bytes[0] == 0xdc);
    CHECK(bytes[10002] == 99);
  }
}

TEST_CASE("a function may take back what it wrote in this call, also behind a grow") {
  const Function back{.call = [](papy_call* call) {
    emit(call, std::string(1000, 'x'));
    call->grow(call, 5000);
    call->cur -= 1003;
    return emit(call, number(call));
  }};
  CHECK(one(back, "1 2 3") == "1 2 3");
}

// Groups and numbers.

TEST_CASE("a failure in the first piper of a group travels through the others") {
  const TaskResult result =
      Slot({Piper("a", {&kEven}), Piper("b", {&kAddOne}), Piper("c", {&kSkipOdd})}).run({"1 2 4"});
  CHECK(words(result.items) == "!a error: odd - -");
  CHECK(failure_at(result, 0).hops == 2);
  CHECK(text(result.stages[0]) == "in 3, out 3, failed 1");
  CHECK(text(result.stages[1]) == "in 3, out 3, passed 1");
  CHECK(text(result.stages[2]) == "in 3, out 3, passed 1, skipped 2");
}

TEST_CASE("an END in the middle of a group ends the stream for the pipers behind it too") {
  Piper last("c", {&kCount});
  last.plan.produce.any = true;
  TaskResult result =
      Slot({Piper("a", {&kAddOne}), Piper("b", {&kEndWith3}), last}).run({"0 1 2 3"});
  CHECK(result.ended);
  CHECK(result.done == 3);
  CHECK(words(result.items) == "0 0 1 0 1 2");
  CHECK(result.counts == std::vector<std::uint32_t>{1, 2, 3});
  // A failure behind the END does not take it back.
  result = Slot({Piper("b", {&kEndWith3}), Piper("c", {&kCount})}).run({"1 3 1"});
  CHECK(result.ended);
  CHECK(result.done == 2);
  CHECK(words(result.items) ==
        "0 !c bad-result: gives 3 values, not 1: expected 'produce: 3' or 'produce: any'");
}

TEST_CASE("an END before the first tasklet leaves the other pipers of the group nothing") {
  const TaskResult result = Slot({Piper("a", {&kEndBefore3}), Piper("b", {&kDouble})}).run({"3 4"});
  CHECK(result.ended);
  CHECK(result.done == 0);
  CHECK(result.items.size() == 0);
}

TEST_CASE("the page says whether a function in front of the one at work said END") {
  const SlotPage* page = nullptr;
  std::vector<bool> ended;
  const Function look{.call = [&](papy_call* call) {
    ended.push_back(SlotPage::unpack(page->at).ended);
    return fails(call, PAPY_FAIL, 0, "x");
  }};
  const std::vector<std::vector<Piper>> groups{{Piper("a", {&kEndWith3}), Piper("b", {&look})},
                                               {Piper("p", {&kEndWith3, &look})}};
  for (const std::vector<Piper>& group : groups) {
    Slot slot(group);
    page = &slot.page();
    ended.clear();
    slot.run(slot.task({"1 2 3 4"}), Duration(0));
    CHECK(ended == std::vector<bool>{false, false, true});
  }
}

TEST_CASE("tasklets of a replica are numbered by their step") {
  std::vector<std::uint64_t> seen;
  const Function look{.call = [&](papy_call* call) {
    seen.push_back(call->tasklet);
    return fails(call, PAPY_FAIL, 0, "x");
  }};
  Slot slot(Piper("p", {&look}));
  Task task = slot.task({"1 2 3"}, 5);
  task.step = 4;
  const TaskResult result = slot.run(task);
  CHECK(seen == std::vector<std::uint64_t>{5, 9, 13});
  CHECK(failure_at(result, 2).place == 13);
}

TEST_CASE("a call knows its piper, args, attempt and slot") {
  const Function look{.call = [](papy_call* call) {
    CHECK(std::string(call->piper) == "p");
    CHECK(call->args.size > 0);
    CHECK(call->attempt == 2);
    CHECK(call->slot == 3);
    CHECK(call->deadline_ns == 0);
    CHECK(call->cancelled(call) == 0);
    call->heartbeat(call);
    return emit(call, number(call));
  }};
  CHECK(words(Slot(Piper("p", {&look})).run({"1"}, 0, 2).items) == "1");
}

// Time.

papy_status until_late(papy_call* call) {
  while (call->cancelled(call) == 0) {
  }
  return PAPY_CANCELLED;
}

TEST_CASE("a function that is cancelled because it is late fails as a time-out") {
  const Function slow{.call = until_late, .flags = PAPY_CANCELS};
  Piper piper("p", {&slow});
  piper.plan.timeout = Duration(1);
  const TaskResult result = Slot(piper).run({"1"});
  CHECK(words(result.items) == "!p timeout: took longer than its time-out");
  CHECK(failure_at(result, 0).function == "test.f0");
  piper.plan.retries = {.attempts = 2, .on_timeout = true};
  CHECK(Slot(piper).run({"1"}).retry == std::vector<std::uint32_t>{0});
}

TEST_CASE("a deadline ends a call when it comes before the time-out, and is final") {
  const Function slow{.call = until_late, .flags = PAPY_CANCELS};
  Piper piper("p", {&slow});
  piper.plan.timeout = std::chrono::hours(1);
  piper.plan.deadline = Duration(1);
  piper.plan.retries = {.attempts = 2, .on_timeout = true};
  TaskResult result = Slot(piper).run({"1"});
  CHECK(words(result.items) == "!p deadline: took longer than its deadline of 1ns");
  CHECK(result.retry.empty());
  piper.plan.timeout = Duration(1);
  piper.plan.deadline = std::chrono::hours(1);
  result = Slot(piper).run({"1"});
  CHECK(result.retry == std::vector<std::uint32_t>{0});
  CHECK(failure_at(result, 0).kind == "timeout");
}

TEST_CASE("a later attempt has what is left of the deadline") {
  std::uint64_t left = 0;
  const Function look{.call = [&](papy_call* call) {
    left = call->deadline_ns - monotonic_ns();
    return emit(call, number(call));
  }};
  constexpr std::uint64_t kHour = 3'600'000'000'000;
  Piper piper("p", {&look});
  piper.plan.deadline = std::chrono::hours(20);
  piper.plan.retries = {.attempts = 3};
  Slot slot(piper);
  CHECK(words(slot.run({"1"}).items) == "1");
  CHECK(left > 2 * kHour);
  CHECK(words(slot.run(slot.task({"1"}, 0, 2), std::chrono::hours(18)).items) == "1");
  CHECK(left <= 2 * kHour);
  const TaskResult result = slot.run(slot.task({"1"}, 0, 3), std::chrono::hours(20));
  CHECK(words(result.items) ==
        "!p deadline: the deadline of 20h passed before attempt 3 could begin");
  CHECK(text(result.stages[0]) == "in 1, out 1, failed 1");
}

TEST_CASE("a retry below a deadline tells its age, and the failure that it is without another") {
  const Function odd{.call = [](papy_call* call) { return fails(call, PAPY_ERROR, 7, "odd"); }};
  Piper piper("p", {&odd});
  piper.plan.retries = {.attempts = 3};
  CHECK(Slot(piper).run({"1"}).retry_elapsed.empty());
  piper.plan.deadline = std::chrono::hours(2);
  Slot slot(piper);
  const TaskResult first = slot.run({"1 2"});
  CHECK(first.retry == std::vector<std::uint32_t>{0, 1});
  REQUIRE(first.retry_elapsed.size() == 2);
  CHECK(first.retry_elapsed[0] >= first.retry_elapsed[1]);
  CHECK(first.retry_elapsed[1] >= Duration(0));
  CHECK(words(first.items) == "!p error: odd !p error: odd");
  CHECK(text(first.stages[0]) == "in 2, retried 2");
  const TaskResult later = slot.run(slot.task({"1"}, 0, 2), std::chrono::hours(1));
  REQUIRE(later.retry_elapsed.size() == 1);
  CHECK(later.retry_elapsed[0] >= std::chrono::hours(1));
  piper.plan.produce.any = true;
  CHECK(Slot(piper).run({"1"}).counts == std::vector<std::uint32_t>{1});
}

TEST_CASE("a pool that skips makes a gap of what is late, and of nothing else") {
  const Function slow{.call = [](papy_call* call) {
    return number(call) == 2 ? papy_status{PAPY_FAIL} : until_late(call);
  }};
  Piper piper("p", {&slow});
  piper.plan.timeout = Duration(1);
  piper.skips_late = true;
  const TaskResult result = Slot(piper).run({"1 2"});
  CHECK(words(result.items) == "- !p fail: failed without a message (status -3)");
  CHECK(text(result.stages[0]) == "in 2, out 2, failed 1, skipped 1");
}

TEST_CASE("a call is cancelled when the run is killed") {
  const Function slow{.call = until_late};
  Slot slot(Piper("p", {&slow}));
  slot.cancelled_ = true;
  CHECK(words(slot.run({"1"}).items) == "!p cancelled: failed without a message (status -4)");
}

// Flush.

/// Adds up what comes and says it at the end, then twice that.
struct Adder {
  std::int64_t total = 0;
  Function function{.call =
                        [this](papy_call* call) {
                          total += number(call);
                          return papy_status{PAPY_OK};
                        },
                    .flush =
                        [this](papy_call* call) {
                          emit(call, total);
                          return emit(call, 2 * total);
                        }};
};

Piper at_the_end(std::vector<const Function*> chain) {
  Piper piper("p", std::move(chain));
  piper.plan.produce.any = true;
  piper.plan.serial = piper.plan.has_flush = true;
  return piper;
}

TEST_CASE("what flush emits comes at the end") {
  Adder adder;
  Slot slot(at_the_end({&adder.function}));
  const TaskResult result = slot.run({"1 2 3"});
  CHECK(result.items.size() == 0);
  CHECK(result.counts == std::vector<std::uint32_t>{0, 0, 0});
  const TaskResult end = slot.flush();
  CHECK(words(end.items) == "6 12");
  CHECK(text(end.stages[0]) == "out 2");
}

TEST_CASE("what flush emits goes through the rest of the chain") {
  Adder adder;
  Slot slot(at_the_end({&adder.function, &kAddOne, &kDouble}));
  CHECK(words(slot.run({"1 2"}).items).find("bad-result") != std::string::npos);
  CHECK(words(slot.flush().items) == "8 14");
}

TEST_CASE("each function of a chain flushes in turn, and those behind it take what it gives") {
  Adder first, second;
  first.function.call = kAddOne.call;
  Slot slot(at_the_end({&first.function, &second.function}));
  slot.run({"1 2"});
  first.total = 100;
  CHECK(words(slot.flush().items) == "305 610");
}

TEST_CASE("a flush behind which the chain skips, fails or ends") {
  Adder adder;
  Slot skips(at_the_end({&adder.function, &kSkipOdd}));
  adder.total = 3;
  CHECK(words(skips.flush().items) == "6");

  Slot fails(at_the_end({&adder.function, &kEven}));
  TaskResult result = fails.flush();
  CHECK(words(result.items) == "!p error: odd 6");
  CHECK(failure_at(result, 0).function == "test.f1");
  CHECK(text(result.stages[0]) == "in 1, out 2, failed 1");

  Slot ends(at_the_end({&adder.function, &kEndWith3}));
  result = ends.flush();
  CHECK(words(result.items) == "3");
  CHECK(text(result.stages[0]) == "out 1");
}

TEST_CASE("a flush that fails, or gives what is not msgpack, is a failure") {
  Adder adder;
  adder.function.flush = [](papy_call* call) { return test::fails(call, PAPY_ERROR, 3, "full"); };
  Slot slot(at_the_end({&adder.function}));
  TaskResult result = slot.flush();
  CHECK(words(result.items) == "!p error: full");
  CHECK(failure_at(result, 0).code == 3);
  CHECK(text(result.stages[0]) == "in 1, out 1, failed 1");

  adder.function.flush = [](papy_call* call) { return call->emit(call, "\xc1", 1); };
  CHECK(words(slot.flush().items) == "!p bad-result: result is not valid msgpack");
  Slot chain(at_the_end({&adder.function, &kDouble}));
  CHECK(words(chain.flush().items) == "!p bad-result: result is not valid msgpack");
}

TEST_CASE("a flush that fails is a gap with on_error: skip, and stops the run with stop") {
  Adder adder;
  adder.function.flush = [](papy_call* call) { return test::fails(call, PAPY_ERROR, 3, "full"); };
  Piper piper = at_the_end({&adder.function});
  piper.plan.on_error = OnError::skip;
  TaskResult result = Slot(piper).flush();
  CHECK(result.items.size() == 0);
  CHECK(text(result.stages[0]) == "in 1, skipped 1");
  piper.plan.on_error = OnError::stop;
  result = Slot(piper).flush();
  CHECK(result.stop == "piper 'p' failed at item 0 and says on_error: stop: full");
}

TEST_CASE("a flush that has nothing to say gives nothing") {
  for (const papy_status status : {PAPY_OK, PAPY_SKIP, PAPY_END}) {
    Adder adder;
    adder.function.flush = [&](papy_call*) { return status; };
    const TaskResult result = Slot(at_the_end({&adder.function})).flush();
    CHECK(result.items.size() == 0);
    CHECK_FALSE(result.ended);
    CHECK(text(result.stages[0]).empty());
  }
}

}  // namespace
}  // namespace papy::test
