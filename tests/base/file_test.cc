#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace papy;

namespace {

// A directory that is gone at the end.
class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/papy-file-test-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string why_not(const std::string& path, std::size_t most = 100) {
  const auto text = read_file(path, most);
  return text ? "read: " + *text : text.error().text;
}

}  // namespace

TEST_CASE("a file is read up to its limit and not beyond") {
  const Scratch scratch;
  const std::string file = scratch / "f";
  write(file, "");
  CHECK(why_not(file) == "read: ");
  write(file, "12345");
  CHECK(why_not(file, 5) == "read: 12345");
  CHECK(why_not(file, 4) == "cannot read '" + file + "': larger than 4 bytes");
}

TEST_CASE("what is no regular file is refused, by what it is") {
  const Scratch scratch;
  const std::string pipe = scratch / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(why_not(pipe) == "cannot read '" + pipe + "': a pipe, not a regular file");
  CHECK(why_not(scratch / "") == "cannot read '" + (scratch / "") + "': a directory, not a file");
  CHECK(why_not("/dev/zero") == "cannot read '/dev/zero': a device, not a regular file");
  CHECK(why_not(scratch / "none") ==
        "cannot read '" + (scratch / "none") + "': No such file or directory");
  CHECK(why_not("") == "cannot read '': No such file or directory");
}

TEST_CASE("a file that may not be read says so") {
  if (::geteuid() == 0) return;  // root may read everything
  const Scratch scratch;
  const std::string file = scratch / "secret";
  write(file, "x");
  REQUIRE(::chmod(file.c_str(), 0) == 0);
  CHECK(why_not(file) == "cannot read '" + file + "': Permission denied");
}

TEST_CASE("stdin may be a pipe, within the same limit") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "12345", 5) == 5);
  ::close(ends[1]);
  const int before = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  CHECK(why_not("-") == "read: 12345");
  ::dup2(before, STDIN_FILENO);
  ::close(before);
  ::close(ends[0]);
}
