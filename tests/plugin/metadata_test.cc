#include "plugin/metadata.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "plugin/elf.h"

namespace papy {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

const std::string kFolder = PAPY_BINARY_DIR "/tests/plugins/";
const std::string kPlugin = R"({"plugin":"p","abi_major":1,"abi_minor":0})";

std::string problem(const std::string& section) {
  const auto metadata = parse_metadata(section, "/x.so");
  return metadata ? "" : metadata.error().text;
}

std::string broken(int record, const std::string& why) {
  return "the metadata of '/x.so' is broken in record " + std::to_string(record) + ": " + why;
}

TEST_CASE("records stand between NULs, in any order and with any padding") {
  const auto metadata = parse_metadata(
      "\0\0{\"function\":\"f\"}\0"s + R"({"plugin":"p","version":"1","abi_major":1,"new":[]})" +
          "\0\0{\"function\":\"g\",\"kind\":\"source\"}"s,
      "/x.so");
  REQUIRE(metadata);
  CHECK(metadata->name == "p");
  CHECK(metadata->version == "1");
  REQUIRE(metadata->functions.size() == 2);
  CHECK(metadata->functions[0] == FunctionMetadata{.name = "f"});
  CHECK(metadata->functions[1] ==
        FunctionMetadata{.name = "g", .kind = PAPY_SOURCE, .inputs_min = 0, .inputs_max = 0});
  CHECK(metadata->find("g") == &metadata->functions[1]);
  CHECK(metadata->find("h") == nullptr);
}

TEST_CASE("what the C++ layer writes is read whole") {
  const auto file = LibraryFile::open(kFolder + "libexample.so");
  REQUIRE(file);
  const auto metadata = read_metadata(*file);
  REQUIRE(metadata);
  CHECK(metadata->name == "example");
  CHECK(metadata->version == "1.2.3");
  CHECK(metadata->license == "MIT");
  CHECK(metadata->url == "https://example.org");
  CHECK(metadata->path == fs::canonical(kFolder + "libexample.so"));
  const FunctionMetadata* scale = metadata->find("scale");
  REQUIRE(scale != nullptr);
  CHECK(
      *scale ==
      FunctionMetadata{
          .name = "scale",
          .kind = PAPY_WORKER,
          .flags = PAPY_REENTRANT | PAPY_PURE,
          .inputs_min = 1,
          .inputs_max = 1,
          .has_flush = false,
          .summary = "scales a number",
          .args_schema =
              R"({"type":"object","properties":{)"
              R"("factor":{"description":"what to multiply with","type":"number"},)"
              R"("offset":{"description":"what to add afterwards","type":"number","default":0.25},)"
              R"("digits":{"description":"digits to keep","type":"integer","minimum":0,"maximum":9,"default":3},)"
              R"("round":{"description":"which way","type":"string","enum":["nearest","down"],"default":"nearest"},)"
              R"("tags":{"description":"not used","type":"array","items":{"type":"string"}},)"
              R"("limit":{"description":"largest result","type":"integer"},)"
              R"("table":{"description":"a file","type":"string","format":"path","default":"-"}},)"
              R"("required":["factor"],"additionalProperties":false})",
          .input = "float",
          .output = "float",
          .emits = "one"});
  const auto types = [&](const char* name) {
    const FunctionMetadata& f = *metadata->find(name);
    return f.input + " -> " + f.output + " " + f.emits;
  };
  CHECK(types("keep_long") ==
        "record{name: string, sequence: string, quality: string?} -> "
        "record{name: string, sequence: string, quality: string?} at-most-one");
  CHECK(types("join") == "string, string -> string one");
  CHECK(types("repeat") == "any, int -> any any");
  CHECK(types("how_many") == "any... -> int one");
  CHECK(types("where") == "any -> tuple<string, int, int, int, bool> one");
  CHECK(types("range") == " -> int any");
  CHECK(types("into_log") == "string ->  ");
  CHECK(metadata->find("greet")->summary == "greets \"someone\"\tby name");
  CHECK(metadata->find("word_count")->has_flush);
  CHECK(flag_names(metadata->find("where")->flags) ==
        std::vector<std::string>{"reentrant", "local", "cancels"});
}

TEST_CASE("metadata that is broken says where and why") {
  CHECK(problem("") == "the metadata of '/x.so' does not say which plugin it is");
  CHECK(problem("{\"plugin\":") == broken(1, "it is not a JSON object"));
  CHECK(problem(kPlugin + "\0[]"s) == broken(2, "it is not a JSON object"));
  CHECK(problem("{}") == broken(1, "it has neither 'plugin' nor 'function'"));
  CHECK(problem("{\"plugin\":\"\xff\"}") == broken(1, "it is not a JSON object"));
  CHECK(problem("{\"a\":" + std::string(100000, '[')) == broken(1, "it is nested too deep"));
  CHECK(problem(kPlugin + "\0"s + kPlugin) == broken(2, "a record before it has 'plugin' too"));
  CHECK(problem(R"({"plugin":""})") == broken(1, "its 'plugin' must be a name"));
  CHECK(problem(R"({"plugin":"p","version":1})") == broken(1, "its 'version' must be text"));
}

TEST_CASE("a function that is declared wrong says what was expected") {
  const auto function = [](const std::string& json) { return problem(kPlugin + "\0"s + json); };
  CHECK(function(R"({"function":"f"})") == "");
  CHECK(function(R"({"function":"f","flags":["pure","fast"]})") ==
        broken(2, R"(its 'flags' must be names of flags, not "fast")"));
  CHECK(function(R"({"function":"f","flags":"pure"})") ==
        broken(2, "its 'flags' must be a list of names"));
  CHECK(function(R"({"function":"f","kind":"sinks"})") ==
        broken(2, "its 'kind' must be worker, source or sink"));
  CHECK(function(R"({"function":"f","inputs_min":-1})") ==
        broken(2, "its 'inputs_min' must be a number from 0"));
  CHECK(function(R"({"function":"f","inputs_min":4294967296})") ==
        broken(2, "its 'inputs_min' must be a number from 0"));
  CHECK(function(R"({"function":"f","inputs_min":3,"inputs_max":2})") ==
        broken(2, "its 'inputs_max' must be 0 or at least inputs_min"));
  CHECK(function(R"({"function":"f","flush":1})") ==
        broken(2, "its 'flush' must be true or false"));
  CHECK(function(R"({"function":"f","args":[]})") == broken(2, "its 'args' must be an object"));
  CHECK(function(R"({"function":"a b"})") ==
        broken(2, "its 'function' must be a C identifier of at most 128 letters"));
  CHECK(function("{\"function\":\"f\"}\0{\"function\":\"f\"}"s) ==
        broken(3, "function 'f' is declared twice"));
}

TEST_CASE("another version of the interface is told before anything else that differs") {
  const std::string text =
      "plugin '/x.so' is made for version 2.0 of the plugin interface, this papy has 1.0";
  CHECK(problem("{\"function\":7}\0{\"plugin\":\"p\",\"abi_major\":2}"s) == text);
  CHECK(problem(R"({"plugin":"p","abi_major":1,"abi_minor":1})") ==
        "plugin '/x.so' is made for version 1.1 of the plugin interface, this papy has 1.0");
  CHECK(problem(R"({"plugin":"p"})") ==
        "plugin '/x.so' is made for version 0.0 of the plugin interface, this papy has 1.0");
}

/// A file with these bytes, and what reading its metadata says.
class Sample {
 public:
  Sample() {
    std::string name = fs::temp_directory_path() / "papy-test-XXXXXX";
    path_ = std::string(::mkdtemp(name.data()));
    std::ostringstream bytes;
    bytes << std::ifstream(kFolder + "libplain.so", std::ios::binary).rdbuf();
    library = bytes.str();
  }
  ~Sample() { fs::remove_all(path_); }
  std::string path() const { return path_ + "/x.so"; }
  std::string says(const std::string& bytes) const {
    std::ofstream(path(), std::ios::binary) << bytes;
    const auto file = LibraryFile::open(path());
    const auto metadata = read_metadata(*file);
    return metadata ? metadata->name : metadata.error().text;
  }
  std::string library;

