#include "workflow/load.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

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

// A workflow around one piper's args, with params.
std::string with_args(const std::string& params, const std::string& args) {
  return "version: 1\nparams: {" + params + "}\nenv: [HOME, EMPTY]\n" +
         "inputs: {in: {source: fake.range}}\npipers:\n  work: {worker: fake.trim, from: in, args: "
         "{" +
         args + "}}\noutputs: {out: {sink: fake.print, from: work}}\n";
}

Loaded load(const std::string& text, const LoadOptions& options) {
  FakeCatalog catalog;
  return load_workflow_text(text, "x.yaml", "/docs", catalog, options);
}

std::string told(const Loaded& loaded) { return render(loaded.findings, loaded.sources); }

// The packed args of the only piper, read as one would write them in JSON.
std::string shown(Unpacker& in) {
  if (in.nil()) return "null";
  if (const auto boolean = in.boolean()) return *boolean ? "true" : "false";
  if (const auto integer = in.integer()) return std::to_string(*integer);
  if (const auto text = in.text()) return '"' + std::string(*text) + '"';
  if (const auto real = in.real()) return std::to_string(*real);
  std::string all;
  if (const auto n = in.array()) {
    for (std::uint32_t i = 0; i < *n; ++i) all += (i > 0 ? ", " : "") + shown(in);
    return "[" + all + "]";
  }
  const auto n = in.map();
  REQUIRE(n);
  for (std::uint32_t i = 0; i < *n; ++i) {
    all += (i > 0 ? ", " : "") + shown(in) + ": ";
    all += shown(in);
  }
  return "{" + all + "}";
}

std::string shown(const std::string& packed) {
  Unpacker in({reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()});
  std::string all = shown(in);
  CHECK(in.done());
  return all;
}

std::string args_of(const Loaded& loaded) {
  if (!loaded.plan) return told(loaded);
  return shown(loaded.plan->pipers.at(0).worker.at(0).args);
}

}  // namespace

TEST_CASE("a whole document becomes a plan") {
  FakeCatalog catalog;
  const Loaded loaded = load_workflow_text(kPairedReads, "reads.yaml", "/docs", catalog,
                                           options_with({{"r1", "a.txt"}}));
  CHECK(told(loaded) == "");
  REQUIRE(loaded.plan);
  const Plan& plan = *loaded.plan;
  CHECK(plan.name == "paired-reads");
  CHECK(plan.file == "reads.yaml");
  CHECK(plan.base == "/docs");
  CHECK(plan.memory == 2147483648u);
  CHECK(plan.dead_letters == "/docs/failed.jsonl");
  CHECK(plan.max_failures.share == 0.01);
  CHECK_FALSE(plan.max_failures.count);

  REQUIRE(plan.pools.size() == 2);
  CHECK(plan.pools[0].name == "cpu");
  CHECK(plan.pools[0].slots == 2);
  CHECK(plan.pools[0].stride == 64u);
  CHECK(plan.pools[0].buffer == 256u);
  CHECK_FALSE(plan.pools[0].batch);
  CHECK(plan.pools[0].ordered);
  CHECK(plan.pools[1].name == "");
  CHECK(plan.pools[1].slots == 1);

  REQUIRE(plan.inputs.size() == 2);
  CHECK(plan.inputs[0].name == "left");
  CHECK(plan.inputs[0].source.plugin == "fake");
  CHECK(plan.inputs[0].source.library == "/plugins/libfake.so");
  CHECK(plan.inputs[0].source.function == "lines");
  CHECK(shown(plan.inputs[0].source.args) == R"({"path": "/cwd/a.txt"})");
  CHECK(plan.inputs[1].source.name() == "g.lines");
  CHECK(shown(plan.inputs[1].source.args) == R"({"path": "/docs/right.txt", "limit": 10})");

  REQUIRE(plan.pipers.size() == 3);
  CHECK(plan.pipers[0].name == "trim1");
  CHECK(plan.pipers[0].from == std::vector<StreamId>{0});
  CHECK(plan.pipers[0].pool == 0);
  CHECK(plan.pipers[1].name == "trim2");
  CHECK(plan.pipers[1].pool == 1);
  const PlanPiper& pair = plan.pipers[2];
  CHECK(pair.name == "pair");
  CHECK(pair.from == std::vector<StreamId>{2, 3});
  REQUIRE(pair.worker.size() == 2);
  CHECK(shown(pair.worker[0].args) == "{}");
  CHECK(shown(pair.worker[1].args) == R"({"min_quality": 20, "ratio": 0.500000, "name": "abc"})");
  CHECK(pair.retries.attempts == 3);
  CHECK(pair.retries.on_error);
  CHECK(pair.retries.on_timeout);
  CHECK(pair.retries.backoff == std::chrono::milliseconds(100));
  CHECK(pair.on_error == OnError::skip);
  CHECK(pair.consume == 1);
  CHECK(pair.produce == Produce{});
  CHECK_FALSE(pair.serial);
  CHECK_FALSE(pair.timeout);

  REQUIRE(plan.outputs.size() == 1);
  CHECK(plan.outputs[0].name == "table");
  CHECK(plan.outputs[0].from == 4);
  CHECK(shown(plan.outputs[0].sink.args) == R"({"path": "/docs/out/pairs.jsonl"})");
  CHECK(catalog.asked ==
        std::vector<std::string>{"/docs/libfake.so", "missing", "fake", "fake", "other"});
}

