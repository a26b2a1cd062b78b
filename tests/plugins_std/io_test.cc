// The functions of the plugin io, one by one.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <papy/cpp/any.hpp>
#include <string>
#include <vector>

#include "support.h"

namespace papy {
namespace {

using Saids = std::vector<Said>;

/// The name of the test's folder is another each time.
Saids without_folder(Saids said) {
  for (Said& each : said) {
    for (auto at = each.find("/tmp/papy-test-"); at != Said::npos;
         at = each.find("/tmp/papy-test-")) {
      each.erase(at, std::string("/tmp/papy-test-XXXXXX/").size());
    }
  }
  return said;
}

/// What a source says of a file "in" with this content, call by call; three items a call at most.
Saids read_all(const char* name, const std::string& content, const std::string& others = "") {
  const Folder folder;
  Plugin io("io");
  const std::string args = path_args(folder.file("in", content), others);
  Caller source = io.open(name, args);
  if (!source.refusal.empty()) return {io.refusal(name, args)};
  return without_folder(all_of(source));
}

Saids range(const std::string& args) {
  Plugin io("io");
  Caller source = io.open("range", args);
  if (!source.refusal.empty()) return {io.refusal("range", args)};
  return all_of(source);
}

TEST_CASE("io.range counts from, by and to any number") {
  CHECK(range(R"({"to":4})") == Saids{"0 1 2", "end 3"});
  CHECK(range(R"({"to":3})") == Saids{"end 0 1 2"});
  CHECK(range(R"({"to":0})") == Saids{"end"});
  CHECK(range(R"({"from":5,"to":0})") == Saids{"end"});
  CHECK(range(R"({"from":5,"to":-3,"step":-4})") == Saids{"end 5 1"});
  CHECK(range(R"({"from":5,"to":-3,"step":-3})") == Saids{"end 5 2 -1"});
  CHECK(
      range(
          R"({"from":-9223372036854775808,"to":9223372036854775807,"step":9223372036854775807})") ==
      Saids{"end -9223372036854775808 -1 9223372036854775806"});
  CHECK(
      range(
          R"({"from":9223372036854775806,"to":-9223372036854775808,"step":-9223372036854775808})") ==
      Saids{"end 9223372036854775806 -2"});
  CHECK(range(R"({"to":1,"step":0})") == Saids{"the step is 0, expected another number"});
}

TEST_CASE("io.range writes each number in its shortest form") {
  Plugin io("io");
  Caller source = io.open("range", R"({"from":-70000,"to":70001})");
  source.settings().wanted = 1'000'000;
  std::string said;
  Said last;
  do {
    last = source.call({});
    const bool end = last.starts_with("end ");
    said += (said.empty() ? "" : " ") + (end ? last.substr(4) : last);
    std::string expected;  // by the engine's own packer
    const std::string raw = source.raw();
    for (std::size_t at = 0; at < raw.size();) {
      const auto* from = reinterpret_cast<const std::uint8_t*>(raw.data()) + at;
      const auto* to = end_of_value(from, from + (raw.size() - at));
      REQUIRE(to != nullptr);
      expected += *from_json(to_json({from, to}));
      at += static_cast<std::size_t>(to - from);
    }
    CHECK((raw == expected));
  } while (!last.starts_with("end"));
  std::string expected;
  for (int i = -70000; i <= 70000; ++i)
    expected += (expected.empty() ? "" : " ") + std::to_string(i);
  CHECK((said == expected));
  CHECK(range(R"({"from":4294967294,"to":4294967297})") ==
        Saids{"end 4294967294 4294967295 4294967296"});
  CHECK(range(R"({"from":-2147483647,"to":-2147483650,"step":-1})") ==
        Saids{"end -2147483647 -2147483648 -2147483649"});
}

TEST_CASE("io.range knows its size and its place, and without a limit has no end") {
  Plugin io("io");
  const papy_worker* const worker = io.worker("range");
  Caller source = io.open("range", R"({"to":10})");
  CHECK(worker->size(source.state()) == 10);
  CHECK(source.call({}) == "0 1 2");
  CHECK(source.cursor() == R"("=3")");
  Caller other = io.open("range", R"({"to":10})");
  REQUIRE(worker->seek(other.state(), "=9", 2) == PAPY_OK);
  CHECK(other.call({}) == "end 9");
  CHECK(worker->seek(other.state(), "=11", 3) != PAPY_OK);
  Caller endless = io.open("range", R"({"from":9223372036854775800})");
  CHECK(worker->size(endless.state()) == 0);
  CHECK(endless.call({}) == "9223372036854775800 9223372036854775801 9223372036854775802");
}

TEST_CASE("io.read_lines reads lines") {
  CHECK(read_all("read_lines", "one\ntwo\r\n\nfour") ==
        Saids{R"("one" "two" "")", R"(end "four")"});
  CHECK(read_all("read_lines", "") == Saids{"end"});
  CHECK(read_all("read_lines", gzip("one\n")) == Saids{R"(end "one")"});
  Plugin io("io");
  CHECK(io.refusal("read_lines", path_args("/nowhere/x")) ==
        "cannot read '/nowhere/x': no such file or directory");
}

TEST_CASE("io.read_jsonl fails the line that is malformed and goes on") {
  CHECK(read_all("read_jsonl", "{\"b\": 1, \"a\": [2.0]}\n\n  \n7\r\n") ==
        Saids{R"(end {"b":1,"a":[2.0]} 7)"});
  CHECK(read_all("read_jsonl", "1\n{\"a\" 2}\n3\n") ==
        Saids{"1", "fail 0: in:2: column 6: expected ':'", "end 3"});
  CHECK(read_all("read_jsonl", "[\n") == Saids{"fail 0: in:1: column 2: expected a value", "end"});
}

TEST_CASE("io.read_records reads maps by a header, or lists") {
  CHECK(read_all("read_records", "name,n\na,1\n\"b \"\"x\"\", y\",2\n") ==
        Saids{R"(end {"name":"a","n":"1"} {"name":"b \"x\", y","n":"2"})"});
  CHECK(read_all("read_records", "a\t1\n\n\tx\n", R"("delimiter":"\t","header":false)") ==
        Saids{R"(end ["a","1"] ["","x"])"});
  CHECK(read_all("read_records",
                 "\xef\xbb\xbf"
                 "a,b\r\n\"1\r\n2\",\r\n") == Saids{R"(end {"a":"1\n2","b":""})"});
  CHECK(read_all("read_records", "a,b\n") == Saids{"end"});
  CHECK(read_all("read_records", "") == Saids{"end"});
}

TEST_CASE("io.read_records fails the record that is malformed and goes on") {
  CHECK(
      read_all("read_records", "a,b\n1\n2,3\n") ==
      Saids{"fail 0: in:2: expected 2 fields as in the header, got 1", R"(end {"a":"2","b":"3"})"});
  CHECK(read_all("read_records", "a,b\nx\"y,1\n2,3\n") ==
        Saids{"fail 0: in:2: field 1 has a quote within, but does not begin with one",
              R"(end {"a":"2","b":"3"})"});
  CHECK(
      read_all("read_records", "a,b\n1,\"x\"y\n2,3\n") ==
      Saids{"fail 0: in:2: field 2 goes on behind its closing quote", R"(end {"a":"2","b":"3"})"});
  CHECK(read_all("read_records", "a,b\n1,2\n3,\"4\n5,6\n") ==
        Saids{R"({"a":"1","b":"2"})",
              "fail 0: in:3: the file ends within a field in quotes that begins in this record",
              R"(end {"a":"5","b":"6"})"});
  CHECK(read_all("read_records", "a,a\n1,2\n") ==
        Saids{"fatal 22: in:1: the header names the field 'a' twice"});
  CHECK(read_all("read_records", "", R"("delimiter":";;")") ==
        Saids{"the delimiter is ';;', expected one character"});
}

TEST_CASE("io.read_records gives fields the types and the order that are asked for") {
  const std::string table = "n,share,ok,name,tags\n1,0.5,true,a,\"[1,\"\"x\"\"]\"\n,,,,\n";
  const std::string types =
      R"("types":{"n":"integer","share":"float","ok":"boolean","tags":"json","name":"text"})";
  CHECK(read_all("read_records", table, types) ==
        Saids{R"(end {"n":1,"share":0.5,"ok":true,"name":"a","tags":[1,"x"]} )"
              R"({"n":null,"share":null,"ok":null,"name":"","tags":null})"});
  CHECK(read_all("read_records", table, R"("columns":["name","n"],"types":{"n":"integer"})") ==
        Saids{R"(end {"name":"a","n":1} {"name":"","n":null})"});
  CHECK(read_all("read_records", "n\n+18446744073709551615\n1.5\n-2\n",
                 R"("types":{"n":"integer"})") ==
        Saids{R"({"n":18446744073709551615})",
              "fail 0: in:3: field 'n': '1.5' is no integer of 64 bits", R"(end {"n":-2})"});
  CHECK(read_all("read_records", "x,y\n1,2\n3,z\n", R"("types":{"x":"float","y":"float"})") ==
        Saids{R"({"x":1.0,"y":2.0})", "fail 0: in:3: field 'y': 'z' is no number", "end"});
  CHECK(read_all("read_records", "x\nyes\n", R"("types":{"x":"boolean"})") ==
        Saids{"fail 0: in:2: field 'x': 'yes' is no boolean (true or false)", "end"});
  CHECK(read_all("read_records", "x\n[1\n", R"("types":{"x":"json"})") ==
        Saids{"fail 0: in:2: field 'x': column 3: expected ',' or ']'", "end"});
  CHECK(read_all("read_records", "a,b\n", R"("columns":["c"])") ==
        Saids{"fatal 22: in:1: the header has no field 'c', but 'a', 'b'"});
  CHECK(read_all("read_records", "a,b\n", R"("types":{"c":"text"})") ==
        Saids{"fatal 22: in:1: the header has no field 'c', but 'a', 'b'"});
  CHECK(read_all("read_records", "", R"("types":{"c":"int"})") ==
        Saids{"argument 'types': expected 'text', 'integer', 'float', 'boolean' or 'json', got "
              "'int'"});
  CHECK(read_all("read_records", "", R"("header":false,"columns":["c"])") ==
        Saids{"columns and types speak of the names in a header, and header is false"});
}

TEST_CASE("a quote that is left open costs one record, not the rest of the file") {
  std::string table = "a,b\n1,\"open\n";
  for (int i = 0; i < 5; ++i) table += std::to_string(i) + ",x\n";
  CHECK(read_all("read_records", table + "7,\"8\n9\"\n", R"("most_lines":3)") ==
        Saids{"fail 0: in:2: a field in quotes that begins in this record is open for 3 lines",
              R"({"a":"0","b":"x"} {"a":"1","b":"x"} {"a":"2","b":"x"})",
              R"({"a":"3","b":"x"} {"a":"4","b":"x"} {"a":"7","b":"8\n9"})", "end"});
  // The second open quote is seen by the first as its end, with text behind it.
  CHECK(read_all("read_records", "a,b\n1,\"x\n2,y\n3,\"z\n4,w\n") ==
        Saids{"fail 0: in:4: field 2 goes on behind its closing quote", R"({"a":"2","b":"y"})",
              "fail 0: in:4: the file ends within a field in quotes that begins in this record",
              R"(end {"a":"4","b":"w"})"});
}

TEST_CASE("io.read_records goes on from a cursor behind an open quote") {
  const Folder folder;
  Plugin io("io");
  const std::string args =
      path_args(folder.file("in", "a,b\n1,\"open\n2,x\n3,\"y\nz\"\n4,w\n"), R"("most_lines":2)");
  Caller first = io.open("read_records", args);
  CHECK(first.call({}).starts_with("fail 0: "));
  const Said cursor = first.cursor();
  const std::string text = cursor.substr(1, cursor.size() - 2);
  Caller second = io.open("read_records", args);
  REQUIRE(io.worker("read_records")->seek(second.state(), text.data(), text.size()) == PAPY_OK);
  CHECK(all_of(second) ==
        Saids{R"({"a":"2","b":"x"} {"a":"3","b":"y\nz"} {"a":"4","b":"w"})", "end"});
}

/// What io.write_records makes of items; then what it said of those it could not write.
std::string written(const std::vector<std::string>& items, const std::string& others = "") {
  const Folder folder;
  Plugin io("io");
  const std::string args = path_args(folder.path("out"), others);
  Caller sink = io.open("write_records", args);
  if (!sink.refusal.empty()) return io.refusal("write_records", args);
  std::string failures;
  for (const std::string& item : items) failures += sink.call({item});
  CHECK(sink.finish(true) == "");
  return folder.content("out") + failures;
}

TEST_CASE("io.write_records writes maps and lists as lines") {
  CHECK(written({R"({"name":"a","n":1})", R"({"n":2.5,"name":"b, \"c\"\n"})",
                 R"({"name":null,"n":[true,"x"]})"}) ==
        "name,n\na,1\n\"b, \"\"c\"\"\n\",2.5\n,\"[true,\"\"x\"\"]\"\n");
  CHECK(written({R"({"a":{"b":1},"c":2})"}, R"("columns":["c","a.b"],"delimiter":"\t")") ==
        "c\ta.b\n2\t1\n");
  CHECK(written({R"({"a":1})"}, R"("header":false)") == "1\n");
  CHECK(written({R"([1,"x,y"])", "[2]"}) == "1,\"x,y\"\n2\n");
  CHECK(written({R"({"a":""})", R"({"a":"x"})"}) == "a\n\"\"\nx\n");
  CHECK(written({}) == "");
  CHECK(written({}, R"("columns":["a","b"])") == "a,b\n");
}

