#include "pool/private_folder.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/descriptor.h"

namespace papy {
namespace {

namespace fs = std::filesystem;

/// A variable of the environment, set as long as this lives.
class Setting {
 public:
  Setting(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;
  ~Setting() {
    if (before_.empty())
      unsetenv(name_);
    else
      setenv(name_, before_.c_str(), 1);
  }

 private:
  const char* name_;
  std::string before_;
};

/// A folder for one test.
class Folder {
 public:
  Folder() {
    std::string name = "/tmp/papy-test-XXXXXX";
    REQUIRE(mkdtemp(name.data()));
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void make_socket(const std::string& path) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

std::string place_of(const std::string& folder) { return fs::path(folder).parent_path(); }

}  // namespace

TEST_CASE("a private folder is in the user's runtime folder, and nobody else may enter it") {
  const Folder runtime;
  const Setting variable("XDG_RUNTIME_DIR", runtime.path());
  const auto folder = make_private_folder();
  REQUIRE(folder);
  CHECK(place_of(*folder) == runtime.path());
  struct stat about {};
  REQUIRE(lstat(folder->c_str(), &about) == 0);
  CHECK(S_ISDIR(about.st_mode));
  CHECK((about.st_mode & 07777) == 0700);
  CHECK(about.st_uid == geteuid());
}

TEST_CASE("a runtime folder that does not serve is passed over") {
  const Folder base;
  const std::string deep(120, 'd');
  fs::create_directory(base.path() + "/" + deep);
  std::ofstream(base.path() + "/file");
  const std::string place = GENERATE_COPY(std::string("missing"), std::string("file"), deep);
  const Folder temporary;
  const Setting runtime_variable("XDG_RUNTIME_DIR", base.path() + "/" + place);
  const Setting temporary_variable("TMPDIR", temporary.path());
  const auto folder = make_private_folder();
  REQUIRE(folder);
  CHECK(place_of(*folder) == temporary.path());
}

TEST_CASE("the last resort for a private folder is /tmp") {
  const Folder base;
  const Setting runtime_variable("XDG_RUNTIME_DIR", base.path() + "/missing");
  const Setting temporary_variable("TMPDIR", base.path() + "/" + std::string(120, 'd'));
  const auto folder = make_private_folder();
  REQUIRE(folder);
  CHECK(place_of(*folder) == "/tmp");
  remove_private_folder(*folder);
}

TEST_CASE("a private folder is removed with its sockets") {
  const Folder runtime;
  const Setting variable("XDG_RUNTIME_DIR", runtime.path());
  const auto folder = make_private_folder();
  REQUIRE(folder);
  make_socket(*folder + "/post");
  remove_private_folder(*folder);
  CHECK_FALSE(fs::exists(*folder));
  remove_private_folder(*folder);  // it is gone: nothing happens
}

TEST_CASE("a private folder is removed with all that is in it, and no link is followed") {
  const Folder elsewhere;
  make_socket(elsewhere.path() + "/socket");
  const Folder runtime;
  const Setting variable("XDG_RUNTIME_DIR", runtime.path());
  const auto folder = make_private_folder();
  REQUIRE(folder);
  bool is_link = false;
  SECTION("folders in folders, some closed") {
    fs::create_directories(*folder + "/a/b/c");
    std::ofstream(*folder + "/a/b/file");
    std::ofstream(*folder + "/file");
    fs::permissions(*folder + "/a/b/c", fs::perms::none);
    fs::permissions(*folder + "/a/b", fs::perms::owner_read);
    fs::permissions(*folder + "/a", fs::perms::none);
  }
  SECTION("links") {
    fs::create_symlink(elsewhere.path() + "/socket", *folder + "/file");
    fs::create_directory(*folder + "/a");
    fs::create_directory_symlink(elsewhere.path(), *folder + "/a/folder");
  }
  SECTION("the folder itself is a link") {
    is_link = true;
    fs::remove(*folder);
    fs::create_directory_symlink(elsewhere.path(), *folder);
  }
  remove_private_folder(*folder);
  CHECK(fs::is_socket(elsewhere.path() + "/socket"));
  CHECK(fs::exists(*folder) == is_link);
}

}  // namespace papy