 private:
  std::string path_;
};

TEST_CASE("a file that is no library for this machine says what it is") {
  const Sample sample;
  const auto changed = [&](std::size_t at, char to) {
    std::string bytes = sample.library;
    bytes[at] = to;
    return sample.says(bytes);
  };
  const std::string file = "'" + sample.path() + "' ";
  CHECK(sample.says(sample.library) == "plain");
  CHECK(sample.says("") == file + "is not an ELF file");
  CHECK(sample.says("\x7f"
                    "EL") == file + "is not an ELF file");
  CHECK(changed(0, 'x') == file + "is not an ELF file");
  CHECK(changed(4, 1) == file + "is not for this machine: it is not 64-bit little-endian");
  CHECK(changed(5, 2) == file + "is not for this machine: it is not 64-bit little-endian");
  CHECK_THAT(changed(18, 3),
             Catch::Matchers::StartsWith(file + "is not for this machine: it is for 32-bit x86"));
  CHECK(changed(16, 1) == file + "is an object file, not a shared library");
  CHECK(changed(16, 2) == file + "is a program, not a shared library");
}

TEST_CASE("a library that was cut off anywhere is damaged, or whole enough") {
  const Sample sample;
  // The table of sections ends the file: without its last byte nothing can be found.
  const std::string damaged =
      "'" + sample.path() + "' is damaged: its sections lie outside of the file";
  for (std::size_t size = 20; size < sample.library.size(); size += size < 200 ? 1 : 997) {
    INFO(size);
    const std::string said = sample.says(sample.library.substr(0, size));
    CHECK((said == damaged || said == "'" + sample.path() + "' is cut off"));
  }
}

TEST_CASE("no bit of a library's header or tables is believed") {
  const Sample sample;
  const std::size_t size = sample.library.size();
  const auto try_flip = [&](std::size_t at) {
    std::string bytes = sample.library;
    bytes[at] = static_cast<char>(~bytes[at]);
    CHECK_FALSE(sample.says(bytes).empty());
  };
  for (std::size_t at = 0; at < 64; ++at) try_flip(at);
  for (std::size_t at = size - 2000; at < size; at += 7) try_flip(at);
}

}  // namespace
}  // namespace papy
