// The functions of tests/plugins/example.cc, as the engine sees them: built by this compiler, and
// by clang where there is one.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "caller.h"
#include "plugin/host.h"
#include "plugin/library.h"

namespace papy {
namespace {

const std::string kFolder = PAPY_BINARY_DIR "/tests/plugins/";

std::string example() {
#ifdef PAPY_HAS_CLANG
  return kFolder + GENERATE("libexample.so", "libexample_clang.so");
#else
  return kFolder + "libexample.so";
#endif
}

/// The example library with a log that the test reads.
struct Example {
  std::vector<std::string> lines;
  Host host{"test", {[this](int, std::string_view text) { lines.emplace_back(text); }}};
  Libraries libraries{host.raw()};
  const Library* library = *libraries.open(example());

  const papy_worker* worker(const char* name) {
    const auto worker = library->worker(name);
    INFO((worker ? "" : worker.error().text));
    REQUIRE(worker);
    return *worker;
  }
  Caller open(const char* name, const std::string& args = "{}") {
    return Caller(worker(name), args, host.raw());
  }
};

TEST_CASE("a plain function takes a value and gives one") {
  Example example;
  Caller add_one = example.open("add_one");
  CHECK(add_one.call({"41"}) == "42");
  CHECK(add_one.call({"-1"}) == "0");
  CHECK(add_one.call({"9007199254740993"}) == "9007199254740994");
}

TEST_CASE("an input of the wrong type says which and what was expected") {
  Example example;
  CHECK(example.open("add_one").call({R"("x")"}) == "fail 0: input: expected an integer, got text");
  CHECK(example.open("add_one").call({"1.0"}) == "fail 0: input: expected an integer, got a float");
  CHECK(example.open("add_one").call({"18446744073709551615"}) ==
        "fail 0: input: 18446744073709551615 is not within -9223372036854775808 .. "
        "9223372036854775807");
  CHECK(example.open("join").call({R"("a")", "[1]"}) ==
        "fail 0: input 2: expected text, got a list");
}

TEST_CASE("a function of two values takes two inputs or two places, not three") {
  Example example;
  Caller join = example.open("join");
  CHECK(join.call({R"("a")", R"("b")"}) == R"("a+b")");
  CHECK(join.call({R"("a")", R"("b")"}, 2) == R"("a+b")");
  CHECK(join.call({R"("a")"}) == "fail 0: takes 2 values, got 1");
  CHECK(join.call({R"("a")", R"("b")", R"("c")"}) == "fail 0: takes 2 values, got 3");
  CHECK(join.call({R"("a")", R"("b")"}) == R"("a+b")");
}

TEST_CASE("arguments have their defaults unless they are given") {
  Example example;
  CHECK(example.open("scale", R"({"factor":2})").call({"3"}) == "6.25");
  CHECK(example.open("scale", R"({"factor":2.5,"offset":0})").call({"2.0"}) == "5.0");
}

TEST_CASE("arguments that do not fit are refused when the function is opened") {
  Example example;
  const auto refusal = [&](const char* args) { return example.open("scale", args).refusal; };
  CHECK(refusal("{}") == "function 'scale': the argument 'factor' is missing");
  CHECK(refusal(R"({"factor":2,"faktor":3})") == "function 'scale': unknown argument 'faktor'");
  CHECK(refusal(R"({"factor":"2"})") ==
        "function 'scale': argument 'factor': expected a number, got text");
  CHECK(refusal(R"({"factor":2,"digits":10})") ==
        "function 'scale': argument 'digits': must be at most 9");
  CHECK(refusal(R"({"factor":2,"digits":-1})") ==
        "function 'scale': argument 'digits': must be at least 0");
  CHECK(refusal(R"({"factor":2,"digits":3000000000})") ==
        "function 'scale': argument 'digits': 3000000000 is not within -2147483648 .. 2147483647");
  CHECK(refusal(R"({"factor":2,"round":"up"})") ==
        "function 'scale': argument 'round': expected 'nearest' or 'down', got 'up'");
  CHECK(refusal(R"({"factor":2,"tags":["a",1]})") ==
        "function 'scale': argument 'tags'[1]: expected text, got an integer");
  CHECK(refusal(R"([1])") == "function 'scale': args: expected a map, got a list");
  CHECK(example.open("add_one", R"({"x":1})").refusal ==
        "function 'add_one': unknown argument 'x'");
}

TEST_CASE("a struct is a map, and no value is a gap") {
  Example example;
  Caller keep = example.open("keep_long");
  CHECK(keep.call({R"({"name":"r1","sequence":"ACGT","quality":"IIII"})"}) ==
        R"({"name":"r1","sequence":"ACGT","quality":"IIII"})");
  CHECK(keep.call({R"({"other":[1,{"a":2}],"sequence":"ACGT","name":"r1"})"}) ==
        R"({"name":"r1","sequence":"ACGT","quality":null})");
  CHECK(keep.call({R"({"name":"r1","sequence":"AC"})"}) == "skip");
  CHECK(keep.call({R"({"name":"r1"})"}) == "fail 0: input: the field 'sequence' is missing");
  CHECK(keep.call({R"({"name":"r1","sequence":7})"}) ==
        "fail 0: input.sequence: expected text, got an integer");
}

TEST_CASE("a function may emit any number of values") {
  Example example;
  CHECK(example.open("split").call({R"("a bc  d")"}) == R"("a" "bc" "d")");
  CHECK(example.open("split").call({R"("")"}) == "");
  CHECK(example.open("repeat").call({R"({"a":[1.0]})", "2"}) == R"({"a":[1.0]} {"a":[1.0]})");
}

TEST_CASE("an inbox takes all values that are there") {
  Example example;
  CHECK(example.open("how_many").call({"1", "true", "null"}) == "3");
  CHECK(example.open("how_many").call({"1"}, 5) == "1");
}

TEST_CASE("exceptions say what they mean") {
  Example example;
  Caller half = example.open("half");
  CHECK(half.call({"4"}) == "2");
  CHECK(half.call({"-4"}) == "fail 7: is negative");
  CHECK(half.call({"3"}) == "retry 0: is odd");
  half.settings().attempt = 3;
  CHECK(half.call({"3"}) == "1");
  CHECK(example.open("throws").call({R"("runtime_error")"}) == "error 0: on purpose");
  CHECK(example.open("throws").call({R"("int")"}) ==
        "error 0: an exception that is no std::exception was thrown");
  CHECK(example.open("throws").call({R"("skip")"}) == "skip");
  CHECK(example.open("throws").call({R"("end")"}) == "end");
  CHECK(example.open("throws").call({R"("fatal")"}) == "fatal 3: no more");
  CHECK(example.open("throws").call({R"("cancelled")"}) == "cancelled 0: cancelled");
  CHECK(example.open("throws").call({R"("nothing")"}) == R"("nothing")");
}

TEST_CASE("the context is that of the tasklet") {
  Example example;
  Caller where = example.open("where");
  where.settings().tasklet = 41;
  where.settings().slot = 5;
  CHECK(where.call({"null"}) == R"(["piper",41,1,5,false])");
  where.cancelled = true;
  CHECK(where.call({"null"}) == R"(["piper",41,1,5,true])");
  CHECK(where.heartbeats == 2);
  CHECK(where.call_many({"null", "null"}, 1) ==
        std::vector<Said>{R"(["piper",100,1,5,true])", R"(["piper",101,1,5,true])", ""});
}

TEST_CASE("a class with flush() is serial and speaks at the end") {
  Example example;
  CHECK(example.worker("word_count")->flags == PAPY_SERIAL);
  Caller words = example.open("word_count");
  CHECK(words.call({R"("b")"}) == "");
  CHECK(words.call({R"("a")"}) == "");
  CHECK(words.call({R"("b")"}) == "");
  CHECK(words.flush() == R"({"a":1,"b":2})");
}

TEST_CASE("what save() gives makes an equal instance") {
  Example example;
  const papy_worker* worker = example.worker("word_count");
  Caller first = example.open("word_count");
  first.call({R"("a")"});
  worker->save(first.state(), &first.settings());
  const std::string saved = first.raw();
  const papy_value value{saved.data(), saved.size()};
  Caller second = example.open("word_count");
  REQUIRE(worker->load(second.state(), &value) == PAPY_OK);
  second.call({R"("a")"});
  CHECK(second.flush() == R"({"a":2})");
  const papy_value broken{"\x01", 1};
  CHECK(worker->load(second.state(), &broken) == PAPY_FATAL);
}

TEST_CASE("a source emits what is wanted until its end") {
  Example example;
  Caller range = example.open("range", R"({"to":5})");
  CHECK(example.worker("range")->size(range.state()) == 5);
  CHECK(range.call({}) == "0 1 2");
  CHECK(range.call({}) == "end 3 4");
  CHECK(range.call({}) == "end");
  Caller countdown = example.open("countdown");
  CHECK(countdown.call({}) == "5 4 3");
  CHECK(countdown.call({}) == "end 2 1");
}

TEST_CASE("a source goes on behind an item that failed, and the failure has its own place") {
  Example example;
  Caller range = example.open("range", R"({"to":5,"bad":2})");
  CHECK(range.call({}) == "0 1");
  CHECK(range.call({}) == "fail 0: 2 is bad");
  CHECK(range.call({}) == "end 3 4");
}

TEST_CASE("a source goes on where its cursor was, with the failure that it still had to tell") {
  Example example;
  const papy_worker* worker = example.worker("range");
  const auto resumed = [&](Caller& from) {
    const std::string cursor = from.cursor();
    Caller other = example.open("range", R"({"to":5,"bad":2})");
    const std::string text = cursor.substr(1, cursor.size() - 2);
    REQUIRE(worker->seek(other.state(), text.data(), text.size()) == PAPY_OK);
    std::vector<Said> said{cursor};
    do {
      said.push_back(other.call({}));
    } while (said.back().rfind("end", 0) != 0);
    return said;
  };
  Caller range = example.open("range", R"({"to":5,"bad":2})");
  CHECK(resumed(range) == std::vector<Said>{R"("=0")", "0 1", "fail 0: 2 is bad", "end 3 4"});
  range.call({});
  CHECK(resumed(range) ==
        std::vector<Said>{R"("!-3 0 8 2 is bad=3")", "fail 0: 2 is bad", "end 3 4"});
  range.call({});
  CHECK(resumed(range) == std::vector<Said>{R"("=3")", "end 3 4"});
}

TEST_CASE("a cursor that is none is refused") {
  Example example;
  const papy_worker* worker = example.worker("range");
  Caller range = example.open("range", R"({"to":5})");
  const std::string cursors[] = {"", "3", "!", "!-3 0 99 x", "=x", "!-3 0 0 "};
  for (const std::string& text : cursors) {
    INFO(text);
    CHECK(worker->seek(range.state(), text.data(), text.size()) == PAPY_FAIL);
  }
}

TEST_CASE("a sink takes values and is told of the end") {
  Example example;
  Caller sink = example.open("into_log");
  CHECK(sink.call({R"("one")"}) == "");
  CHECK(sink.call({"1"}) == "fail 0: input: expected text, got an integer");
  CHECK(sink.prepare(7) == R"("epoch 7")");
  CHECK(sink.finish(true) == "");
  CHECK(example.lines == std::vector<std::string>{"piper: one", "done"});
}

TEST_CASE("a range is evaluated as its tasklets would be one by one") {
  Example example;
  CHECK(example.open("add_one").call_many({"1", "127", "-33", "70000"}, 1) ==
        std::vector<Said>{"2", "128", "-32", "70001", ""});
  CHECK(example.open("join").call_many({R"("a")", R"("b")", R"("c")", R"("")"}, 2) ==
        std::vector<Said>{R"("a+b")", R"("c+")", ""});
  CHECK(example.open("add_one").call_many({}, 1) == std::vector<Said>{""});
}

TEST_CASE("a range goes on behind a gap and ends at a failure") {
  Example example;
  CHECK(example.open("throws").call_many({R"("a")", R"("skip")", R"("b")", R"("int")", R"("c")"},
                                         1) ==
        std::vector<Said>{R"("a")", "skip", R"("b")",
                          "error 0: an exception that is no std::exception was thrown",
                          "cancelled 0: an exception that is no std::exception was thrown",
                          "0: an exception that is no std::exception was thrown"});
  CHECK(example.open("add_one").call_many({"1", "2"}, 2) ==
        std::vector<Said>{"fail 0: takes 1 value, got 2", "0: takes 1 value, got 2"});
}

TEST_CASE("what a tasklet of a range emitted before it failed is taken back") {
  Example example;
  CHECK(example.open("half_emitted").call_many({"true", "false", "true"}, 1) ==
        std::vector<Said>{"1 2", "error 0: after one", "cancelled 0: after one", "0: after one"});
}

TEST_CASE("views among the arguments live as long as the instance") {
  Example example;
  Caller greet =
      example.open("greet", R"({"greeting":"a long text that needs memory of its own"})");
  CHECK(greet.call({R"("x")"}) == R"("a long text that needs memory of its own x")");
}

TEST_CASE("relative paths among the arguments are relative to the document") {
  Example example;
  CHECK(example.open("paths", R"({"one":"a/b","more":["/c","d","-"]})").call({"null"}) ==
        R"(["/base/a/b","/c","/base/d","-"])");
}

TEST_CASE("many bytes need no copy") {
  Example example;
  Caller zeros = example.open("zeros");
  CHECK(zeros.call({"3"}) == R"({"$base64":"AAAA"})");
  CHECK(zeros.call({"100000"}).size() == 133336 + 14);
}

TEST_CASE("metrics and the scratch directory are the host's") {
  Example example;
  Caller measure = example.open("measure");
  CHECK(measure.call({"2"}) == "true");
  CHECK(measure.call({"3"}) == "true");
  CHECK(example.host.counts() == std::map<std::string, double>{{"example.sum", 5}});
  CHECK(example.host.gauges() == std::map<std::string, double>{{"example.last", 3}});
}

}  // namespace
}  // namespace papy
