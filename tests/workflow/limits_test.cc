// What a document may not be, however it comes: sizes, depths, repetitions, bytes.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "fake_catalog.h"
#include "workflow/document.h"
#include "workflow/load.h"
#include "workflow/read.h"

using namespace papy;

namespace {

constexpr const char* kTail =
    "inputs: {a: {source: fake.range}}\noutputs: {b: {sink: fake.print, from: a}}\n";

std::vector<Diagnostic> findings_of(const std::string& text) {
  FakeCatalog catalog;
  return load_workflow_text(text, "x.yaml", "/docs", catalog, {.cwd = "/cwd"}).findings;
}

// "rule: message" of the only finding.
std::string only_finding(const std::string& text) {
  const std::vector<Diagnostic> findings = findings_of(text);
  if (findings.size() != 1) return std::to_string(findings.size()) + " findings";
  return findings[0].rule + ": " + findings[0].message;
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

// Levels of lists, each repeating the one before nine times.
std::string alias_bomb(int levels) {
  std::string text = "x-bomb:\n  - &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < levels; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "  - &a" + std::to_string(i) + " [" + before + repeated(", " + before, 8) + "]\n";
  }
  return text;
}

}  // namespace

TEST_CASE("nesting up to 64 is read, however it is written") {
  const auto nested = [](std::size_t depth) {
    return "version: 1\nx-deep: " + std::string(depth, '[') + std::string(depth, ']') + "\n" +
           kTail;
  };
  CHECK(findings_of(nested(63)).empty());
  CHECK(only_finding(nested(64)) == "nested-too-deep: nested deeper than 64");
  CHECK(only_finding(nested(500)) == "nested-too-deep: nested deeper than 64");
  CHECK(only_finding(nested(1'000'000)) ==
        "nested-too-deep: more than 1000 brackets are open here");
  std::string block = "version: 1\nx-deep:\n";
  for (std::size_t i = 1; i < 100; ++i) block += std::string(i, ' ') + "k:\n";
  CHECK(only_finding(block) == "nested-too-deep: nested deeper than 64");
  std::string lists = "version: 1\nx-deep:\n  " + repeated("- ", 100) + "x\n";
  CHECK(only_finding(lists) == "nested-too-deep: nested deeper than 64");
}

TEST_CASE("aliases do not make a document deeper than 64") {
  std::string text = "version: 1\nx-chain:\n  - &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    text += "  - &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  CHECK(only_finding(text) == "nested-too-deep: nested deeper than 64");
}