TEST_CASE("the keys of a piper reach the plan") {
  const Loaded loaded = load(R"(version: 1
inputs: {in: {source: fake.range}}
pools: {io: {batch: 7, ordered: false, skip: true}}
pipers:
  work:
    worker: [fake.patient, fake.sum]
    from: [in, in]
    join: first
    consume: 3
    consume_rest: drop
    produce: any
    spawn: 2
    track: true
    on_error: stop
  next: {worker: fake.patient, from: work, pool: io, timeout: 2s, produce: 4, repeat: true, consume_rest: fail}
outputs: {out: {sink: fake.print, from: next}}
run: {max_failures: 10}
)",
                             options_with({}));
  CHECK(told(loaded) == "");
  REQUIRE(loaded.plan);
  const PlanPiper& work = loaded.plan->pipers[0];
  CHECK(work.from == std::vector<StreamId>{0, 0});
  CHECK(work.join == Join::first);
  CHECK(work.consume == 3);
  CHECK(work.rest == Rest::drop);
  CHECK(work.produce == Produce{.any = true});
  CHECK(work.spawn == 2);
  CHECK(work.track);
  CHECK(work.serial);
  CHECK(work.has_flush);
  CHECK(work.on_error == OnError::stop);
  const PlanPiper& next = loaded.plan->pipers[1];
  CHECK(next.produce == Produce{.n = 4, .repeat = true});
  CHECK(next.rest == Rest::fail);
  CHECK(next.timeout == std::chrono::seconds(2));
  CHECK(loaded.plan->pools[0].slots == 3);
  CHECK(loaded.plan->pools[0].batch == 7u);
  CHECK_FALSE(loaded.plan->pools[0].ordered);
  CHECK(loaded.plan->pools[0].skip);
  CHECK(loaded.plan->max_failures.count == 10u);
  CHECK(loaded.plan->name == "x");
}

TEST_CASE("a scalar that is one reference takes the type of its target") {
  const std::string params =
      "n: {type: integer, default: 7}, s: {default: ab}, r: {type: number, default: 0.5}, "
      "b: {type: boolean, default: true}, d: {type: duration, default: 2s}";
  CHECK(args_of(load(with_args(params, R"(min_quality: "${params.n}", name: "${params.s}",
      ratio: "${params.r}", strict: "${params.b}", wait: "${params.d}")"),
                     options_with({}))) ==
        R"({"min_quality": 7, "name": "ab", "ratio": 0.500000, "strict": true, "wait": "2s"})");
  CHECK(args_of(load(
            with_args(params, R"(free: "${params.n}${params.b}-$${x}-$5", name: "a${params.n}")"),
            options_with({}))) == R"({"free": "7true-${x}-$5", "name": "a7"})");
}

