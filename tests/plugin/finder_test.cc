#include "plugin/finder.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace papy {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// Two folders, with copies of fixture libraries.
struct Folders {
  Folders() {
    std::string name = fs::temp_directory_path() / "papy-test-XXXXXX";
    root = ::mkdtemp(name.data());
    fs::create_directories(root + "/a");
    fs::create_directories(root + "/b");
  }
  ~Folders() { fs::remove_all(root); }
  void put(const std::string& fixture, const std::string& as) const {
    fs::copy_file(PAPY_BINARY_DIR "/tests/plugins/" + fixture, root + "/" + as);
  }
  PluginFinder finder() const { return PluginFinder({root + "/a", root + "/b"}); }
  std::string root;
};

std::string found(PluginFinder& finder, const std::string& name) {
  const auto metadata = finder.find(name);
  return metadata ? (*metadata)->path : metadata.error().text;
}

TEST_CASE("a name is looked up as it is, with lib and .so, in the order of the folders") {
  Folders folders;
  folders.put("libplain.so", "b/libplain.so");
  folders.put("libplain.so", "b/other.so");
  folders.put("libplain.so", "a/other.so");
  PluginFinder finder = folders.finder();
  CHECK(found(finder, "plain") == folders.root + "/b/libplain.so");
  CHECK(found(finder, "libplain.so") == folders.root + "/b/libplain.so");
  CHECK(found(finder, "other") == folders.root + "/a/other.so");
  CHECK(found(finder, folders.root + "/b/other.so") == folders.root + "/b/other.so");
  CHECK(*finder.find("plain") == *finder.find("libplain.so"));
}

TEST_CASE("a name that is not found says where it was looked for, and stays not found") {
  Folders folders;
  PluginFinder finder = folders.finder();
  const std::string text =
      "no plugin 'plain' on the plugin path (" + folders.root + "/a:" + folders.root + "/b)";
  CHECK(found(finder, "plain") == text);
  folders.put("libplain.so", "b/libplain.so");
  CHECK(found(finder, "plain") == text);
  PluginFinder nowhere({});
  CHECK(found(nowhere, "plain") == "no plugin 'plain': there is no plugin path");
}

TEST_CASE("a library that cannot be used is not passed over for another") {
  Folders folders;
  std::ofstream(folders.root + "/a/libplain.so") << "text";
  folders.put("libplain.so", "b/libplain.so");
  PluginFinder finder = folders.finder();
  CHECK(found(finder, "plain") == "'" + folders.root + "/a/libplain.so' is not an ELF file");
}

TEST_CASE("names that could lead out of the folders are refused") {
  PluginFinder finder({"/usr/lib"});
  const std::string tail =
      " is not the name of a plugin: expected letters, digits and . _ + -, at most 64";
  CHECK(found(finder, "") == "''" + tail);
  CHECK(found(finder, "..") == "'..'" + tail);
  CHECK(found(finder, ".hidden") == "'.hidden'" + tail);
  CHECK(found(finder, "a b") == "'a b'" + tail);
  CHECK(finder.find(std::string(64, 'a')).error().text ==
        "no plugin '" + std::string(64, 'a') + "' on the plugin path (/usr/lib)");
  CHECK_THAT(found(finder, std::string(65, 'a')), Catch::Matchers::EndsWith(tail));
}

TEST_CASE("the names that are known come from all folders, sorted, each once") {
  Folders folders;
  folders.put("libplain.so", "b/libplain.so");
  folders.put("libplain.so", "a/plain.so");
  folders.put("libplain.so", "a/libalpha.so");
  std::ofstream(folders.root + "/a/notes.txt") << "";
  std::ofstream(folders.root + "/a/.so") << "";
  CHECK(folders.finder().known_names() == Names{"alpha", "plain"});
  CHECK(PluginFinder({"/nowhere"}).known_names() == Names{});
}

TEST_CASE("folders come from the options, the variable and the place of the program") {
  Folders folders;
  fs::create_directories(folders.root + "/bin");
  fs::create_directories(folders.root + "/plugins");
  const std::string program = folders.root + "/bin/papy";
  CHECK(plugin_folders({"/x", "/y/../z"}, "/p::/q:", program) ==
        Names{"/x", "/z", "/p", "/q", folders.root + "/plugins"});
  fs::create_directories(folders.root + "/lib/papy/plugins");
  CHECK(plugin_folders({}, nullptr, program) == Names{folders.root + "/lib/papy/plugins"});
  CHECK(plugin_folders({}, "", "/nowhere/bin/papy") == Names{});
}

}  // namespace
}  // namespace papy
