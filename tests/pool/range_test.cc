// call_many is as good as call: the same items, failures and figures, whatever it says.

#include <catch2/catch.hpp>
#include <random>

#include "slot.h"

namespace papy::test {
namespace {

/// One function in both forms. What it says to a value depends on the value alone.
struct Twins {
  papy_status bad = PAPY_OK;  // what call_many says of the whole range
  std::size_t wrong_end = 0;  // added to the end of tasklet `wrong_at`
  std::uint64_t wrong_at = 0;
  std::uint64_t at_once = 0;  // tasklets that call_many saw
  std::uint64_t most = 0;     // and the most of them in one call

  static papy_status say(papy_call* call, const papy_value& value) {
    const std::int64_t n = number(value);
    switch (n % 16) {
      case 1:
        return PAPY_SKIP;
      case 2:
        return fails(call, PAPY_ERROR, 4, "two");
      case 3:
        return fails(call, PAPY_RETRY, 5, "three");
      case 4:
        emit(call, n);
        return fails(call, PAPY_FAIL, 6, "four, behind a value");
      case 5:
        emit(call, n);
        return emit(call, n + 1);
      case 6:
        return PAPY_OK;  // nothing
      case 7:
        return call->emit(call, "\xc1", 1);
      case 8:
        emit(call, n);
        return PAPY_SKIP;
      default:
        return emit(call, n);
    }
  }

  std::atomic<bool> never{false};

  Function one{.call = [](papy_call* call) { return say(call, call->inputs[0]); }};
  Function many{.call = one.call, .call_many = [this](papy_call* call, papy_range* range) {
                  std::size_t written = 0;
                  most = std::max<std::uint64_t>(most, range->n);
                  for (std::size_t t = 0; t < range->n; ++t) {
                    ++at_once;
                    BatchBuilder probe;
                    PluginCall one_call(nullptr, &never, 1 << 20);
                    one_call.bind(&probe);
                    const papy_status status = say(one_call.raw(), range->inputs[t * range->per]);
                    one_call.unbind();
                    range->status[t] = status;
                    if (status >= 0) {
                      const std::size_t size =
                          static_cast<std::size_t>(probe.cursor() - probe.item_begin());
                      call->emit(call, probe.item_begin(), size);
                      written += size;
                    }
                    range->ends[t] = written;
                    if (range->first + t == wrong_at) range->ends[t] += wrong_end;
                    if (status < 0) {
                      const std::string text = one_call.text(status);
                      call->error(call, one_call.code(), text.data(), text.size());
                      for (std::size_t u = t + 1; u < range->n; ++u) {
                        range->status[u] = PAPY_CANCELLED;
                        range->ends[u] = written;
                      }
                      break;
                    }
                  }
                  return bad;
                }};
};

std::string random_words(std::mt19937_64& random, int likely) {
  std::string all;
  for (std::uint64_t i = random() % 40 + 1; i > 0; --i) {
    // Mostly numbers that go well.
    const std::uint64_t n = random() % 100 < static_cast<std::uint64_t>(likely)
                                ? 16 * (random() % 1000) + 9
                                : random() % 16000;
    all += std::to_string(n) + " ";
  }
  return all;
}

void check_equal(const Piper& one, const Piper& many, const std::string& inbox) {
  const TaskResult expected = Slot(one).run({inbox}, 100);
  const TaskResult result = Slot(many).run({inbox}, 100);
  INFO(inbox);
  CHECK(words(result.items) == words(expected.items));
  REQUIRE(result.items.frame().size() == expected.items.frame().size());
  CHECK(text_of(result.items.frame()) == text_of(expected.items.frame()));
  CHECK(result.counts == expected.counts);
  CHECK(result.done == expected.done);
  CHECK(result.ended == expected.ended);
  CHECK(text(result.stages[0]) == text(expected.stages[0]));
}

const Produce kProduces[] = {{}, {.n = 2}, {.any = true}};

TEST_CASE("call_many comes to the same as call") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300; ++i) {
    Twins twins;
    Piper one("p", {&twins.one}), many("p", {&twins.many});
    one.plan.produce = many.plan.produce = kProduces[i % 3];
    one.plan.on_error = many.plan.on_error = i % 2 == 0 ? OnError::fail : OnError::skip;
    check_equal(one, many, random_words(random, i % 4 == 0 ? 0 : 90));
    CHECK(twins.at_once > 0);
  }
}

