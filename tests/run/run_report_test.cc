#include "run/run_report.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "scene.h"

namespace papy {
namespace {

using namespace std::chrono_literals;

/// A file that stands in for a terminal, or for an event log.
class Paper {
 public:
  Paper() {
    path_ = (std::filesystem::temp_directory_path() / "papy-paper-XXXXXX").string();
    fd_ = mkstemp(path_.data());
    REQUIRE(fd_ >= 0);
  }
  ~Paper() {
    close(fd_);
    unlink(path_.c_str());
  }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }
  std::string text() const {
    std::ifstream in(path_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string path_;
  int fd_ = -1;
};

Snapshot at(Duration elapsed, std::uint64_t items) {
  Snapshot now = scene().account.end;
  now.elapsed = elapsed;
  now.inputs = {{items, false, std::nullopt}, {0, true, std::nullopt}};
  return now;
}

const Failure kFailure{
    .piper = "trim", .function = "fastx.trim", .kind = "error", .code = 7, .message = "no"};

TEST_CASE("a message stands above the line that is redrawn, and the line goes at the end") {
  const Scene s = scene();
  Paper paper;
  {
    Screen screen(paper.fd(), true);
    screen.status("12%");
    screen.message("warning: one\ntwo");
    screen.status("12%");
    screen.status("13%");
  }
  CHECK(paper.text() == "\r\x1b[K12%\r\x1b[Kwarning: one\ntwo\n12%\r\x1b[K13%\r\x1b[K");
}

TEST_CASE("where a line cannot be redrawn there is no status, and messages are plain") {
  Paper paper;
  {
    Screen screen(paper.fd(), false);
    screen.status("12%");
    screen.message("one\n");
    screen.message("");
  }
  CHECK(paper.text() == "one\n");
}

TEST_CASE("progress is a line every five seconds where it cannot be redrawn") {
  const Scene s = scene();
  Paper paper;
  Screen screen(paper.fd(), false);
  RunReport report(s.plan, screen, Telling::lines, nullptr, "r1", "/nowhere/failed.jsonl");
  for (int half = 1; half <= 21; ++half) report.on_progress(at(half * 500ms, 100));
  CHECK(paper.text() ==
        "5.00 s: read 100 (20/s)  written 1.0k  trim 1.0k  pair 1.0k  store 1.0k\n"
        "10.0 s: read 100 (10/s)  written 1.0k  trim 1.0k  pair 1.0k  store 1.0k\n");
}

TEST_CASE("a redrawn line is one column narrower than the screen") {
  const Scene s = scene();
  Paper paper;
  Screen screen(paper.fd(), true);
  RunReport report(s.plan, screen, Telling::redraw, nullptr, "r1", "/nowhere/failed.jsonl");
  report.on_progress(at(1s, 100));
  report.on_warning("slow");
  CHECK(paper.text() ==
        "\r\x1b[Kread 100 (100/s)  written 1.0k  trim 1.0k  pair 1.0k  store 1.0k"
        "\r\x1b[Kwarning: slow\nread 100 (100/s)  written 1.0k  trim 1.0k  pair 1.0k  store 1.0k");
}

TEST_CASE("told nothing, the screen stays empty") {
  const Scene s = scene();
  Paper paper;
  Screen screen(paper.fd(), false);
  RunReport report(s.plan, screen, Telling::nothing, nullptr, "r1", "/dev/null/failed.jsonl");
  report.on_warning("slow");
  report.on_failure(0, 3, kFailure);
  report.on_progress(at(60s, 100));
  Account account = s.account;
  report.finish(account);
  CHECK(paper.text().empty());
  CHECK(account.dead_letters.empty());
  CHECK(account.dead_letters_lost == 1);
}

TEST_CASE("a failure is tallied and kept, and the account says where") {
  const Scene s = scene();
  Paper paper, letters;
  Screen screen(paper.fd(), false);
  RunReport report(s.plan, screen, Telling::warnings, nullptr, "r1", letters.path());
  report.on_failure(0, 3, kFailure);
  Account account = s.account;
  report.finish(account);
  CHECK(account.run == "r1");
  CHECK(account.failures ==
        std::vector<FailureGroup>{{"trim", "fastx.trim", "error", 7, 1, 0, 3, "no"}});
  CHECK(account.dead_letters == letters.path());
  CHECK(letters.text() ==
        R"({"run":"r1","output":"table","place":3,"failure":{"piper":"trim",)"
        R"("function":"fastx.trim","kind":"error","code":7,"message":"no","place":0,)"
        R"("attempts":1,"hops":0,"inbox":[]}})"
        "\n");
}

TEST_CASE("a file that cannot be written is a warning, once") {
  const Scene s = scene();
  Paper paper;
  Screen screen(paper.fd(), false);
  auto events = *EventLog::create("/dev/full", s.plan, [] { return 1s; });
  RunReport report(s.plan, screen, Telling::warnings, events.get(), "r1", "/dev/full");
  report.on_failure(0, 3, kFailure);
  report.on_progress(at(1s, 100));
  report.on_progress(at(2s, 100));
  Account account = s.account;
  report.finish(account);
  CHECK(paper.text() ==
        "warning: cannot write '/dev/full': No space left on device: events are not written any "
        "more\n"
        "warning: cannot write '/dev/full': No space left on device: failed items are not kept any "
        "more\n");
}

TEST_CASE("the event log tells the whole run, a line each") {
  const Scene s = scene();
  Paper log;
  Duration now{0};
  {
    auto events = *EventLog::create(log.path(), s.plan, [&] { return now; });
    events->run({"r1", "2026-11-21T05:57:30.123Z", "0.1.0"});
    events->plan();
    now = 1500ms;
    events->batch({.pool = 0,
                   .group = 1,
                   .slot = 1,
                   .first = 64,
                   .tasklets = 32,
                   .began = 1s,
                   .elapsed = 2ms});
    events->failure(0, 3, kFailure);
    events->warning("slow");
    Snapshot snapshot = s.account.end;
    snapshot.inputs[1].ended = false;
    events->progress(snapshot);
    events->end(s.account);
  }
  std::string text = log.text();
  const std::string pid = "\"pid\":" + std::to_string(getpid());
  text.replace(text.find(pid), pid.size(), "\"pid\":1");
  CHECK(
      text ==
      R"({"event":"run","t":0.000000,"time":"2026-11-21T05:57:30.123Z","run":"r1","papy":"0.1.0","workflow":"reads","file":"reads.yaml","pid":1}
{"event":"plan","t":0.000000,"pools":[{"name":"cpu","type":"thread","slots":2,"ordered":true},{"name":"disk","type":"thread","slots":4,"ordered":false}],"inputs":[{"name":"left","function":"fastx.read"},{"name":"right","function":"fastx.read"}],"pipers":[{"name":"trim","functions":["fastx.trim"],"from":["left"],"pool":"cpu"},{"name":"pair","functions":["fastx.pair","fastx.measure"],"from":["trim","right"],"pool":"cpu"},{"name":"store","functions":["db.put"],"from":["pair"],"pool":"disk"}],"outputs":[{"name":"table","function":"io.write_jsonl","from":"store"}],"groups":[["trim"],["pair"],["store"]]}
{"event":"batch","t":1.500000,"pool":"cpu","slot":1,"group":1,"first":64,"tasklets":32,"attempt":1,"began_s":1.000000,"elapsed_s":0.002000}
{"event":"failure","t":1.500000,"output":"table","place":3,"failure":{"piper":"trim","function":"fastx.trim","kind":"error","code":7,"message":"no","place":0,"attempts":1,"hops":0,"inbox":[]}}
{"event":"warning","t":1.500000,"text":"slow"}
{"event":"input","t":2.000000,"name":"left","items":1000,"ended":true,"size":1000}
{"event":"input","t":2.000000,"name":"right","items":1000,"ended":false}
{"event":"piper","t":2.000000,"name":"trim","in":1000,"out":1000,"failed":0,"passed":0,"skipped":0,"retried":0,"busy_s":3.000000,"waited_s":0.010000}
{"event":"piper","t":2.000000,"name":"pair","in":1000,"out":1000,"failed":0,"passed":0,"skipped":0,"retried":0,"busy_s":0.800000,"waited_s":0.000000}
{"event":"piper","t":2.000000,"name":"store","in":1000,"out":1000,"failed":0,"passed":0,"skipped":0,"retried":0,"busy_s":0.200000,"waited_s":1.000000}
{"event":"output","t":2.000000,"name":"table","written":1000,"failed":0,"gaps":0}
{"event":"input","t":2.000000,"name":"right","items":1000,"ended":true}
{"event":"end","t":2.000000,"ending":"finished","reason":"","exit_code":0,"elapsed_s":2.000000,"failures":[],"outputs":[{"name":"table","length":1000,"length_known":true,"written":1000,"failed":0,"gaps":0,"not_done":0}],"edges":[{"from":"left","to":"trim","consumed":1000,"dropped":0,"unmatched":0,"not_done":0,"length":1000},{"from":"trim","to":"pair","consumed":1000,"dropped":0,"unmatched":0,"not_done":0,"length":1000},{"from":"right","to":"pair","consumed":1000,"dropped":0,"unmatched":0,"not_done":0,"length":1000},{"from":"pair","to":"store","consumed":1000,"dropped":0,"unmatched":0,"not_done":0,"length":1000},{"from":"store","to":"table","consumed":1000,"dropped":0,"unmatched":0,"not_done":0,"length":1000}]}
)");
}

}  // namespace
}  // namespace papy
