#include "plugin/host.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace papy {
namespace {

template <class T>
const T* extension(const Host& host, const char* name) {
  return static_cast<const T*>(host.raw()->get_extension(host.raw(), name));
}

TEST_CASE("a host says its versions and has no abilities that it does not know") {
  const Host host("1.2.3", {});
  CHECK(host.raw()->struct_size == sizeof(papy_host));
  CHECK(host.raw()->abi_major == PAPY_ABI_MAJOR);
  CHECK(std::string(host.raw()->version) == "1.2.3");
  CHECK(extension<void>(host, "papy.log/2") == nullptr);
  CHECK(extension<void>(host, "") == nullptr);
}

TEST_CASE("lines of the log arrive with their level; they need no NUL") {
  std::vector<std::pair<int, std::string>> lines;
  const Host host("1",
                  {[&](int level, std::string_view text) { lines.emplace_back(level, text); }});
  const auto* log = extension<papy_log>(host, PAPY_EXT_LOG);
  log->write(log, 2, "warning!", 7);
  log->write(log, 0, "", 0);
  CHECK(lines == std::vector<std::pair<int, std::string>>{{2, "warning"}, {0, ""}});
  const Host deaf("1", {});
  const auto* nowhere = extension<papy_log>(deaf, PAPY_EXT_LOG);
  nowhere->write(nowhere, 3, "x", 1);
}

TEST_CASE("counts add up and gauges keep the latest, host by host") {
  const Host one("1", {});
  const Host two("1", {});
  const auto* metrics = extension<papy_metrics>(one, PAPY_EXT_METRICS);
  metrics->count(metrics, "n", 1.5);
  metrics->count(metrics, "n", 2);
  metrics->gauge(metrics, "g", 7);
  metrics->gauge(metrics, "g", 3);
  CHECK(one.counts() == std::map<std::string, double>{{"n", 3.5}});
  CHECK(one.gauges() == std::map<std::string, double>{{"g", 3}});
  CHECK(two.counts().empty());
}

TEST_CASE("the scratch directory is made when asked for and removed with what is in it") {
  const std::string parent = std::filesystem::temp_directory_path();
  std::string path;
  {
    const Host host("1", {.log = {}, .scratch = parent});
    const auto* scratch = extension<papy_scratch>(host, PAPY_EXT_SCRATCH);
    path = scratch->directory(scratch);
    CHECK(scratch->directory(scratch) == path);
    CHECK(path.rfind(parent + "/papy-", 0) == 0);
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
    std::filesystem::create_directories(path + "/a/b");
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("without a place for it there is no scratch directory") {
  const Host host("1", {.log = {}, .scratch = "/nowhere"});
  const auto* scratch = extension<papy_scratch>(host, PAPY_EXT_SCRATCH);
  CHECK(scratch->directory(scratch) == nullptr);
}

}  // namespace
}  // namespace papy