TEST_CASE("io.write_records fails what does not fit into its columns") {
  CHECK(written({R"({"a":1})", R"({"b":1})"}) ==
        "a\n1\nfail 0: there is no field 'a', as the first item had");
  CHECK(written({R"({"a":1})", R"({"a":1,"b":2})"}) ==
        "a\n1\nfail 0: the field 'b' is new, the first item had none");
  CHECK(written({R"({"b":1})", R"({"a":2,"b":1})"}, R"("columns":["a"])") ==
        "a\n2\nfail 0: there is no field 'a'");
  CHECK(written({"7"}) == "fail 0: input: expected a map, got an integer");
  CHECK(written({}, R"("quote":"")") == "the quote is '', expected one character");
}

TEST_CASE("what io.write_records has written is read back") {
  const Folder folder;
  Plugin io("io");
  for (const std::string name : {"t.csv", "t.csv.gz", "t.csv.zst"}) {
    Caller sink = io.open("write_records", path_args(folder.path(name)));
    const std::vector<std::string> items = {R"({"a":"x\ny","b":"\"q\""})", R"({"a":"","b":", "})"};
    for (const std::string& item : items) CHECK(sink.call({item}) == "");
    CHECK(sink.finish(true) == "");
    Caller source = io.open("read_records", path_args(folder.path(name)));
    CHECK(all_of(source) == Saids{"end " + items[0] + " " + items[1]});
  }
}