TEST_CASE("references become values, never structure") {
  CHECK(args_of(load(with_args("s: {}", "free: \"${params.s}\""),
                     options_with({{"s", "${params.s}: [a, *b]\n#"}}))) ==
        "{\"free\": \"${params.s}: [a, *b]\n#\"}");
}

TEST_CASE("the environment gives values without a type, where it is declared") {
  LoadOptions options = options_with({});
  options.env = [](std::string_view name) -> std::optional<std::string> {
    if (name == "HOME") return "12";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  CHECK(args_of(load(with_args("", R"(min_quality: "${env.HOME}", name: "${env.HOME}",
      free: "${env.EMPTY}", both: "${env.EMPTY:-x}", maybe: "${env.HOME:-3}")"),
                     options)) ==
        R"({"min_quality": 12, "name": "12", "free": "", "both": "x", "maybe": 12})");
  CHECK(args_of(load(with_args("n: {type: integer, default: \"${env.HOME}\"}",
                               R"(min_quality: "${params.n}")"),
                     options)) == R"({"min_quality": 12})");
}

TEST_CASE("values of --set are read as their declaration says, the last one counts") {
  const std::string text = with_args(
      "n: {type: integer, minimum: 2, maximum: 9}, m: {enum: [head, tail]}, b: {type: boolean}",
      R"(min_quality: "${params.n}", mode: "${params.m}", strict: "${params.b}")");
  CHECK(
      args_of(load(text, options_with({{"n", "1"}, {"m", "tail"}, {"b", "false"}, {"n", "9"}}))) ==
      R"({"min_quality": 9, "mode": "tail", "strict": false})");
  CHECK(told(load(text, options_with({{"n", "10"}, {"m", "haed"}, {"b", "yes"}, {"o", "1"}}))) ==
        R"(error[param-value] --set:1:3: param 'n' is 10, expected at most 9
  |
1 | n=10
  |   ^^
  = at params.n

error[param-value] --set:1:3: param 'm' is 'haed', expected head or tail
  |
1 | m=haed
  |   ^^^^
  = at params.m

error[param-value] --set:1:3: param 'b' wants true or false, not the text 'yes'
  |
1 | b=yes
  |   ^^^
  = at params.b

error[unknown-param] --set:1:1: the workflow declares no param 'o'
  |
1 | o=1
  | ^ it declares n, m, b
)");
}

TEST_CASE("a file of params is read before --set, and its mistakes shown in it") {
  const std::string folder = PAPY_BINARY_DIR;
  const std::string file = folder + "/params-of-load-test.yaml";
  std::ofstream(file) << "n: 3\nm: tail\n";
  LoadOptions options = options_with({{"n", "4"}});
  options.params_files = {file};
  const std::string text =
      with_args("n: {type: integer}, m: {}", R"(min_quality: "${params.n}", mode: "${params.m}")");
  CHECK(args_of(load(text, options)) == R"({"min_quality": 4, "mode": "tail"})");
  std::ofstream(file) << "n: three\nm: [a]\nk: 1\n";
  CHECK(told(load(text, options_with({{"m", "tail"}}))).find("param-missing") != std::string::npos);
  options.sets = {{"m", "tail"}};
  CHECK(
      told(load(text, options)) == "error[param-value] " + file +
                                       R"(:1:4: param 'n' wants a whole number, not the text 'three'
  |
1 | n: three
  |    ^^^^^
  = at params.n

error[wrong-type] )" + file + R"(:2:4: param 'm' wants a single value, not a list
  |
2 | m: [a]
  |    ^

error[unknown-param] )" + file + R"(:3:1: the workflow declares no param 'k'
  |
3 | k: 1
  | ^ it declares n, m
)");
  options.params_files = {file + ".none"};
  CHECK(told(load(text, options)).starts_with("error[param-missing] x.yaml:2:10: param 'n'"));
  std::filesystem::remove(file);
}

TEST_CASE("a plan says how the processes of a pool are started, limited and replaced") {
  const Loaded loaded = load(R"(version: 1
params: {program: {type: path, default: bin/worker}}
pools:
  plain: {type: process, limits: {}}
  all:
    type: process
    command: ["${params.program}", -v, "${params.program}"]
    max_crashes: 1
    recycle: 7
    limits: {memory: 32MiB, open_files: 64, cpu_time: 1m}
  near: {type: process, command: [../worker]}
  path: {type: process, command: [python3, ./worker.py], max_crashes: 1000}
  threads: {}
inputs: {in: {source: fake.range}}
outputs: {out: {sink: fake.print, from: in}}
)",
                             options_with({}));
  CHECK(told(loaded) == "");
  REQUIRE(loaded.plan);
  const auto& pools = loaded.plan->pools;
  REQUIRE(pools.size() == 5);
  CHECK(pools[0].type == PoolType::process);
  CHECK(pools[0].command.empty());
  CHECK(pools[0].max_crashes == 3);
  CHECK_FALSE(pools[0].recycle);
  CHECK_FALSE(pools[0].limits.memory);
  CHECK_FALSE(pools[0].limits.open_files);
  CHECK_FALSE(pools[0].limits.cpu_time);

  using Words = std::vector<std::string>;
  CHECK(pools[1].command == Words{"/docs/bin/worker", "-v", "/docs/bin/worker"});
  CHECK(pools[1].max_crashes == 1);
  CHECK(pools[1].recycle == 7u);
  CHECK(pools[1].limits.memory == 32u << 20);
  CHECK(pools[1].limits.open_files == 64u);
  CHECK(pools[1].limits.cpu_time == 60u);

  CHECK(pools[2].command == Words{"/worker"});
  CHECK(pools[3].command == Words{"python3", "./worker.py"});
  CHECK(pools[3].max_crashes == 1000);
  CHECK(pools[4].type == PoolType::thread);
}

