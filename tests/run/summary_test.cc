#include "run/summary.h"

#include <catch2/catch.hpp>

#include "run/bottleneck.h"
#include "scene.h"

namespace papy {
namespace {

using namespace std::chrono_literals;

TEST_CASE("the summary of a run in which all went well") {
  const Scene s = scene();
  CHECK(summary(s.plan, s.account) ==
        R"(reads: finished in 2.00 s (run 20261121-055730.123-3f9c1a)

input  read
left   1000
right  1000

piper    in   out  failed  skipped     each  share   waited
trim   1000  1000       0        0  3.00 ms    75%  10.0 us
pair   1000  1000       0        0   800 us    20%        -
store  1000  1000       0        0   200 us     5%  1.00 ms
bottleneck: piper 'trim'; its pool 'cpu' was busy for 95% of the time

output  length  written  failed  gaps  not done
table     1000     1000       0     0         0
)");
}

TEST_CASE("the summary tells failures by sort, with an example and where they are kept") {
  Scene s = scene();
  s.account.end.pipers[0].failed = 3;
  s.account.end.pipers[1].passed = 3;
  s.account.end.pipers[1].retried = 2;
  s.account.end.pipers[2].passed = 3;
  s.account.end.outputs = {{997, 3, 0}};
  s.account.failures = {{"trim", "fastx.trim", "error", 7, 2, 0, 17, "no quality"},
                        {"left", "", "crash", 0, 1, 0, 40, "killed by signal 11"}};
  s.account.other_failures = 5;
  s.account.dead_letters = ".papy/runs/x/failed.jsonl";
  s.account.dead_letters_lost = 1;
  CHECK(summary(s.plan, s.account) ==
        R"(reads: finished in 2.00 s (run 20261121-055730.123-3f9c1a)

input  read
left   1000
right  1000

piper    in   out  failed  skipped  passed on  retried     each  share   waited
trim   1000  1000       3        0          0        0  3.00 ms    75%  10.0 us
pair   1000  1000       0        0          3        2   802 us    20%        -
store  1000  1000       0        0          3        0   201 us     5%  1.00 ms
bottleneck: piper 'trim'; its pool 'cpu' was busy for 95% of the time

output  length  written  failed  gaps  not done
table     1000      997       3     0         0

failed: 2 items at 'trim' (fastx.trim, error 7): no quality, first at place 17 of 'table'
failed: 1 item at 'left' (crash): killed by signal 11, first at place 40 of 'table'
failed: 5 items of other sorts
the failed items are in .papy/runs/x/failed.jsonl
1 failed item could not be kept: see the warning above
)");
}

TEST_CASE("the summary of a run that stopped says what was not done and what was left over") {
  Scene s = scene();
  s.plan.name = "";
  s.account.ending = Ending::policy;
  s.account.reason = "4 items failed, run.max_failures allows 3";
  s.account.end.elapsed = 100us;
  s.account.provisional = {{"table", "/data/table.jsonl.part"}};
  s.account.end.pipers = {{}, {}, {}};
  s.account.end.outputs = {{10, 4, 1}};
  s.account.edges[1] = {"trim", "pair", 1000, 996, 4, 0, 0};
  s.account.edges[2] = {"right", "pair", std::nullopt, 15, 0, 5, 0};
  s.account.edges[4] = {"store", "table", std::nullopt, 20, 0, 0, 7};
  CHECK(
      summary(s.plan, s.account) ==
      R"(reads.yaml: stopped after 100 us: 4 items failed, run.max_failures allows 3 (run 20261121-055730.123-3f9c1a)

input  read
left   1000
right  1000

piper  in  out  failed  skipped  each  share  waited
trim    0    0       0        0     -      -       -
pair    0    0       0        0     -      -       -
store   0    0       0        0     -      -       -
bottleneck: none, nothing took any time

output  length  written  failed  gaps  not done
table     1000       10       4     1       985

left out: 4 items of 'trim', too few for a last group of 'pair'
left over: at least 5 items of 'right', which 'pair' did not need
not complete: output 'table' keeps its provisional name /data/table.jsonl.part
)");
}

TEST_CASE("what a stopped run would have given is not known below a piper that gives any number") {
  Scene s = scene();
  s.account.ending = Ending::policy;
  s.plan.pipers[2].produce.any = true;
  s.account.end.outputs = {{10, 4, 1}};
  s.account.edges[4] = {"store", "table", std::nullopt, 20, 0, 0, 7};
  const std::string text = summary(s.plan, s.account);
  CHECK(text.find("\ntable    >= 27       10       4     1     >= 12\n") != std::string::npos);
}

TEST_CASE("each ending has its own first line") {
  Scene s = scene();
  const auto head = [&](Ending ending, const char* reason) {
    s.account.ending = ending;
    s.account.reason = reason;
    const std::string text = summary(s.plan, s.account);
    return text.substr(0, text.find(" (run"));
  };
  CHECK(head(Ending::drained, "SIGINT") == "reads: ended early after 2.00 s: SIGINT");
  CHECK(head(Ending::broken, "disk full") == "reads: failed after 2.00 s: disk full");
  CHECK(head(Ending::stdout_closed, "") == "reads: stopped after 2.00 s");
  CHECK(head(Ending::killed, "SIGTERM") == "reads: killed after 2.00 s: SIGTERM");
  CHECK(head(Ending::bug, "") == "reads: stopped by a bug in papy after 2.00 s");
}

TEST_CASE("of more than forty pipers those that failed or took longest are shown, in their order") {
  Scene s = scene();
  s.plan.pipers.assign(100, {.name = "p", .worker = {function("a", "b")}, .from = {0}});
  s.account.end.pipers.assign(100, {.in = 5, .busy = 1us});
  for (std::size_t p = 0; p < 100; ++p) s.plan.pipers[p].name += std::to_string(p);
  s.account.end.pipers[99].busy = 5s;
  s.account.end.pipers[98].failed = 1;
  const std::string text = summary(s.plan, s.account);
  CHECK(text.find("\np37 ") != std::string::npos);
  CHECK(text.find("\np38 ") == std::string::npos);
  CHECK(text.find("\np98 ") < text.find("\np99 "));
  CHECK(text.find("\n... and 60 more pipers\n") != std::string::npos);
}

TEST_CASE("a SERIAL piper is the bottleneck although its pool has slots to spare") {
  Scene s = scene();
  s.plan.pipers[2].serial = true;
  s.account.end.pipers = {{}, {}, {.in = 10, .busy = 1800ms}};
  CHECK(find_bottleneck(s.plan, s.account.end)->load == Approx(0.9));
  CHECK(bottleneck_text(s.plan, s.account.end) ==
        "bottleneck: piper 'store', which worked for 90% of the time, one item after the other");
}

TEST_CASE("an input or an output is the bottleneck when it was busy for longer than the pools") {
  Scene s = scene();
  s.account.end.pipers = {{.busy = 100ms}, {.busy = 300ms}, {}};
  s.account.end.inputs[1].busy = 1500ms;
  CHECK(bottleneck_text(s.plan, s.account.end) ==
        "bottleneck: input 'right', which was read for 75% of the time");
  s.account.end.outputs[0].busy = 1800ms;
  CHECK(bottleneck_text(s.plan, s.account.end) ==
        "bottleneck: output 'table', which was written for 90% of the time");
  s.account.end.elapsed = 0s;
  CHECK_FALSE(find_bottleneck(s.plan, s.account.end));
}

}  // namespace
}  // namespace papy