TEST_CASE("io.write_records goes on from what it prepared, without a second header") {
  const Folder folder;
  Plugin io("io");
  const std::string args = path_args(folder.path("out"));
  std::string mark;
  {
    Caller first = io.open("write_records", args);
    first.call({R"({"a":1,"b":2})"});
    mark = first.prepare(1);
    first.call({R"({"a":"lost","b":2})"});
  }
  const std::string text = packed(*from_json(mark)).as<std::string>();
  Caller second = io.open("write_records", args);
  REQUIRE(io.worker("write_records")->rollback(second.state(), text.data(), text.size()) ==
          PAPY_OK);
  CHECK(second.call({R"({"c":1})"}) == "fail 0: there is no field 'a', as the first item had");
  CHECK(second.call({R"({"b":4,"a":3})"}) == "");
  CHECK(second.finish(true) == "");
  CHECK(folder.content("out") == "a,b\n1,2\n3,4\n");
}

TEST_CASE("io.read_msgpack reads values to the last whole one") {
  const std::string values =
      *from_json("1") + *from_json(R"({"a":[1.5,"x"]})") + *from_json("null");
  CHECK(read_all("read_msgpack", values) == Saids{R"(1 {"a":[1.5,"x"]} null)", "end"});
  CHECK(read_all("read_msgpack", gzip(values)) == Saids{R"(1 {"a":[1.5,"x"]} null)", "end"});
  CHECK(read_all("read_msgpack", "") == Saids{"end"});
  CHECK(read_all("read_msgpack", values + "\x92\x01") ==
        Saids{R"(1 {"a":[1.5,"x"]} null)",
              "fatal 5: 'in': the file ends within a value that begins at byte 17"});
  CHECK(read_all("read_msgpack", "\x01\xc1\x01") ==
        Saids{"1", "fatal 5: 'in': no msgpack value begins at byte 1"});
}

