#include "pool/message.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "item/batch.h"
#include "item/pack.h"
#include "pool/bundle.h"
#include "pool/opening.h"

namespace papy {
namespace {

std::string frame_of_two() {
  BatchBuilder out;
  out.add({ItemKind::value, bytes_of("\x01")});
  out.add({ItemKind::gap, {}});
  const Batch batch = out.finish();
  return std::string(text_of(batch.frame()));
}

TaskMessage some_task(const std::string& frame) {
  TaskMessage task;
  task.id = 1ull << 40;
  task.number = 7;
  task.group = 3;
  task.first = 1'000'000'007;
  task.n = 2;
  task.step = 4;
  task.attempt = 2;
  task.replica = 1;
  task.last_places = 1;
  task.singly = true;
  task.elapsed_ns = 12345678901;
  task.state = bytes_of("state");
  task.inputs = {
      {WireItems{bytes_of(frame), 0, 2}},
      {WireItems{SharedBytes{2, 1ull << 33, 99}, 5, 6}, WireItems{bytes_of(frame), 1, 2}}};
  task.room = {{1, 4096, 1 << 20}};
  return task;
}

ResultMessage some_result(const std::string& frame) {
  ResultMessage result;
  result.id = 42;
  result.done = 3;
  result.items = WireItems{bytes_of(frame), 0, 2};
  result.counts = {0, 1, 1};
  result.retry = {1};
  result.retry_elapsed_ns = {77};
  result.ended = true;
  result.stop = "piper 'a': enough";
  StageCount count;
  count.in = 3;
  count.out = 2;
  count.failed = 1;
  count.busy = Duration(500);
  result.stages = {count, StageCount{}};
  result.elapsed_ns = 900;
  result.state = bytes_of("new state");
  result.tired = true;
  return result;
}

template <typename Message>
std::vector<std::string> one_of_each();

template <>
std::vector<std::string> one_of_each<ToSlot>() {
  const std::string frame = frame_of_two();
  return {encode(ToSlot(WelcomeMessage{0, 3, "cpu", "/data", 1 << 30, -1, 1 << 20})),
          encode(ToSlot(RefusedMessage{"protocol 2, not 1"})),
          encode(ToSlot(OpenMessage{1, std::string(1, '\x80')})), encode(ToSlot(some_task(frame))),
          encode(ToSlot(CloseMessage{}))};
}

template <>
std::vector<std::string> one_of_each<FromSlot>() {
  const std::string frame = frame_of_two();
  return {encode(FromSlot(HelloMessage{kProtocolMajor, 0, "papy 0.1.0", 4711})),
          encode(FromSlot(OpenedMessage{2})),
          encode(FromSlot(StartedMessage{9, 1})),
          encode(FromSlot(some_result(frame))),
          encode(FromSlot(ReturnedMessage{9})),
          encode(FromSlot(ErrorMessage{"cannot open"})),
          encode(FromSlot(ByeMessage{}))};
}

TEST_CASE("a task arrives as it was sent") {
  const std::string frame = frame_of_two();
  const std::string sent = encode(ToSlot(some_task(frame)));
  const auto received = decode_to_slot(bytes_of(sent));
  REQUIRE(received);
  const auto& task = std::get<TaskMessage>(*received);
  const TaskMessage wanted = some_task(frame);
  CHECK(task.id == wanted.id);
  CHECK(task.number == 7);
  CHECK(task.group == 3);
  CHECK(task.kind == Task::Kind::evaluate);
  CHECK(task.first == wanted.first);
  CHECK(task.n == 2);
  CHECK(task.step == 4);
  CHECK(task.attempt == 2);
  CHECK(task.replica == 1);
  CHECK(task.last_places == 1);
  CHECK(task.singly);
  CHECK(task.elapsed_ns == 12345678901u);
  REQUIRE(task.state);
  CHECK(text_of(*task.state) == "state");
  REQUIRE(task.inputs.size() == 2);
  const auto& inside = task.inputs[0].at(0);
  CHECK(text_of(std::get<Bytes>(inside.frame)) == frame);
  CHECK(inside.to == 2);
  CHECK(std::get<SharedBytes>(task.inputs[1].at(0).frame) == SharedBytes{2, 1ull << 33, 99});
  CHECK(task.inputs[1].at(0).from == 5);
  CHECK(task.room == wanted.room);
}

TEST_CASE("a result arrives as it was sent") {
  const std::string sent = encode(FromSlot(some_result(frame_of_two())));
  const auto received = decode_from_slot(bytes_of(sent));
  REQUIRE(received);
  const auto& result = std::get<ResultMessage>(*received);
  CHECK(result.id == 42);
  CHECK(result.done == 3);
  REQUIRE(result.items);
  CHECK(text_of(std::get<Bytes>(result.items->frame)) == frame_of_two());
  CHECK(result.counts == std::vector<std::uint32_t>{0, 1, 1});
  CHECK(result.retry == std::vector<std::uint32_t>{1});
  CHECK(result.retry_elapsed_ns == std::vector<std::uint64_t>{77});
  CHECK(result.ended);
  CHECK(result.stop == "piper 'a': enough");
  REQUIRE(result.stages.size() == 2);
  CHECK(result.stages[0].failed == 1);
  CHECK(result.stages[0].busy == Duration(500));
  CHECK(result.elapsed_ns == 900);
  CHECK(text_of(*result.state) == "new state");
  CHECK(result.tired);
}

TEST_CASE("every type of message survives the way") {
  for (const std::string& bytes : one_of_each<ToSlot>()) CHECK(decode_to_slot(bytes_of(bytes)));
  for (const std::string& bytes : one_of_each<FromSlot>()) CHECK(decode_from_slot(bytes_of(bytes)));
}

TEST_CASE("a hello of another protocol can be read, anything else of it not") {
  std::string hello = encode(FromSlot(HelloMessage{9, 1, "papy 9", 1}));
  const auto read = decode_from_slot(bytes_of(hello));
  REQUIRE(read);
  CHECK(std::get<HelloMessage>(*read).major == 9);
  std::string bye = encode(FromSlot(ByeMessage{}));
  bye[0] = 9;
  const auto refused = decode_from_slot(bytes_of(bye));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "a message of protocol 9, not 1");
}

TEST_CASE("fields that a newer minor version added are passed over") {
  std::string hello;
  hello.push_back(static_cast<char>(kProtocolMajor));
  hello.push_back(1);
  Packer out(hello);
  out.array(6);
  out.natural(5);
  out.text("papy 1.5");
  out.natural(12);
  out.boolean(false);
  out.boolean(true);
  out.text("new");
  const auto read = decode_from_slot(bytes_of(hello));
  REQUIRE(read);
  CHECK(std::get<HelloMessage>(*read).minor == 5);
  CHECK(std::get<HelloMessage>(*read).shared);
}

TEST_CASE("messages that are cut short, changed or made of anything are errors, never worse") {
  std::mt19937 random(7);
  const auto both = [](const std::string& bytes) {
    // Exactly as long as the message, so that a sanitizer sees a byte too much.
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    (void)decode_to_slot(exact);
    (void)decode_from_slot(exact);
  };
  std::vector<std::string> corpus = one_of_each<ToSlot>();
  for (std::string& more : one_of_each<FromSlot>()) corpus.push_back(std::move(more));
  for (const std::string& whole : corpus) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const std::string part = whole.substr(0, n);
      CHECK_FALSE(decode_to_slot(bytes_of(part)));
      CHECK_FALSE(decode_from_slot(bytes_of(part)));
    }
    for (int round = 0; round < 3000; ++round) {
      std::string changed = whole;
      for (int i = 0; i < 3; ++i) changed[random() % changed.size()] = static_cast<char>(random());
      both(changed);
    }
  }
  // An array that says it has 4 billion elements, in a few bytes.
  std::string bomb{'\x01', '\x05', '\xdd', '\xff', '\xff', '\xff', '\xff'};
  CHECK_FALSE(decode_to_slot(bytes_of(bomb)));
}