TEST_CASE("a call_many whose ends are wrong is not believed") {
  std::mt19937_64 random(2);
  for (const std::size_t wrong : {std::size_t{1}, std::size_t{1000}, SIZE_MAX, SIZE_MAX / 2 + 1}) {
    for (int i = 0; i < 60; ++i) {
      Twins twins;
      twins.wrong_end = wrong;
      twins.wrong_at = 100 + random() % 20;
      Piper one("p", {&twins.one}), many("p", {&twins.many});
      one.plan.produce = many.plan.produce = kProduces[i % 3];
      check_equal(one, many, random_words(random, 95));
    }
  }
}

TEST_CASE("a call_many that fails as a whole leaves its tasklets to call") {
  std::mt19937_64 random(3);
  for (const papy_status bad : {PAPY_ERROR, PAPY_FAIL, PAPY_RETRY, PAPY_SKIP, PAPY_END}) {
    Twins twins;
    twins.bad = bad;
    check_equal(Piper("p", {&twins.one}), Piper("p", {&twins.many}), random_words(random, 80));
  }
}

TEST_CASE("a call_many that says FATAL stops the run, and call is not called") {
  int calls = 0;
  const Function broken{
      .call =
          [&](papy_call*) {
            ++calls;
            return papy_status{PAPY_OK};
          },
      .call_many = [](papy_call* call,
                      papy_range*) { return fails(call, PAPY_FATAL, 0, "the device is gone"); }};
  const TaskResult result = Slot(Piper("p", {&broken})).run({"1 2 3"});
  CHECK(result.stop == "piper 'p': test.f0: the device is gone");
  CHECK(words(result.items) == "!p fatal: the device is gone");
  CHECK(result.done == 1);
  CHECK(calls == 0);
}

TEST_CASE("call_many is not used where one tasklet must be known from another") {
  Twins twins;
  Piper piper("p", {&twins.many});
  const auto seen_of = [&](void (*change)(Task*)) {
    Slot slot(piper);
    Task task = slot.task({"9 25"});
    change(&task);
    twins.at_once = 0;
    CHECK(words(slot.run(task).items) == "9 25");
    return twins.at_once;
  };
  CHECK(seen_of([](Task*) {}) == 2);
  CHECK(seen_of([](Task* task) { task->singly = true; }) == 0);
  CHECK(seen_of([](Task* task) { task->alone = true; }) == 0);
  piper.plan.deadline = std::chrono::hours(1);
  CHECK(seen_of([](Task*) {}) == 0);
}

TEST_CASE("call_many gets no more tasklets at once than the slot's share of the stride") {
  Twins twins;
  Piper piper("p", {&twins.many});
  const auto most_at_once = [&](std::uint32_t share) {
    piper.share = share;
    twins.most = 0;
    CHECK(words(Slot(piper).run({"9 25 41 57 73"}).items) == "9 25 41 57 73");
    return twins.most;
  };
  CHECK(most_at_once(6) == 5);
  CHECK(most_at_once(3) == 3);
  CHECK(most_at_once(2) == 2);
  CHECK(most_at_once(1) == 0);  // call() alone
}

TEST_CASE("call_many sees whole groups of all inputs, and never a rest or a failure") {
  std::vector<std::uint64_t> seen;
  const Function sums{.call = [](papy_call* call) { return emit(call, sum(call)); },
                      .call_many =
                          [&](papy_call* call, papy_range* range) {
                            seen.insert(seen.end(), {range->first, range->n, range->per,
                                                     call->width, call->places, call->consume});
                            std::size_t written = 0;
                            for (std::size_t t = 0; t < range->n; ++t) {
                              std::int64_t total = 0;
                              for (std::size_t i = 0; i < range->per; ++i)
                                total += number(range->inputs[t * range->per + i]);
                              const std::string bytes = packed(total);
                              call->emit(call, bytes.data(), bytes.size());
                              range->ends[t] = written += bytes.size();
                            }
                            return papy_status{PAPY_OK};
                          }};
  Piper piper("p", {&sums});
  piper.plan.consume = 2;
  Slot slot(piper);
  CHECK(words(slot.run({"1 2 3 4", "10 20 30 40"}, 7).items) == "33 77");
  CHECK(seen == std::vector<std::uint64_t>{7, 2, 4, 2, 2, 2});
  CHECK(words(slot.run({"1 2 3", "10 20 30"}).items) == "33 33");
  CHECK(words(slot.run({"1 !x 3 4", "1 2 3 4"}).items) == "!before error: x 14");
  CHECK(seen.size() == 6);
}

}  // namespace
}  // namespace papy::test