TEST_CASE("sources of files go on from their cursors") {
  const Folder folder;
  std::string lines, json, records = "a,b\n", packed;
  for (int i = 0; i < 7; ++i) {
    lines += std::to_string(i) + "\n";
    json += "[" + std::to_string(i) + "]\n";
    records += std::to_string(i) + ",\"x\ny\"\n";
    packed += *from_json(std::to_string(i * 1000));
  }
  struct Case {
    const char* name;
    std::string content;
  };
  Plugin io("io");
  for (const auto& [name, content] :
       {Case{"read_lines", lines}, Case{"read_jsonl", json}, Case{"read_records", records},
        Case{"read_msgpack", packed}}) {
    for (const std::string& stored : {content, gzip(content)}) {
      INFO(name);
      const std::string args = path_args(folder.file("in", stored));
      Caller first = io.open(name, args);
      first.call({});
      const Said cursor = first.cursor();
      const std::string text = cursor.substr(1, cursor.size() - 2);
      Caller second = io.open(name, args);
      REQUIRE(io.worker(name)->seek(second.state(), text.data(), text.size()) == PAPY_OK);
      CHECK(all_of(second) == all_of(first));
      CHECK(io.worker(name)->seek(second.state(), "=?", 2) != PAPY_OK);
    }
  }
}

