#include "workflow/load.h"

#include <catch2/catch.hpp>

#include "fake_catalog.h"
#include "item/pack.h"

using namespace papy;

namespace {

constexpr const char* kPairedReads = R"(version: 1
name: paired-reads
params:
  r1: {type: path, required: true}
  r2: {type: path, default: right.txt}
  workers: {type: integer, default: 2, minimum: 1}
env: [SCRATCH]
plugins:
  f: {path: ./libfake.so, optional: true}
  g: {any_of: [missing, fake]}
pools:
  cpu: {type: thread, workers: "${params.workers}", stride: 64, buffer: 256}
inputs:
  left:  {source: fake.lines, args: {path: "${params.r1}"}}
  right: {source: g.lines, args: {path: "${params.r2}", limit: 010}}
pipers:
  pair:
    worker: [fake.pair, {function: fake.trim, args: {min_quality: 20, ratio: 0.5, name: abc}}]
    from: [trim1, trim2]
    pool: cpu
    retries: {attempts: 3, when: [error, timeout], backoff: 100ms}
    on_error: skip
  trim1: {worker: fake.trim, from: left, pool: cpu, args: {min_quality: 20}}
  trim2: {worker: other.pass, from: right}
outputs:
  table: {sink: fake.write, from: pair, args: {path: "${env.SCRATCH:-out}/pairs.jsonl"}}
run: {max_failures: 1%, memory: 2GiB, dead_letters: failed.jsonl}
lint:
  ignore:
    - {rule: plugin-not-found, at: plugins.f, reason: not built yet}
    - {rule: octal-number, reason: meant so}
    - {rule: retry-without-timeout, reason: later}
)";

LoadOptions options_with(std::vector<std::pair<std::string, std::string>> sets) {
  LoadOptions options;
  options.sets = std::move(sets);
  options.cwd = "/cwd";
  options.cores = 3;
  return options;
}

}  // namespace

TEST_CASE("a whole document becomes a plan") {
  FakeCatalog catalog;
  const Loaded loaded = load_workflow_text(kPairedReads, "reads.yaml", "/docs", catalog,
                                           options_with({{"r1", "a.txt"}}));
  CHECK(render(loaded.findings, loaded.sources) == "");
  REQUIRE(loaded.plan);
}
