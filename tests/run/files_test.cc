#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "item/pack.h"
#include "run/dead_letters.h"
#include "run/json_line.h"
#include "run/line_file.h"
#include "run/run_id.h"

namespace papy {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "papy-run-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string contents(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

Failure failure() {
  std::string map, binary;
  Packer(map).map(1);
  Packer(map).text("id");
  Packer(map).integer(7);
  Packer(binary).binary(bytes_of(std::string_view("\xff\x00", 2)));
  return {.piper = "trim",
          .function = "fastx.trim",
          .kind = "error",
          .code = 7,
          .message = "no \"quality\"",
          .inbox = {map, binary},
          .place = 12,
          .attempts = 2,
          .hops = 1};
}

TEST_CASE("lines are in the file after flush, and after the end") {
  Folder folder;
  auto file = *LineFile::create(folder / "lines", LineFile::Folders::must_exist);
  file->append("one\n");
  file->flush();
  CHECK(contents(folder / "lines") == "one\n");
  file->append("two\n");
  CHECK(file->written() == 2);
  file.reset();
  CHECK(contents(folder / "lines") == "one\ntwo\n");
}

TEST_CASE("a file that is there already is replaced") {
  Folder folder;
  std::ofstream(folder / "lines") << "old\nold\n";
  (*LineFile::create(folder / "lines", LineFile::Folders::must_exist))->append("new\n");
  CHECK(contents(folder / "lines") == "new\n");
}

TEST_CASE("a folder that is missing is made only when that was asked for") {
  Folder folder;
  const std::string path = folder / "a/b/lines";
  const auto refused = LineFile::create(path, LineFile::Folders::must_exist);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "cannot write '" + path + "': No such file or directory");
  REQUIRE(LineFile::create(path, LineFile::Folders::make));
  const auto blocked = LineFile::create(path + "/c/d", LineFile::Folders::make);
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().text == "cannot make the folder '" + path + "/c': Not a directory");
}

TEST_CASE("a full disk is told once, and what could not be written is counted") {
  auto file = *LineFile::create("/dev/full", LineFile::Folders::must_exist);
  file->append("one\n");
  file->append("two\n");
  CHECK_FALSE(file->take_error());
  file->flush();
  file->append("three\n");
  file->flush();
  CHECK(file->take_error()->text == "cannot write '/dev/full': No space left on device");
  CHECK_FALSE(file->take_error());
  CHECK(file->lost() == 3);
  CHECK(file->written() == 0);
}

TEST_CASE("a dead letter holds the whole failure, its inbox as JSON") {
  Folder folder;
  const std::string path = folder / "runs/r1/failed.jsonl";
  DeadLetters letters(path, "r1");
  CHECK_FALSE(fs::exists(folder / "runs"));
  letters.write("table", 40, failure());
  Failure joined{.piper = "pair", .kind = "joined", .place = 41, .causes = {failure()}};
  joined.inbox = {"\xc1"};
  letters.write("table", 41, joined);
  letters.flush();
  const std::string one =
      R"({"piper":"trim","function":"fastx.trim","kind":"error","code":7,"message":"no \"quality\"",)"
      R"("place":12,"attempts":2,"hops":1,"inbox":[{"id":7},{"$base64":"/wA="}]})";
  CHECK(
      contents(path) ==
      R"({"run":"r1","output":"table","place":40,"failure":)" + one + "}\n" +
          R"({"run":"r1","output":"table","place":41,"failure":{"piper":"pair","function":"",)"
          R"("kind":"joined","code":0,"message":"","place":41,"attempts":1,"hops":0,"inbox":[null],)"
          R"("causes":[)" +
          one + "]}}\n");
  CHECK(letters.written() == 2);
  CHECK(letters.lost() == 0);
}

TEST_CASE("dead letters that cannot be kept are told once and counted") {
  Folder folder;
  std::ofstream(folder / "file") << "in the way";
  DeadLetters letters(folder / "file/failed.jsonl", "r1");
  CHECK_FALSE(letters.take_error());
  letters.write("table", 0, failure());
  letters.write("table", 1, failure());
  CHECK(letters.take_error());
  CHECK_FALSE(letters.take_error());
  CHECK(letters.written() == 0);
  CHECK(letters.lost() == 2);
}

TEST_CASE("a JSON line is one line, whatever is in it") {
  JsonLine line;
  line.text("a", "x\ny").natural("b", ~0ull).integer("c", -3).seconds("d", 1.5).boolean("e", true);
  CHECK(line.take() ==
        "{\"a\":\"x\\ny\",\"b\":18446744073709551615,\"c\":-3,\"d\":1.500000,\"e\":true}\n");
  CHECK(line.take() == "{}\n");
}

TEST_CASE("runs have names that sort by time") {
  using namespace std::chrono_literals;
  const std::chrono::system_clock::time_point began{1795240650123ms};
  CHECK(run_id(began, 0xff3f9c1a) == "20261121-055730.123-3f9c1a");
  CHECK(utc_text(began) == "2026-11-21T05:57:30.123Z");
  CHECK(run_id(began + 1ms, 0) > run_id(began, 0xffffff));
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) names.insert(new_run_id());
  CHECK(names.size() == 100);
}

}  // namespace
}  // namespace papy