TEST_CASE("io.glob and io.read_files go through the files that match, sorted") {
  const Folder folder;
  folder.file("b.txt", "second");
  folder.file("a.txt", gzip("first"));
  folder.file("c.dat", "other");
  std::filesystem::create_directory(folder.path("d.txt"));
  std::filesystem::create_symlink("b.txt", folder.path("e.txt"));
  std::filesystem::create_symlink("nowhere", folder.path("f.txt"));
  const auto args = [&](const std::string& others) {
    return R"({"pattern":")" + folder.path("*.txt") + "\"" + others + "}";
  };
  Plugin io("io");
  Caller glob = io.open("glob", args(""));
  CHECK(io.worker("glob")->size(glob.state()) == 3);
  CHECK(without_folder(all_of(glob)) == Saids{R"(end "a.txt" "b.txt" "e.txt")"});
  Caller files = io.open("read_files", args(R"(,"links":false)"));
  CHECK(without_folder(all_of(files)) == Saids{R"({"path":"a.txt","content":"first"})",
                                               R"(end {"path":"b.txt","content":"second"})"});
  Caller as_bytes =
      io.open("read_files", R"({"pattern":")" + folder.path("c.*") + R"(","as":"bytes"})");
  CHECK(without_folder(all_of(as_bytes)) ==
        Saids{R"(end {"path":"c.dat","content":{"$base64":"b3RoZXI="}})"});

  const std::string none = R"({"pattern":"/nowhere/*.txt"})";
  CHECK(io.refusal("glob", none) == "no file matches '/nowhere/*.txt'");
  Caller allowed = io.open("glob", R"({"pattern":"/nowhere/*.txt","allow_none":true})");
  CHECK(allowed.call({}) == "end");
}

TEST_CASE("a file that cannot be read fails its own item") {
  const Folder folder;
  folder.file("a", "first");
  folder.file("b", gzip("second").substr(0, 20));
  folder.file("c", "third");
  Plugin io("io");
  Caller files = io.open("read_files", R"({"pattern":")" + folder.path("?") + "\"}");
  CHECK(without_folder(all_of(files)) ==
        Saids{R"({"path":"a","content":"first"})",
              "fail 5: 'b' is cut off: it ends in the middle of its gzip data",
              R"(end {"path":"c","content":"third"})"});
  Caller one = io.open("read_file");
  CHECK(one.call({"\"" + folder.path("c") + "\""}) == R"("third")");
  CHECK(one.call({R"("no.txt")"}) ==
        "fail 2: cannot read '/base/no.txt': no such file or directory");
  CHECK(io.open("read_file", R"({"as":"bytes"})").call({"\"" + folder.path("c") + "\""}) ==
        R"({"$base64":"dGhpcmQ="})");
}

/// What stands in the file when a sink has taken these items.
std::string written(const char* name, const std::vector<std::string>& items) {
  const Folder folder;
  Plugin io("io");
  Caller sink = io.open(name, path_args(folder.path("out")));
  for (const std::string& item : items) CHECK(sink.call({item}) == "");
  CHECK(!folder.has("out"));
  CHECK(sink.finish(true) == "");
  return folder.content("out");
}

TEST_CASE("sinks write lines, JSON and msgpack") {
  const std::vector<std::string> items{R"("a\"b")", R"({"b":1,"a":[0.1,null]})", "7"};
  CHECK(written("write_lines", items) == "a\"b\n{\"b\":1,\"a\":[0.1,null]}\n7\n");
  CHECK(written("write_jsonl", items) == "\"a\\\"b\"\n{\"b\":1,\"a\":[0.1,null]}\n7\n");
  CHECK((written("write_msgpack", items) ==
         *from_json(items[0]) + *from_json(items[1]) + *from_json(items[2])));
  CHECK(written("write_jsonl", {}) == "");
}

TEST_CASE("a sink of a file can go back to where it was prepared") {
  const Folder folder;
  Plugin io("io");
  const papy_worker* const worker = io.worker("write_lines");
  std::string prepared;
  {
    Caller sink = io.open("write_lines", path_args(folder.path("out")));
    sink.call({"1"});
    prepared = sink.prepare(1);
    CHECK(worker->commit(sink.state(), 1) == PAPY_OK);
    sink.call({"2"});
  }
  CHECK(prepared == R"("2")");
  Caller sink = io.open("write_lines", path_args(folder.path("out")));
  CHECK(worker->rollback(sink.state(), "2", 1) == PAPY_OK);
  sink.call({"3"});
  CHECK(sink.finish(true) == "");
  CHECK(folder.content("out") == "1\n3\n");
}

TEST_CASE("a sink that fails leaves nothing under a final name") {
  const Folder folder;
  Plugin io("io");
  {
    Caller sink = io.open("write_jsonl", path_args(folder.path("out")));
    sink.call({"1"});
    CHECK(sink.finish(false) == "");
    CHECK(sink.finish(false) == "");
  }
  CHECK(std::filesystem::is_empty(folder.path("")));
  CHECK(io.refusal("write_jsonl", path_args("/nowhere/out")) ==
        "cannot write '/nowhere/out': the directory '/nowhere' does not exist");
  CHECK(io.refusal("write_jsonl", path_args("-")) ==
        "'-' is no file, expected a path (io.stdout is the standard output)");
  Caller full = io.open("write_jsonl", path_args("/dev/full"));
  CHECK(full.call({"1"}) == "");
  CHECK(full.finish(true) == "fatal 28: cannot write '/dev/full': no space left on device");
}

/// The standard output of this process, into a pipe and back.
class Redirect {
 public:
  Redirect() : kept_(dup(STDOUT_FILENO)) {
    REQUIRE(pipe(ends_) == 0);
    dup2(ends_[1], STDOUT_FILENO);
    close(ends_[1]);
  }
  void close_reader() {
    close(ends_[0]);
    ends_[0] = -1;
  }
  std::string text() {
    dup2(kept_, STDOUT_FILENO);
    std::string text(1000, '\0');
    text.resize(static_cast<std::size_t>(read(ends_[0], text.data(), text.size())));
    return text;
  }
  ~Redirect() {
    dup2(kept_, STDOUT_FILENO);
    close(kept_);
    if (ends_[0] >= 0) close(ends_[0]);
  }

 private:
  int kept_;
  int ends_[2];
};

TEST_CASE("io.stdout writes items as they come") {
  Plugin io("io");
  Redirect redirect;
  Caller sink = io.open("stdout");
  const Said first = sink.call({R"("a")"});
  const Said second = sink.call({"[1]"});
  const Said end = sink.finish(true);
  CHECK(redirect.text() == "a\n[1]\n");
  CHECK((first + second + end).empty());
}

TEST_CASE("io.stdout says by its own code that nobody reads any more") {
  Plugin io("io");
  const auto before = signal(SIGPIPE, SIG_IGN);
  Said said, again;
  {
    Redirect redirect;
    redirect.close_reader();
    Caller sink = io.open("stdout");
    said = sink.call({"1"});
    again = sink.finish(false);
  }
  signal(SIGPIPE, before);
  CHECK(said == "fatal 32: standard output was closed by its reader");
  CHECK(again == "");
}

}  // namespace
}  // namespace papy
