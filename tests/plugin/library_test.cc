#include "plugin/library.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "caller.h"
#include "plugin/host.h"

namespace papy {
namespace {

namespace fs = std::filesystem;

const std::string kFolder = PAPY_BINARY_DIR "/tests/plugins/";

/// A folder of its own for each test.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string name = fs::temp_directory_path() / "papy-test-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  /// A copy of a fixture library.
  std::string copy(const std::string& name) const {
    fs::copy_file(kFolder + name, path + "/" + name, fs::copy_options::overwrite_existing);
    return path + "/" + name;
  }
  std::string path;
};

std::string refusal(const std::string& path) {
  Host host("test", {});
  Libraries libraries(host.raw());
  const auto library = libraries.open(path);
  return library ? "" : library.error().text;
}

/// What is wrong with function trim of a fixture.
std::string refusal_of_trim(const std::string& name) {
  Host host("test", {});
  Libraries libraries(host.raw());
  const auto library = libraries.open(kFolder + name);
  if (!library) return "not loaded: " + library.error().text;
  const auto worker = (*library)->worker("trim");
  return worker ? "" : worker.error().text;
}

TEST_CASE("a plugin in plain C is loaded, started once and told of its end") {
  Host host("test", {});
  const std::string path = kFolder + "libplain.so";
  auto libraries = std::make_unique<Libraries>(host.raw());
  const auto library = libraries->open(path);
  REQUIRE(library);
  CHECK(*libraries->open(path) == *library);
  CHECK(*libraries->open(kFolder + "../plugins/libplain.so") == *library);
  CHECK((*library)->metadata().name == "plain");
  CHECK(std::string((*library)->plugin().version) == "0.9");

  Caller reverse(*(*library)->worker("reverse"));
  CHECK(reverse.call({R"({"$base64":"AQID"})"}) == R"({"$base64":"AwIB"})");
  CHECK(reverse.call({"1"}) == "fail 42: expected bytes, at most 255");
  Caller tally(*(*library)->worker("tally"));
  CHECK(tally.call({"1", "2"}) == "");
  CHECK(tally.call({"3"}) == "");
  CHECK(tally.flush() == "3");
}

TEST_CASE("a library that is not there or no plugin says what it is") {
  TemporaryFolder folder;
  const std::string text = folder.path + "/libtext.so";
  std::ofstream(text) << "#!/bin/sh\necho no library\n";
  CHECK(refusal("/nowhere/libx.so") ==
        "cannot open library '/nowhere/libx.so': No such file or directory");
  CHECK(refusal(folder.path) == "library '" + folder.path + "' is not a regular file");
  CHECK(refusal(text) == "'" + text + "' is not an ELF file");
  CHECK(refusal(kFolder + "libno_metadata.so") ==
        "'" + kFolder + "libno_metadata.so' is no papy plugin: it has no section .papy.meta");
}

TEST_CASE("a library that others may write is refused with its mode") {
  TemporaryFolder folder;
  const std::string path = folder.copy("libplain.so");
  ::chmod(path.c_str(), 0666);
  CHECK(refusal(path) == "library '" + path +
                             "' may be written by others (mode 0666); take that away with: chmod "
                             "go-w");
  ::chmod(path.c_str(), 0775);
  CHECK(refusal(path) == "library '" + path +
                             "' may be written by others (mode 0775); take that away with: chmod "
                             "go-w");
  ::chmod(path.c_str(), 0755);
  CHECK(refusal(path) == "");
}

TEST_CASE("a named pipe is refused, not waited for") {
  TemporaryFolder folder;
  const std::string path = folder.path + "/libpipe.so";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(refusal(path) == "library '" + path + "' is not a regular file");
}

TEST_CASE("a plugin for another version of the interface is refused") {
  CHECK(refusal(kFolder + "libabi_2.so") ==
        "plugin '" + kFolder +
            "libabi_2.so' is made for version 2.0 of the plugin interface, this papy has 1.0");
  CHECK(refusal(kFolder + "libabi_2_inside.so") ==
        "'" + kFolder +
            "libabi_2_inside.so' is no plugin that can be used: it is made for version 2.0 of the "
            "plugin interface, this papy has 1.0");
}

TEST_CASE("a library whose papy_plugin is wrong is refused") {
  const auto no_plugin = [](const std::string& name) {
    return "'" + kFolder + name + "' is no plugin that can be used: ";
  };
  CHECK(refusal(kFolder + "libwrong_magic.so") ==
        no_plugin("libwrong_magic.so") +
            "papy_plugin_v1() says magic 0x12345678, expected 0x79706170");
  CHECK(refusal(kFolder + "libsmall.so") ==
        no_plugin("libsmall.so") + "its papy_plugin is too small");
  CHECK(refusal(kFolder + "libno_plugin.so") ==
        "'" + kFolder + "libno_plugin.so' does not export papy_plugin_v1");
  CHECK(refusal(kFolder + "libinit_fails.so") ==
        "plugin '" + kFolder + "libinit_fails.so' does not start: its init() says -5");
}

TEST_CASE("what the loader misses is told in its own words") {
  CHECK(refusal(kFolder + "libmissing_dependency.so") ==
        "cannot load library '" + kFolder +
            "libmissing_dependency.so': libgone.so: cannot open shared object file: No such file "
            "or directory");
  CHECK(refusal(kFolder + "libunresolved.so") ==
        "cannot load library '" + kFolder + "libunresolved.so': " + kFolder +
            "libunresolved.so: undefined symbol: papy_test_nobody_defines_this");
}

TEST_CASE("a function that is not there is named with its nearest") {
  Host host("test", {});
  Libraries libraries(host.raw());
  const Library* plain = *libraries.open(kFolder + "libplain.so");
  CHECK(plain->worker("revers").error().text ==
        "'" + kFolder + "libplain.so' has no function 'revers'; did you mean 'reverse'?");
  CHECK(plain->worker("system").error().text ==
        "'" + kFolder + "libplain.so' has no function 'system'");
  CHECK(plain->worker("").error().text == "'" + kFolder + "libplain.so' has no function ''");
}

TEST_CASE(
    "a function that is declared but not exported, or exported by another library, is refused") {
  CHECK(refusal_of_trim("libno_worker.so") ==
        "'" + kFolder + "libno_worker.so' does not export papy_worker_trim");
  CHECK(refusal_of_trim("libborrows.so") == "'" + kFolder +
                                                "libborrows.so' does not export papy_worker_trim: "
                                                "the one it sees is from '" +
                                                kFolder + "libdonor.so'");
}

TEST_CASE("a function that is not what its metadata says is refused") {
  CHECK(refusal_of_trim("liblies.so") ==
        "function 'trim' of '" + kFolder +
            "liblies.so' cannot be used: the metadata says kind source, the library worker");
}

TEST_CASE("exceptions that leave a plugin become errors") {
  Host host("test", {});
  Libraries libraries(host.raw());
  const Library* throws = *libraries.open(kFolder + "libthrows.so");
  CHECK(throws->worker("table").error().text ==
        "a papy_worker function of '" + kFolder +
            "libthrows.so' threw an exception, which must not leave a plugin: no table");
  CHECK(Caller(*throws->worker("opens")).refusal ==
        "function 'opens': open() threw an exception, which must not leave a plugin: no memory");
  CHECK(Caller(*throws->worker("opens_int")).refusal ==
        "function 'opens_int': open() threw an exception, which must not leave a plugin");
  CHECK(Caller(*throws->worker("silent")).refusal ==
        "function 'silent': open() failed with status -1");
  Caller closes(*throws->worker("closes"));
  CHECK(closes.refusal == "");
}

}  // namespace
}  // namespace papy