TEST_CASE("nobody looks for the functions of a pool with a command") {
  FakeCatalog catalog;
  const Loaded loaded = load_workflow_text(R"(version: 1
params: {where: {type: path, default: in.txt}}
pools: {python: {type: process, command: [python3]}}
inputs: {in: {source: fake.range}}
pipers:
  a:
    worker: [snake.charm, {function: fake.sum, args: {at: "${params.where}", to: [1, {x: ~}, 2.5]}}]
    from: [in, in, in]
    pool: python
    timeout: 1s
outputs: {out: {sink: fake.print, from: a}}
)",
                                           "x.yaml", "/docs", catalog, options_with({}));
  CHECK(told(loaded) == "");
  REQUIRE(loaded.plan);
  CHECK(catalog.asked == std::vector<std::string>{"fake"});
  const PlanPiper& a = loaded.plan->pipers.at(0);
  CHECK(a.worker[0] == FunctionUse{.plugin = "snake", .function = "charm", .args = "\x80"});
  CHECK(a.worker[1].name() == "fake.sum");
  CHECK(a.worker[1].library == "");
  CHECK(a.worker[1].flags == 0);
  CHECK_FALSE(a.worker[1].has_flush);
  CHECK(shown(a.worker[1].args) == R"({"at": "/docs/in.txt", "to": [1, {"x": null}, 2.500000]})");
  CHECK_FALSE(a.serial);
  CHECK_FALSE(a.has_flush);
}

TEST_CASE("where a piper will run may depend on a param without a value") {
  LoadOptions options = options_with({});
  options.values_required = false;
  const auto told_of = [&](const std::string& pools, const std::string& function) {
    return told(
        load("version: 1\nparams: {p: {required: true}}\npools: {" + pools +
                 "}\ninputs: {in: {source: fake.range}}\npipers: {a: {worker: " + function +
                 ", from: in, timeout: 1s, pool: \"${params.p}\"}, b: {worker: " + function +
                 ", from: a, timeout: 1s, pool: cpu}}\n"
                 "outputs: {out: {sink: fake.print, from: b}}\n",
             options));
  };
  CHECK(told_of(R"(cpu: {type: "${params.p}", max_crashes: 2})", "fake.alone") == "");
  CHECK(told_of(R"(cpu: {type: "${params.p}", command: ["${params.p}", -v]})", "no.thing") == "");
  CHECK(told_of(R"(cpu: {type: process})", "no.thing").starts_with("error[plugin-not-found]"));
}