TEST_CASE("brackets behind something that looks like a quote are refused as well") {
  const std::string text = "version: 1\nx: don't 'or\ny: \"\n\nz: " + std::string(100'000, '[');
  CHECK(only_finding(text) == "nested-too-deep: more than 1000 brackets are open here");
  const std::string spread = "version: 1\nx: " + repeated("[a, ", 100'000);
  CHECK(only_finding(spread) == "nested-too-deep: more than 1000 brackets are open here");
}

TEST_CASE("brackets within quotes and comments are only text") {
  const std::string open(900, '{');
  CHECK(findings_of("version: 1\n# " + open + "\nx-a: \"" + open + "\"\nx-b: '" + open + "'\n" +
                    kTail)
            .empty());
}

TEST_CASE("what aliases repeat is counted before anything walks it") {
  CHECK(findings_of("version: 1\n" + alias_bomb(5) + kTail).empty());
  CHECK(only_finding("version: 1\n" + alias_bomb(9) + kTail) ==
        "too-many-nodes: with what anchor 'a5' repeats, the document has more than 1000000 nodes");
}

TEST_CASE("what merge keys repeat is counted as well") {
  std::string text = "version: 1\nx-base: &b {";
  for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + ": 1, ";
  text += "}\nx-all:\n";
  for (int i = 0; i < 1000; ++i) text += "  - {<<: *b}\n";
  CHECK(only_finding(text) == "too-many-nodes: the document has more than 1000000 nodes");
}

TEST_CASE("what aliases repeat of long texts is counted as well") {
  const std::string text = "version: 1\nx-long: &long " + std::string(1 << 20, 'a') +
                           "\nx-many: [" + repeated("*long, ", 100) + "]\n";
  CHECK(
      only_finding(text) ==
      "too-many-nodes: with what anchor 'long' repeats, the document has more than 64 MiB of text");
}

TEST_CASE("what references put into a document is limited, aliases of it included") {
  const std::string start =
      "version: 1\nparams: {p: {default: " + std::string(1 << 20, 'a') + "}}\n";
  const std::string refused =
      "too-many-nodes: with what references put there, the document has more than 64 MiB";
  const std::string one = "${params.p}";
  CHECK(only_finding(start + "pipers: {a: {description: \"" + repeated(one, 1000) + "\"}}\n") ==
        refused);
  CHECK(only_finding(start + "pipers: {a: {from: [" + repeated("\"" + one + "\", ", 1000) +
                     "]}}\n") == refused);
  CHECK(only_finding(start + "pipers: {a: {from: [&a \"" + one + "\"" + repeated(", *a", 1000) +
                     "]}}\n") == refused);
}

TEST_CASE("bytes that are no text are told where they are") {
  const auto with = [](std::string_view bytes) {
    return only_finding("version: 1\nname: a" + std::string(bytes) + "b\n");
  };
  CHECK(with(std::string_view("\0", 1)) ==
        "not-utf8: the document holds a NUL byte, expected text");
  CHECK(with("\xff") == "not-utf8: the document is not UTF-8: byte 0xff");
  CHECK(with("\xed\xa0\x80") == "not-utf8: the document is not UTF-8: byte 0xed");
  CHECK(only_finding("version: 1\nname: \"a\\0b\"\n") ==
        "not-utf8: the text holds a NUL or is not UTF-8 once its escapes are read");
  CHECK(only_finding(std::string("\xff\xfe"
                                 "v\0e\0",
                                 6)) == "not-utf8: the document is UTF-16, expected UTF-8");
  CHECK(only_finding(std::string("\xfe\xff\0v", 4)) ==
        "not-utf8: the document is UTF-16, expected UTF-8");
}

TEST_CASE("texts that once made parsers loop or crash end with a finding") {
  for (const char* const text :
       {",",          "{",        "}",   "]",         "[",           "- - -",       "? ? ?",
        ": :",        "&",        "*",   "!",         "!<",          "%",           "%YAML 9.9",
        "--- ---",    "...",      "|",   ">\n",       "\"",          "'",           "@",
        "`",          "a: b: c",  "\t",  "- a\nb",    "a:\n- b\n c", "&a &b c",     "&a *a",
        "!!map x",    "? a\n? a", "[[[", "{a: [}",    "\"\\x\"",     "\"\\uD800\"", "%TAG ! x",
        "key: |2-\n", "{? }",     "[?]", "[a: b: c]", "&a",          "*a : b",      "- &a\n- *a"}) {
    DYNAMIC_SECTION(text) { CHECK(has_errors(findings_of(text))); }
  }
}

TEST_CASE("a document in which everything is wrong is told in part") {
  std::string text = "version: 1\n" + std::string(kTail) + "pipers:\n";
  for (int i = 0; i < 3000; ++i)
    text += "  p" + std::to_string(i) + ": {worker: fake.nope, from: x}\n";
  const std::vector<Diagnostic> findings = findings_of(text);
  REQUIRE(findings.size() == Findings::kMost + 1);
  CHECK(findings.back().rule == "too-many-findings");
  CHECK(findings.back().message == "5000 more findings are not shown");
}

TEST_CASE("files that cannot be a document say why, and a pipe does not block") {
  FakeCatalog catalog;
  const auto why = [&](const std::string& path) {
    const Loaded loaded = load_workflow(path, catalog, {.cwd = "/"});
    CHECK_FALSE(loaded.plan);
    return render(loaded.findings, loaded.sources);
  };
  char name[] = "/tmp/papy-limits-test-XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  const std::string folder = name;
  REQUIRE(::mkfifo((folder + "/pipe").c_str(), 0600) == 0);
  std::ofstream(folder + "/large") << std::string(5 << 20, ' ');
  CHECK(why(folder + "/pipe") == "error[unreadable] " + folder + "/pipe:1:1: cannot read '" +
                                     folder + "/pipe': a pipe, not a regular file\n");
  CHECK(why(folder) == "error[unreadable] " + folder + ":1:1: cannot read '" + folder +
                           "': a directory, not a file\n");
  CHECK(why(folder + "/none") == "error[unreadable] " + folder + "/none:1:1: cannot read '" +
                                     folder + "/none': No such file or directory\n");
  CHECK(why(folder + "/large") == "error[unreadable] " + folder + "/large:1:1: cannot read '" +
                                      folder + "/large': larger than 4194304 bytes\n");
  CHECK(why("/dev/zero") ==
        "error[unreadable] /dev/zero:1:1: cannot read '/dev/zero': a device, not a regular file\n");
  std::filesystem::remove_all(folder);
}

TEST_CASE("a byte order mark is read over") {
  char name[] = "/tmp/papy-limits-test-XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  const std::string file = std::string(name) + "/bom.yaml";
  std::ofstream(file) << "\xef\xbb\xbfversion: 1\n" << kTail;
  FakeCatalog catalog;
  const Loaded loaded = load_workflow(file, catalog, {.cwd = "/"});
  CHECK(render(loaded.findings, loaded.sources) == "");
  REQUIRE(loaded.plan);
  CHECK(loaded.plan->name == "bom");
  CHECK(loaded.plan->base == name);
  std::filesystem::remove_all(name);
}

TEST_CASE("cutting a document anywhere, or changing any byte, never breaks the loader") {
  const std::string text =
      "version: 1\nx-d: &d {pool: cpu}\nparams: {p: {type: integer, default: 3}}\n"
      "pools: {cpu: {workers: \"${params.p}\"}}\ninputs:\n  a: {source: fake.lines, args: {path: "
      "x}}\n"
      "pipers:\n  b:\n    <<: *d\n    worker: [fake.pass, {function: fake.trim, args: {tags: [x, "
      "y]}}]\n"
      "    from: [a]\n    retries: {attempts: 2, backoff: 5ms}\noutputs:\n  c: {sink: fake.print, "
      "from: b}\n";
  REQUIRE(findings_of(text).empty());
  FakeCatalog catalog;
  std::size_t plans = 0;
  const auto load = [&](const std::string& mutant) {
    const Loaded loaded = load_workflow_text(mutant, "x", "/docs", catalog, {.cwd = "/cwd"});
    CHECK(loaded.plan.has_value() != has_errors(loaded.findings));
    plans += loaded.plan ? 1 : 0;
    render(loaded.findings, loaded.sources);
  };
  for (std::size_t cut = 0; cut < text.size(); ++cut) load(text.substr(0, cut));
  std::mt19937 random(7);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string mutant = text;
    mutant[at] = "[]{}:,&*!|>'\"%@#- \n\tx0$~\xff"[random() % 25];
    load(mutant);
  }
  CHECK(plans > 0);
}
