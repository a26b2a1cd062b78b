#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "fake_catalog.h"
#include "workflow/load.h"
#include "workflow/rules.h"
#include "workflow/schema.h"

using namespace papy;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = PAPY_SOURCE_DIR;
const fs::path kCases = kSource / "tests" / "lint";

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// PAPY_UPDATE=1 writes what was found into the file, to be read before it is committed.
void check_against(const fs::path& file, const std::string& found) {
  if (std::getenv("PAPY_UPDATE") != nullptr) {
    std::ofstream(file, std::ios::binary) << found;
  }
  CHECK(found == contents(file));
}

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.path().extension() == ".yaml") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Loaded load_case(const fs::path& file) {
  FakeCatalog catalog;
  LoadOptions options;
  options.cwd = "/cwd";
  options.env = [](std::string_view name) -> std::optional<std::string> {
    if (name == "WORKERS") return "4";
    return std::nullopt;
  };
  options.find_program = [](std::string_view program) -> Result<std::string> {
    if (program == "/docs/worker" || program == "/usr/bin/python3") return std::string(program);
    if (program == "python3") return std::string("/usr/bin/python3");
    return error("nothing of that name is known here");
  };
  return load_workflow_text(contents(file), file.filename().string(), "/docs", catalog, options);
}

}  // namespace

TEST_CASE("each document of tests/lint is told what is wrong with it") {
  REQUIRE(!cases().empty());
  for (const fs::path& file : cases()) {
    DYNAMIC_SECTION(file.filename().string()) {
      const Loaded loaded = load_case(file);
      check_against(fs::path(file).replace_extension(".expected"),
                    render(loaded.findings, loaded.sources));
      CHECK(loaded.plan.has_value() == !has_errors(loaded.findings));
    }
  }
}

TEST_CASE("each rule has a document that breaks it, and each finding a rule") {
  // These need files, command lines or generated documents: load_test.cc and limits_test.cc have
  // them.
  std::set<std::string, std::less<>> missing;
  for (const Rule& rule : rules()) missing.emplace(rule.name);
  for (const std::string_view elsewhere :
       {"not-utf8", "unreadable", "too-many-findings", "too-many-nodes"}) {
    CHECK(missing.erase(std::string(elsewhere)) == 1);
  }
  std::set<std::string, std::less<>> unknown;
  for (const fs::path& file : cases()) {
    for (const Diagnostic& finding : load_case(file).findings) {
      missing.erase(finding.rule);
      const auto all = rules();
      const bool is_known = std::any_of(
          all.begin(), all.end(), [&](const Rule& rule) { return rule.name == finding.rule; });
      if (!is_known) unknown.insert(finding.rule);
    }
  }
  CHECK(missing == std::set<std::string, std::less<>>{});
  CHECK(unknown == std::set<std::string, std::less<>>{});
}

TEST_CASE("the JSON Schema in schemas/ is that of the table of keys") {
  check_against(kSource / "schemas" / "papy-workflow-1.schema.json", schema_json());
}

TEST_CASE("the reference of the keys in the README is that of the table") {
  const fs::path file = kSource / "engine" / "workflow" / "KEYS.md";
  check_against(file, "# The keys of a workflow document\n\nMade from the table in fields.cc.\n\n" +
                          reference_markdown());
}