TEST_CASE("messages that wait for each other arrive as they would have come alone") {
  Bundle bundle;
  CHECK(bundle.empty());
  const std::vector<std::string> messages = one_of_each<FromSlot>();
  bundle.add(messages[0]);
  CHECK(bundle.take() == messages[0]);  // one needs no wrapping
  CHECK(bundle.empty());
  for (const std::string& message : messages) bundle.add(message);
  const std::string frame = bundle.take();
  CHECK(bundle.empty());
  std::vector<std::string> arrived;
  for (const Bytes bytes : messages_in(bytes_of(frame))) arrived.emplace_back(text_of(bytes));
  CHECK(arrived == messages);
  CHECK(messages_in(bytes_of(messages[3])).size() == 1);
  CHECK_FALSE(decode_from_slot(bytes_of(frame)));  // a bundle in a bundle is no message
}

TEST_CASE("a bundle is full by bytes or by messages, and empty again when it was sent or dropped") {
  Bundle bundle;
  const std::string small = encode(FromSlot(ByeMessage{}));
  int messages = 0;
  for (; !bundle.is_full(); ++messages) bundle.add(small);
  CHECK(messages == 256);
  bundle.take();
  CHECK_FALSE(bundle.is_full());
  bundle.add(std::string(64 << 10, 'x'));
  CHECK(bundle.is_full());
  bundle.clear();
  CHECK(bundle.empty());
  CHECK_FALSE(bundle.is_full());
}