TEST_CASE("to look at a workflow its required params need no values") {
  LoadOptions options = options_with({});
  options.values_required = false;
  const Loaded loaded =
      load(with_args("n: {type: integer, required: true}, s: {required: true}",
                     R"(min_quality: "${params.n}", name: "x${params.s}")") +
               "pools: {cpu: {workers: \"${params.n}\", type: \"${params.s}\"}}\n",
           options);
  CHECK(told(loaded) == "");
  CHECK_FALSE(loaded.plan);
}

TEST_CASE("paths of the document start from it, those given from the working directory") {
  const auto path_of = [](const std::string& path, const LoadOptions& options) {
    const Loaded loaded = load(
        "version: 1\nparams: {p: {type: path, default: ../d}, s: {default: x}}\ninputs: {in: "
        "{source: fake.lines, "
        "args: {path: \"" +
            path + "\"}}}\noutputs: {out: {sink: fake.print, from: in}}\n",
        options);
    REQUIRE(loaded.plan);
    return shown(loaded.plan->inputs[0].source.args);
  };
  CHECK(path_of("a/../b.txt", options_with({})) == R"({"path": "/docs/b.txt"})");
  CHECK(path_of("/abs", options_with({})) == R"({"path": "/abs"})");
  CHECK(path_of("-", options_with({})) == R"({"path": "-"})");
  CHECK(path_of("${params.p}", options_with({})) == R"({"path": "/d"})");
  CHECK(path_of("${params.p}/f", options_with({})) == R"({"path": "/d/f"})");
  CHECK(path_of("${params.p}", options_with({{"p", "a"}})) == R"({"path": "/cwd/a"})");
  CHECK(path_of("${params.p}/f", options_with({{"p", "./a"}})) == R"({"path": "/cwd/a/f"})");
  CHECK(path_of("${params.s}", options_with({{"s", "a"}})) == R"({"path": "/docs/a"})");
}

TEST_CASE("what lint.ignore names is left out, at its place and below; errors stay") {
  const auto with_ignore = [](const std::string& ignore) {
    return load(
               "version: 1\npools: {cpu: {stride: 64, buffer: 8}}\ninputs: {in: {source: "
               "fake.range}}\n"
               "outputs: {out: {sink: fake.print, from: in}}\nlint: {ignore: [{rule: " +
                   ignore + ", reason: so it is}]}\n",
               options_with({}))
        .findings.size();
  };
  CHECK(with_ignore("buffer-below-stride") == 0);
  CHECK(with_ignore("buffer-below-stride, at: pools.cpu") == 0);
  CHECK(with_ignore("buffer-below-stride, at: pools.cpu.buffer") == 0);
  CHECK(with_ignore("buffer-below-stride, at: pools.cp") == 1);
  CHECK(with_ignore("buffer-below-stride, at: pools.gpu") == 1);
  CHECK(with_ignore("octal-number") == 1);
  const Loaded loaded =
      load("version: 1\nlint: {ignore: [{rule: missing-key, reason: x}]}\n", options_with({}));
  CHECK(loaded.findings.size() == 2);
}

TEST_CASE("ten thousand pipers are loaded, checked and planned") {
  std::string text =
      "version: 1\npools: {cpu: {workers: 2}}\ninputs: {in: {source: fake.range}}\npipers:\n";
  for (int i = 0; i < 10'000; ++i) {
    const std::string from = i == 0 ? "in" : "p" + std::to_string(i - 1);
    text += "  p" + std::to_string(i) + ": {worker: fake.trim, from: " + from +
            ", pool: cpu, args: {min_quality: 20}}\n";
  }
  text += "outputs: {out: {sink: fake.print, from: p9999}}\n";
  const Loaded loaded = load(text, options_with({}));
  CHECK(told(loaded) == "");
  REQUIRE(loaded.plan);
  CHECK(loaded.plan->pipers.size() == 10'000);
}

TEST_CASE("a second load of the same text gives the same") {
  const Loaded first = load(kPairedReads, options_with({{"r1", "a"}}));
  const Loaded second = load(kPairedReads, options_with({{"r1", "a"}}));
  REQUIRE(first.plan);
  REQUIRE(second.plan);
  CHECK(first.plan->inputs[0].source == second.plan->inputs[0].source);
  CHECK(first.findings == second.findings);
}
