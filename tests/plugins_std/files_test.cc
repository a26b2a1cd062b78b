// What the plugins read and write files with.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <papy/cpp/any.hpp>
#include <papy/cpp/error.hpp>
#include <string>
#include <vector>

#include "files/encoder.h"
#include "files/input.h"
#include "files/json_read.h"
#include "files/json_write.h"
#include "files/lines.h"
#include "files/msgpack_scan.h"
#include "files/output.h"
#include "files/utf8.h"
#include "support.h"

namespace papy {

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

namespace files {
namespace {

std::string json_again(std::string_view json) {
  std::string packed;
  try {
    json_read(json, packed);
  } catch (const bad_value& wrong) {
    return wrong.what();
  }
  std::string out;
  json_write(any(bytes(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size())), out);
  return out;
}

TEST_CASE("JSON is read and written back as it was") {
  const char* const texts[] = {"null",
                               "true",
                               "false",
                               "0",
                               "-1",
                               "31",
                               "128",
                               "-32",
                               "-33",
                               "-129",
                               "65536",
                               "-32769",
                               "4294967296",
                               "-2147483649",
                               "9223372036854775807",
                               "-9223372036854775808",
                               "18446744073709551615",
                               "1.5",
                               "-0.0",
                               "1e+300",
                               "5e-324",
                               "0.1",
                               "[]",
                               "{}",
                               R"("")",
                               R"("\"\\\n\t\r\u0001")",
                               R"({"b":1,"a":[1,2,{"c":null}]})",
                               R"({"a":1,"a":2})",
                               R"({"$base64":"AAEC/w=="})",
                               R"({"$base64":1})"};
  for (const std::string text : texts) CHECK(json_again(text) == text);
  const std::string long_text = "\"" + std::string(70000, 'x') + "\"";
  CHECK(json_again(long_text) == long_text);
  for (const std::size_t n : {15, 16, 70000}) {
    std::string list = "[";
    std::string map = "{";
    for (std::size_t i = 0; i < n; ++i) {
      list += (i == 0 ? "" : ",") + std::to_string(i);
      map += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i);
    }
    CHECK((json_again(list + "]") == list + "]"));
    CHECK((json_again(map + "}") == map + "}"));
  }
}

TEST_CASE("JSON takes another form where there are several") {
  CHECK(json_again(" [ 1 ,\t2 ] \r\n") == "[1,2]");
  CHECK(json_again("18446744073709551616") == "18446744073709551616.0");
  CHECK(json_again("-0") == "-0.0");
  CHECK(json_again("1E2") == "100.0");
  CHECK(json_again(R"("\u0041\u00e9\ud83d\ude00\/\b\f")") ==
        "\"A\xc3\xa9\xf0\x9f\x98\x80/\\u0008\\u000c\"");
  std::string ends_in_u0000 = json_again(R"("\u0000")");
  CHECK(ends_in_u0000 == R"("\u0000")");
}

TEST_CASE("JSON that is wrong says where") {
  CHECK(json_again("") == "column 1: expected a value");
  CHECK(json_again("nul") == "column 1: expected a value");
  CHECK(json_again("{\"a\" 1}") == "column 6: expected ':'");
  CHECK(json_again("{a: 1}") == "column 2: expected a key in quotes");
  CHECK(json_again("{\"a\": 1,}") == "column 9: expected a key in quotes");
  CHECK(json_again("[1,]") == "column 4: expected a value");
  CHECK(json_again("[1 2]") == "column 4: expected ',' or ']'");
  CHECK(json_again("[1") == "column 3: expected ',' or ']'");
  CHECK(json_again("{\"a\":1") == "column 7: expected ',' or '}'");
  CHECK(json_again("1 2") == "column 3: expected nothing behind the value");
  CHECK(json_again("01") == "column 1: a number does not begin with 0");
  CHECK(json_again("-") == "column 1: expected a digit behind '-'");
  CHECK(json_again("1.") == "column 3: expected a digit behind '.'");
  CHECK(json_again("1e+") == "column 4: expected a digit in the exponent");
  CHECK(json_again("1e999") == "column 1: the number does not fit into a float");
  CHECK(json_again("NaN") == "column 1: expected a value");
  CHECK(json_again("\"a") == "column 3: the text has no end");
  CHECK(json_again("\"a\tb\"") == "column 3: a control character in a text must be escaped");
  CHECK(json_again(R"("\x")") == "column 2: unknown escape");
  CHECK(json_again(R"("\u12g4")") == "column 4: expected four hexadecimal digits");
  CHECK(json_again(R"("\ud800")") == "column 2: half a surrogate pair");
  CHECK(json_again(R"("\ud800\u0041")") == "column 2: half a surrogate pair");
  CHECK(json_again(R"("\udc00")") == "column 2: half a surrogate pair");
  CHECK(json_again("\"\xff\"") == "column 2: the text is not UTF-8");
  CHECK(json_again(std::string(65, '[')) == "column 65: nested deeper than 64 levels");
  CHECK(json_again(std::string(64, '[') + std::string(64, ']')) ==
        std::string(64, '[') + std::string(64, ']'));
  std::string kept = "before";
  CHECK_THROWS_AS(json_read("[1, 2", kept), bad_value);
  CHECK(kept == "before");
}

std::string json_of(const std::vector<std::uint8_t>& packed) {
  std::string out;
  json_write(any(bytes(packed)), out);
  return out;
}

TEST_CASE("what JSON has no word for is written all the same") {
  CHECK(json_of({0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0}) == "null");
  CHECK(json_of({0xca, 0x3f, 0xc0, 0, 0}) == "1.5");
  CHECK(json_of({0xc4, 3, 1, 2, 3}) == R"({"$base64":"AQID"})");
  CHECK(json_of({0xc4, 0}) == R"({"$base64":""})");
  CHECK(json_of({0xa2, 'a', 0xff}) == R"({"$base64":"Yf8="})");
  CHECK(json_of({0xd4, 0xff, 7}) == R"({"$ext":-1,"$base64":"Bw=="})");
  CHECK(json_of({0xc7, 2, 5, 1, 2}) == R"({"$ext":5,"$base64":"AQI="})");
  CHECK(json_of({0x83, 1, 2, 0xc0, 3, 0xa1, 'a', 4}) == R"({"1":2,"null":3,"a":4})");
}

TEST_CASE("UTF-8 is told from what only looks like it") {
  for (const std::string good :
       {"", "plain ascii text", "h\xc3\xa4h", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    CHECK(first_not_utf8(good) == good.size());
  }
  CHECK(first_not_utf8("12345678\x80") == 8);  // a continuation alone
  CHECK(first_not_utf8("a\xc0\xaf") == 1);     // too long a form
  CHECK(first_not_utf8("a\xe0\x80\x80") == 1);
  CHECK(first_not_utf8("a\xed\xa0\x80") == 1);      // a surrogate
  CHECK(first_not_utf8("a\xf4\x90\x80\x80") == 1);  // beyond the last code point
  CHECK(first_not_utf8("a\xc3") == 1);              // cut off
  CHECK(first_not_utf8("a\xe2\x82") == 1);
}

TEST_CASE("a scan tells whole msgpack values from pieces and from nonsense") {
  using Is = Scan::Is;
  const auto scan = [](const std::string& data) { return scan_msgpack(data); };
  std::string packed;
  json_read(R"({"a":[1,-200,70000,5000000000,1.5,"text",null,true],"b":{"$base64":"AAEC"},"c":{}})",
            packed);
  CHECK(scan(packed).is == Is::whole);
  CHECK(scan(packed + "\x01").size == packed.size());
  for (std::size_t n = 0; n < packed.size(); ++n) {
    INFO(n);
    CHECK(scan(packed.substr(0, n)).is == Is::cut_off);
  }
  CHECK(scan("\xc1").is == Is::none);
  CHECK(scan("\x91\xc1").is == Is::none);
  CHECK(scan(std::string("\xdd\xff\xff\xff\xff", 5)).is == Is::cut_off);
  CHECK(scan(std::string(64, '\x91') + "\x01").size == 65);
  CHECK(scan(std::string(65, '\x91') + "\x01").is == Is::none);
  CHECK(scan(std::string("\xd8\x01", 2) + std::string(16, 'x')).size == 18);
  CHECK(scan(std::string("\xc9\x00\x00\x00\x01\x05x", 7)).size == 7);
}

std::vector<std::string> lines_of(const std::string& path, std::size_t longest = Lines::kLongest) {
  Lines lines(path, longest);
  std::vector<std::string> all;
  while (true) {
    const Lines::Next next = lines.next(Wait::yes, {});
    if (next == Lines::Next::end) return all;
    all.push_back(next == Lines::Next::line ? std::string(lines.line())
                                            : "too long: " + std::to_string(lines.number()));
  }
}

TEST_CASE("lines end with \\n, \\r\\n or the file") {
  const Folder folder;
  using Texts = std::vector<std::string>;
  CHECK(lines_of(folder.file("a", "one\ntwo\r\n\nthree")) == Texts{"one", "two", "", "three"});
  CHECK(lines_of(folder.file("b", "")) == Texts{});
  CHECK(lines_of(folder.file("c", "\n")) == Texts{""});
  CHECK(lines_of(folder.file("d", "x\r")) == Texts{"x\r"});
  CHECK(lines_of(folder.file("e", "\x1f")) == Texts{"\x1f"});
  CHECK(lines_of(folder.file("f", "\x1fx\n")) == Texts{"\x1fx"});
}

TEST_CASE("lines longer than the limit are passed over, not kept") {
  const Folder folder;
  const std::string huge(1'000'000, 'x');
  using Texts = std::vector<std::string>;
  CHECK(lines_of(folder.file("a", "a\n" + huge + "\nb\n" + huge), 100) ==
        Texts{"a", "too long: 2", "b", "too long: 4"});
  CHECK((lines_of(folder.file("b", huge + "\nb\n")) == Texts{huge, "b"}));
}

TEST_CASE("a pipe is read as it fills, and waiting for it can be cancelled") {
  const Folder folder;
  const std::string path = folder.path("pipe");
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  Lines lines(path);
  int asked = 0;
  CHECK(lines.next(Wait::no, {}) == Lines::Next::not_yet);
  CHECK(lines.next(Wait::yes, [&] { return ++asked == 2; }) == Lines::Next::cancelled);
  CHECK(asked == 2);

  const int writer = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(writer >= 0);
  const auto write_text = [&](std::string_view text) {
    return write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  };
  REQUIRE(write_text("a\nb"));
  CHECK(lines.next(Wait::yes, {}) == Lines::Next::line);
  CHECK(lines.line() == "a");
  CHECK(lines.next(Wait::no, {}) == Lines::Next::not_yet);
  REQUIRE(write_text("c\n"));
  CHECK(lines.next(Wait::no, {}) == Lines::Next::line);
  CHECK(lines.line() == "bc");
  close(writer);
  CHECK(lines.next(Wait::no, {}) == Lines::Next::end);
  CHECK_THROWS_WITH(lines.seek("0:0"),
                    "cannot read '" + path + "': it can be read only once, from its start");
}

/// The text as one frame of zstd data.
std::string zstd(std::string_view text) {
  const auto encoder = encoder_for("x.zst");
  std::string packed;
  encoder->encode(text, packed);
  encoder->end(packed);
  return packed;
}

/// All of a file, or why it cannot be read.
std::string read_whole(const std::string& path) {
  Input input(path);
  try {
    while (input.more(Wait::yes, {}) == More::bytes) continue;
  } catch (const fatal& wrong) {
    return wrong.what();
  }
  return std::string(input.buffered());
}

TEST_CASE("gzip and zstd in a pipe are seen though their first bytes come one by one") {
  for (const std::string& data : {gzip("one\ntwo\n"), zstd("one\ntwo\n")}) {
    const Folder folder;
    const std::string path = folder.path("pipe");
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    Lines lines(path);
    const int writer = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    for (const char byte : data) {
      CHECK(lines.next(Wait::no, {}) == Lines::Next::not_yet);
      REQUIRE(write(writer, &byte, 1) == 1);
      if (lines.next(Wait::no, {}) == Lines::Next::line) break;
    }
    CHECK(lines.line() == "one");
    close(writer);
  }
}

TEST_CASE("a file is the same text in plain, in gzip and in zstd, however large") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  const Folder folder;
  for (const std::string& path : {folder.file("plain", text), folder.file("gzip", gzip(text)),
                                  folder.file("zstd", zstd(text))}) {
    Input input(path);
    while (input.more(Wait::yes, {}) == More::bytes) continue;
    CHECK((input.buffered() == text));
    input.take(1000);
    CHECK(input.offset() == 1000);
    for (const std::size_t to : {std::size_t{0}, std::size_t{1'234'567}, text.size()}) {
      input.seek(to);
      CHECK(input.offset() == to);
      std::string rest;
      while (input.more(Wait::yes, {}) == More::bytes) continue;
      CHECK((input.buffered() == std::string_view(text).substr(to)));
    }
  }
}

TEST_CASE("zstd is read frame by frame, and its end is watched") {
  const Folder folder;
  CHECK(read_whole(folder.file("two", zstd("one\n") + zstd("") + zstd("two\n"))) == "one\ntwo\n");
  CHECK(read_whole(folder.file("none", zstd(""))) == "");
  const std::string whole = zstd("one\ntwo\n");
  for (const std::size_t n : {std::size_t{4}, std::size_t{9}, whole.size() - 1}) {
    const std::string cut = folder.file("cut", whole.substr(0, n));
    CHECK(read_whole(cut) == "'" + cut + "' is cut off: it ends in the middle of its zstd data");
  }
  CHECK(read_whole(folder.file("short", whole.substr(0, 3))) == whole.substr(0, 3));
  std::string wrong = whole;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  const std::string damaged = folder.file("damaged", wrong);
  CHECK(read_whole(damaged) == "'" + damaged +
                                   "' is damaged: its zstd data cannot be read (Restored data "
                                   "doesn't match checksum)");
  const std::string more = folder.file("more", whole + "x");
  CHECK(read_whole(more).starts_with("'" + more + "' is"));
}

/// The bytes of a file through a program.
std::string through(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  return pclose(pipe) == 0 ? text : "failed: " + text;
}

TEST_CASE("a name that ends in .gz or .zst makes a packed file") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  const Folder folder;
  for (const std::string name : {"out.gz", "out.zst"}) {
    for (const std::string& content : {std::string(), std::string("one\n"), text}) {
      Output output(folder.path(name));
      for (std::size_t at = 0; at < content.size(); at += 100'000) {
        output.write(std::string_view(content).substr(at, 100'000));
      }
      output.finish(true);
      CHECK((read_whole(folder.path(name)) == content));
      CHECK(folder.content(name).size() < 100 + content.size() / 3);
      CHECK(folder.content(name) != content);
      if (name == "out.gz") CHECK((through("gzip -dc " + folder.path(name)) == content));
    }
  }
}

TEST_CASE("a packed file can be cut to a mark, and goes on from there") {
  const Folder folder;
  for (const std::string name : {"out.gz", "out.zst"}) {
    std::string mark;
    {
      Output first(folder.path(name));
      first.write("one\n");
      mark = first.mark();
      CHECK(first.mark() == mark);
      first.write("lost\n");
      first.mark();
    }
    Output second(folder.path(name));
    second.go_back(mark);
    second.write("two\n");
    second.finish(true);
    CHECK(read_whole(folder.path(name)) == "one\ntwo\n");
  }
}

TEST_CASE("a file has its name only when it is complete") {
  const Folder folder;
  Output output(folder.path("out"));
  output.write("one\n");
  CHECK(folder.has("out.part"));
  CHECK(!folder.has("out"));
  output.write("two\n");
  output.finish(true);
  output.finish(true);
  CHECK(folder.content("out") == "one\ntwo\n");
  CHECK(!folder.has("out.part"));
}

TEST_CASE("what an earlier run left is written over, and what is not wanted goes") {
  const Folder folder;
  folder.file("out", "earlier");
  folder.file("out.part", "much longer than what comes now");
  {
    Output output(folder.path("out"));
    output.write("now");
    output.finish(false);
    CHECK(folder.content("out") == "earlier");
    CHECK(!folder.has("out.part"));
  }
  folder.file("out.part", "much longer than what comes now");
  Output(folder.path("out")).finish(true);
  CHECK(folder.content("out") == "");
}

TEST_CASE("an output that ends without a word is kept for a run that is resumed") {
  const Folder folder;
  std::string mark;
  {
    Output output(folder.path("out"));
    output.write("one\n");
    mark = output.mark();
    output.write("two\n");
  }
  CHECK(mark == "4");
  CHECK(folder.content("out.part") == "one\ntwo\n");
  Output output(folder.path("out"));
  output.go_back(mark);
  output.write("three\n");
  output.finish(true);
  CHECK(folder.content("out") == "one\nthree\n");

  Output behind(folder.path("other"));
  CHECK_THROWS_WITH(behind.go_back("4"), "cannot go on with '" + folder.path("other") +
                                             ".part': it has 0 bytes, expected at least '4'");
}

TEST_CASE("an output that never began leaves nothing") {
  const Folder folder;
  { Output output(folder.path("out")); }
  CHECK(!folder.has("out.part"));
}

TEST_CASE("blocks larger than the buffer come in order") {
  const Folder folder;
  std::string all;
  Output output(folder.path("out"));
  for (const std::size_t size : {10u, 900'000u, 300'000u, 3'000'000u, 5u}) {
    const std::string block(size, static_cast<char>('a' + size % 26));
    output.write(block);
    all += block;
  }
  CHECK(output.mark() == std::to_string(all.size()));
  output.finish(true);
  CHECK((folder.content("out") == all));
}

TEST_CASE("an output that cannot be says why") {
  const Folder folder;
  CHECK_THROWS_WITH(Output(folder.path("no/out")), "cannot write '" + folder.path("no/out") +
                                                       "': the directory '" + folder.path("no") +
                                                       "' does not exist");
  CHECK_THROWS_WITH(Output("/tmp"), "cannot write '/tmp': it is a directory");
  const Output first(folder.path("out"));
  CHECK_THROWS_WITH(Output(folder.path("out")),
                    "cannot write '" + folder.path("out") +
                        "': it is being written already, by another output or run");
}

TEST_CASE("a full disk is told with path and number") {
  Output output("/dev/full");
  output.write("x");
  try {
    output.finish(true);
    FAIL("a full disk went unnoticed");
  } catch (const fatal& full) {
    CHECK(full.code() == ENOSPC);
    CHECK(std::string(full.what()) == "cannot write '/dev/full': no space left on device");
  }
  output.finish(false);
}

TEST_CASE("an output behind links is written where they lead, though nothing is there yet") {
  const Folder folder;
  REQUIRE(mkdir(folder.path("sub").c_str(), 0700) == 0);
  REQUIRE(symlink("sub/second", folder.path("first").c_str()) == 0);
  REQUIRE(symlink("file", folder.path("sub/second").c_str()) == 0);
  Output output(folder.path("first"));
  output.write("one\n");
  CHECK(folder.has("sub/file.part"));
  output.finish(true);
  CHECK(folder.content("sub/file") == "one\n");
  CHECK(folder.content("first") == "one\n");
  struct stat about;
  REQUIRE(lstat(folder.path("first").c_str(), &about) == 0);
  CHECK(S_ISLNK(about.st_mode));
  REQUIRE(symlink("circle", folder.path("circle").c_str()) == 0);
  CHECK_THROWS_WITH(Output(folder.path("circle")), "cannot write '" + folder.path("circle") +
                                                       "': its symbolic links lead in a circle");
}

TEST_CASE("a provisional name that is taken by a directory is the one that is told") {
  const Folder folder;
  REQUIRE(mkdir(folder.path("out.part").c_str(), 0700) == 0);
  CHECK_THROWS_WITH(Output(folder.path("out")),
                    "cannot write '" + folder.path("out.part") + "': is a directory");
}

TEST_CASE("a named pipe is written under its own name") {
  const Folder folder;
  const std::string path = folder.path("pipe");
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(Output(path), "cannot write '" + path + "': nobody reads this pipe");
  Lines lines(path);
  Output output(path);
  output.write("one\n");
  CHECK(output.mark() == "4");
  CHECK(lines.next(Wait::yes, {}) == Lines::Next::line);
  CHECK(lines.line() == "one");
  output.finish(true);
  CHECK(!folder.has("pipe.part"));
}

}  // namespace
}  // namespace files
}  // namespace papy
