#include "pool/plugin_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace papy {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a library that is replaced, written, touched or removed has changed") {
  std::string folder = "/tmp/papy-test-XXXXXX";
  REQUIRE(mkdtemp(folder.data()));
  const std::string library = folder + "/libfastx.so";
  std::ofstream(library) << "one";
  Plan plan;
  plan.pipers.emplace_back();
  plan.pipers[0].worker.push_back({.plugin = "fastx", .library = library});
  const PluginFiles files(plan);
  CHECK(files.changed() == std::nullopt);
  SECTION("replaced by one that looks the same") {
    const auto time = fs::last_write_time(library);
    std::ofstream(folder + "/new") << "one";
    fs::last_write_time(folder + "/new", time);
    fs::rename(folder + "/new", library);
  }
  SECTION("written") { std::ofstream(library) << "other"; }
  SECTION("touched") {
    fs::last_write_time(library, fs::file_time_type::clock::now() + std::chrono::hours(1));
  }
  SECTION("removed") { fs::remove(library); }
  const auto changed = files.changed();
  REQUIRE(changed);
  CHECK(*changed == "plugin 'fastx' (" + library +
                        ") has changed since the run began: a process that is started now would "
                        "load another version");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace papy