TEST_CASE("what is no valid bundle is one message, which then is none") {
  Bundle bundle;
  for (const std::string& message : one_of_each<FromSlot>()) bundle.add(message);
  const std::string whole = bundle.take();
  const auto messages = [](const std::string& bytes) {
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    const std::vector<Bytes> found = messages_in(exact);
    for (const Bytes one : found) (void)decode_from_slot(one);
    return found.size();
  };
  CHECK(messages(whole) == 7);
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK(messages(whole.substr(0, n)) == 1);
  CHECK(messages(whole + "x") == 1);
  CHECK(messages(std::string("\x01\x0d\x90", 3)) == 0);
  CHECK(messages(std::string("\x01\x0d\x91\x01", 4)) == 1);  // of a number
  CHECK(messages(std::string("\x01\x0d\xdd\xff\xff\xff\xff", 7)) == 1);
  std::mt19937 random(11);
  for (int round = 0; round < 5000; ++round) {
    std::string changed = whole;
    for (int i = 0; i < 3; ++i) changed[random() % changed.size()] = static_cast<char>(random());
    CHECK(messages(changed) < changed.size());
  }
}

TEST_CASE("what a slot must open arrives as the plan has it") {
  Plan plan;
  plan.pools.push_back({.name = "cpu", .skip = true});
  PlanPiper piper;
  piper.name = "trim";
  FunctionUse use;
  use.plugin = "fastx";
  use.library = "/lib/libfastx.so";
  use.function = "trim";
  use.args = std::string("\x81\xa1k\x0b");
  use.flags = 5;
  use.has_flush = true;
  piper.worker = {use, {}};
  piper.worker[1].args.clear();
  piper.from = {4, 2, 9};
  piper.join = Join::first;
  piper.consume = 6;
  piper.rest = Rest::fail;
  piper.produce = {false, 3, true};
  piper.spawn = 2;
  piper.serial = true;
  piper.has_flush = true;
  piper.retries = {4, false, true, Duration(5)};
  piper.on_error = OnError::stop;
  piper.timeout = std::chrono::seconds(2);
  PlanPiper any;
  any.name = "split";
  any.worker = {use};
  any.from = {1};
  any.produce.any = true;
  any.on_error = OnError::skip;
  any.rest = Rest::drop;
  any.deadline = std::chrono::seconds(9);
  plan.pipers = {piper, any};
  const std::string sent = encode(opening_of(plan, Group{{0, 1}}));
  const auto opening = decode_opening(bytes_of(sent));
  REQUIRE(opening);
  CHECK(opening->skips_late);
  REQUIRE(opening->pipers.size() == 2);
  const PlanPiper& first = opening->pipers[0];
  CHECK(first.name == "trim");
  REQUIRE(first.worker.size() == 2);
  CHECK(first.worker[0] == use);
  CHECK(first.worker[1].args == "\x80");
  CHECK(first.from.size() == 3);
  CHECK(first.join == Join::first);
  CHECK(first.consume == 6);
  CHECK(first.rest == Rest::fail);
  CHECK(first.produce == Produce{false, 3, true});
  CHECK(first.spawn == 2);
  CHECK(first.serial);
  CHECK(first.has_flush);
  CHECK(first.retries.attempts == 4);
  CHECK_FALSE(first.retries.on_error);
  CHECK(first.retries.on_timeout);
  CHECK(first.on_error == OnError::stop);
  CHECK(first.timeout == Duration(std::chrono::seconds(2)));
  CHECK_FALSE(first.deadline);
  const PlanPiper& second = opening->pipers[1];
  CHECK(second.produce.any);
  CHECK(second.on_error == OnError::skip);
  CHECK(second.rest == Rest::drop);
  CHECK(second.deadline == Duration(std::chrono::seconds(9)));

  std::mt19937 random(11);
  for (int round = 0; round < 5000; ++round) {
    std::string changed = sent;
    for (int i = 0; i < 2; ++i) changed[random() % changed.size()] = static_cast<char>(random());
    (void)decode_opening(bytes_of(changed));
  }
  CHECK_FALSE(decode_opening(bytes_of("")));
  CHECK_FALSE(decode_opening(bytes_of("\x80")));
}

}  // namespace
}  // namespace papy
