// The functions of the plugin script, one by one.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "support.h"

namespace papy {
namespace {

/// A JSON text of this one.
std::string json(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

std::string shell(std::string_view command, const std::string& others = "") {
  return "{\"shell\":" + json(command) + (others.empty() ? "" : "," + others) + "}";
}

struct Script : Plugin {
  Script() : Plugin("script") { std::signal(SIGPIPE, SIG_IGN); }  // as papy does

  /// Where nothing is said of it programs work in the root: the base of these calls is no folder.
  static std::string complete(const char* name, std::string args) {
    const bool starts = std::string_view(name) == "run" || std::string_view(name) == "serve";
    if (starts && args.find("\"directory\"") == std::string::npos)
      args.insert(1, args == "{}" ? R"("directory":"/")" : R"("directory":"/",)");
    return args;
  }
  Caller open(const char* name, const std::string& args = "{}") {
    return Plugin::open(name, complete(name, args));
  }
  std::string refusal(const char* name, const std::string& args = "{}") {
    return Plugin::refusal(name, complete(name, args));
  }

  /// What script.run says of one inbox.
  Said run(const std::string& args, const std::vector<std::string>& inbox = {"1"}) {
    Caller caller = open("run", args);
    if (!caller.refusal.empty()) return "refused: " + refusal("run", args);
    return caller.call(inbox);
  }
};

std::size_t open_descriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
    ++n;
  return n;
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

/// The process that wrote its number into this file.
pid_t process_in(const Folder& folder, const std::string& name) {
  return std::stoi(folder.content(name));
}

/// It has been killed, or will have been in a moment.
bool ends(const Folder& folder, const std::string& name) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, process_in(folder, name), 0));
  if (process < 0) return errno == ESRCH;
  pollfd end{process, POLLIN, 0};
  const bool ended = poll(&end, 1, 60'000) == 1;
  close(process);
  return ended;
}

/// A call that is not wanted any more as soon as a file is there.
std::string awaited;
void cancel_with_file(Caller& caller, const std::string& path) {
  awaited = path;
  caller.settings().cancelled = [](const papy_call*) {
    return std::filesystem::exists(awaited) ? 1 : 0;
  };
}

TEST_CASE("script.run puts the parts of an item in place of fields") {
  Script script;
  const auto said = [&](const std::string& word, const std::string& item) {
    return script.run(R"({"argv":["printf","%s",)" + json(word) + "]}", {item});
  };
  CHECK(said("<{}>", R"("in/a b.tar.gz")") == R"("<in/a b.tar.gz>")");
  CHECK(said("{.}", R"("in/a.tar.gz")") == R"("in/a.tar")");
  CHECK(said("{/}", R"("in/a.tar.gz")") == R"("a.tar.gz")");
  CHECK(said("{//}", R"("in/a.tar.gz")") == R"("in")");
  CHECK(said("{/.}", R"("in/a.tar.gz")") == R"("a.tar")");
  CHECK(said("{.} {/.} {//}", R"("x.d/.profile")") == R"("x.d/.profile .profile x.d")");
  CHECK(said("{//} {/}", R"("file")") == R"(". file")");
  CHECK(said("{//}", R"("/file")") == R"("/")");
  CHECK(said("{name/.}-{n}-{hits.1}", R"({"name":"x/y.fq","n":5,"hits":[1,[2]]})") ==
        R"("y-5-[2]")");
  CHECK(said("{2}{1/}", R"(["a/b","c"])") == R"("cb")");
  CHECK(said("{1.name}", R"([{"name":"n"}])") == R"("n")");
  CHECK(said("{#} {%}", "null") == R"("1 1")");
  CHECK(said("{}", R"([1,{"a":2.5}])") == R"("[1,{\"a\":2.5}]")");
  CHECK(said("{print $1} ${x} {a,b} {{}} {{name/.}} {} {", "7") ==
        R"("{print $1} ${x} {a,b} {} {name/.} 7 {")");
}

TEST_CASE("script.run says which field is not there") {
  Script script;
  const std::string echo = R"({"argv":["echo","{a.b}","{3}"]})";
  CHECK(script.run(echo, {R"({"a":1})"}) == "fail 0: there is no field 'a.b'");
  CHECK(script.run(R"({"argv":["echo","{3}"]})", {R"(["x","y"])"}) ==
        "fail 0: {3} is not there: the item has 2 values");
  CHECK(script.run(R"({"argv":["echo","{2}"]})", {R"("x")"}) ==
        "fail 0: {2} is not there: the item is one value");
  CHECK(script.run(R"({"argv":["echo","{3}"]})", {"1", "2"}) ==
        "fail 0: {3} is not there: there are 2 inputs");
  CHECK(script.run(R"({"argv":["echo","{name}"]})", {"1", "2"}) ==
        "fail 0: {name}: there are 2 inputs, say which, as in {1.name}");
  CHECK(script.run(R"({"argv":["echo","{}"]})", {R"("a\u0000b")"}) ==
        "fail 0: {} has a NUL byte, which no word of a command can have");
  CHECK(script.run(R"({"argv":["echo","{1}-{2}"]})", {R"("a")", "2"}) == R"("a-2")");
}

TEST_CASE("no value of an item becomes a part of the shell's command") {
  const Folder folder;
  Script script;
  const std::vector<std::string> values = {
      "plain",
      "a b  c",
      "",
      "it's",
      "\"",
      "$(touch hit)",
      "`touch hit`",
      "; touch hit;",
      "' ; touch hit; '",
      "\" ; touch hit; \"",
      "$HOME ${HOME}",
      "\\",
      "a\nb",
      "*",
      "~",
      "-n",
      "&& touch hit",
      "#",
      "x=1",
      "\\'; touch hit; \\'",
      "{}",
      "%s",
      "!!",
  };
  const std::vector<std::string> commands = {
      "printf '%s' {}",
      "printf '%s' \"{}\"",
      "printf '%s' '{}'",
      "printf '%s' \"$(printf '%s' {})\"",
      "printf '%s' \"$(printf '%s' \"{}\")\"",
      "printf '%s' \"`printf '%s' '{}'`\"",
      "f() { printf '%s' {}; }; f 1 2 # it's {} \" a comment",
      "(printf '%s' \"\"{}'')",
  };
  const std::string others = R"("directory":)" + json(folder.path("")) + R"(,"stdout":"bytes")";
  for (const std::string& command : commands) {
    Caller caller = script.open("run", shell(command, others));
    Caller plain = script.open("run", R"({"argv":["printf","%s","{}"],"stdout":"bytes"})");
    for (const std::string& value : values) {
      CAPTURE(command, value);
      // A shell takes line feeds from the end of what $( ) gave; none of the values has any.
      CHECK(caller.call({json(value)}) == plain.call({json(value)}));
    }
  }
  CHECK_FALSE(folder.has("hit"));
}

TEST_CASE("where the quotes of a command are not understood a value is still no code") {
  const Folder folder;
  Script script;
  const std::string others = R"("directory":)" + json(folder.path(""));
  for (const std::string command :
       {"cat <<end\nit's {}\nend\n", "echo $'\\'' {} '", "cat <<end\n\" {}\nend"}) {
    for (const std::string value :
         {"$(touch hit)", "`touch hit`", "'; touch hit; '", "\"; touch hit; \""}) {
      script.run(shell(command, others), {json(value)});
    }
  }
  CHECK_FALSE(folder.has("hit"));
}

TEST_CASE("a list is words of its own in a shell's command") {
  Script script;
  CHECK(script.run(shell("printf '<%s>' {}"), {R"(["a b","c",3])"}) == R"("<a b><c><3>")");
  CHECK(script.run(shell("printf '<%s>' {/.}"), {R"(["x/a b.c","d/e"])"}) == R"("<a b><e>")");
  CHECK(script.run(shell("printf '<%s>' {}"), {R"("a b")", "2"}) == R"("<a b><2>")");
  CHECK(script.run(shell("printf x {}"), {"[]"}) == R"("x")");
}

TEST_CASE("script.run gives a program its item on stdin") {
  Script script;
  const auto said = [&](const std::string& form, const std::string& item) {
    return script.run(R"({"argv":["od","-An","-c"],"stdin":")" + form + "\"}", {item});
  };
  CHECK(script.run(shell("wc -c")) == "\"0\"");
  CHECK(said("text", R"("ab")") == "\"   a   b\"");
  CHECK(said("bytes", R"({"$base64":"AP8="})") == "\"  \\\\0 377\"");
  CHECK(said("json", R"({"a":[1]})") == "\"   {   \\\"   a   \\\"   :   [   1   ]   }  \\\\n\"");
  CHECK(said("msgpack", R"([1])") == "\" 221 001\"");
  CHECK(script.run(R"({"argv":["cat"],"stdin":"text","input":"hits.1"})",
                   {R"({"hits":[1,"x"]})"}) == "\"x\"");
  CHECK(script.run(R"({"argv":["wc","-c"],"stdin":"text"})", {json(std::string(3'000'000, 'x'))}) ==
        "\"3000000\"");
}

TEST_CASE("script.run reads what a program writes") {
  Script script;
  const auto said = [&](const std::string& form, const std::string& text) {
    return script.run(R"({"argv":["printf",)" + json(text) + R"(],"stdout":")" + form + "\"}");
  };
  CHECK(said("text", "a\\n\\n") == R"("a\n")");
  CHECK(said("text", "a\\377") ==
        "fail 0: stdout is not UTF-8 at byte 1, expected text ('bytes' takes it as it is)");
  CHECK(said("bytes", "a\\n\\377") == R"({"$base64":"YQr/"})");
  CHECK(said("json", "{\"a\":[1.0]}\\n") == R"({"a":[1.0]})");
  CHECK(said("json", "{\"a\":").starts_with("fail 0: stdout is not JSON: column 6: "));
  CHECK(said("json", "").starts_with("fail 0: stdout is not JSON: column 1: "));
  CHECK(said("msgpack", "\\222\\001\\002") == "[1,2]");
  CHECK(said("msgpack", "\\222\\001") == "fail 0: stdout is not one msgpack value");
  CHECK(said("msgpack", "\\001\\002") == "fail 0: stdout is not one msgpack value");
  CHECK(said("none", "a") == "null");
}

TEST_CASE("ports are files named from the item, and gone after the call") {
  const Folder folder;
  Script script;
  const std::string ports =
      R"("in":{"sequence":"{name}.fa"},"out":{"upper":"{name}.up"},"files":"text")";
  const std::string item = R"({"name":"r 1","sequence":"acgt"})";
  CHECK(script.run(shell("tr a-z A-Z <{sequence} >{upper}; echo {sequence/} {upper//} >" +
                             folder.path("said"),
                         ports),
                   {item}) == R"({"upper":"ACGT"})");
  const std::string said = folder.content("said");
  CHECK(said.starts_with("r 1.fa /"));
  const std::string scratch = said.substr(7, said.size() - 8);
  CHECK_FALSE(std::filesystem::exists(scratch));
  CHECK(std::filesystem::is_directory(std::filesystem::path(scratch).parent_path()));
  CHECK(script.run(shell("true", ports), {item}) ==
        "fail 0: {upper} was not written: there is no file 'r 1.up'");
  CHECK(script.run(shell("printf '\\377' >{upper}", ports), {item}) ==
        "fail 0: {upper} is not UTF-8 at byte 0, expected text ('bytes' takes it as it is)");
  CHECK(script.run(shell("true", ports), {R"({"name":"a/b","sequence":""})"}) ==
        "fail 0: port 'sequence': 'a/b.fa' is no name of a file");
  CHECK(script.run(shell("head -c 11 /dev/zero >{upper}", ports + R"(,"most_output":10)"), {item})
            .find("' has more than 10 bytes ('most_output')") != Said::npos);
  CHECK(script.run(shell("mkfifo {upper}", ports), {item}) == R"({"upper":""})");
  CHECK(script.run(R"({"argv":["cat","{1}","{2}"],"in":{"1":"left","2":"right"}})",
                   {"\"a\"", "\"b\""}) == R"("ab")");
  CHECK(script.run(shell("true", R"("in":{"a b":"x"})")) ==
        "refused: 'a b' is no name of a port, expected one as in {name}");
}

TEST_CASE("a program has the environment, the folder and the streams that it is given") {
  const Folder folder;
  Script script;
  const std::string others =
      R"("env":{"NAME":"<{}>","HOME":"/x"},"directory":)" + json(folder.path(""));
  CHECK(
      script.run(shell("echo \"$NAME $HOME\" $(basename \"$PWD\")", others), {R"("a b")"}) ==
      json("<a b> /x " + std::filesystem::path(folder.path("")).parent_path().filename().string()));
  const int leaked = open("/dev/null", O_RDONLY);
  CHECK(script.run(shell("ls /proc/$$/fd")) == R"("0\n1\n2")");
  close(leaked);
  CHECK(script.run(shell("kill -PIPE $$; echo still here")) ==
        "error 141: ended by signal 13 (SIGPIPE)");
  CHECK(script.run(shell("true", R"("directory":"/nosuch")")) ==
        "refused: directory '/nosuch' cannot be entered: no such file or directory");
}

TEST_CASE("how a program failed is in the failure, with the last that it wrote to stderr") {
  Script script;
  CHECK(script.run(shell("echo one >&2; echo two >&2; exit 3")) ==
        "error 3: exit status 3: one | two");
  CHECK(script.run(shell("exit 1")) == "error 1: exit status 1");
  CHECK(script.run(shell("kill -9 $$")) == "error 137: ended by signal 9 (SIGKILL)");
  CHECK(script.run(shell("printf 'a\\377\\033b\\tc' >&2; exit 1")) ==
        "error 1: exit status 1: a?b c");
  CHECK(script.run(shell("seq 1000 >&2; exit 1")).ends_with(" | 998 | 999 | 1000"));
  CHECK(script.run(shell("exit 2", R"("ok":[2])")) == "\"\"");
}

TEST_CASE("what is no program is refused before anything runs, or fails its item") {
  const Folder folder;
  Script script;
  folder.file("plain", "echo hi\n");
  folder.file("garbage",
              "\x7f"
              "ELF garbage");
  chmod(folder.path("garbage").c_str(), 0755);
  const auto argv = [](const std::string& program) {
    return R"({"argv":[)" + json(program) + "]}";
  };
  CHECK(script.run(argv("papy-no-such-program")) ==
        "refused: program 'papy-no-such-program' cannot be had: it is not on PATH");
  CHECK(script.run(argv("/no/such")) ==
        "refused: program '/no/such' cannot be had: no such file or directory");
  CHECK(script.run(argv(folder.path("plain"))) ==
        "refused: program '" + folder.path("plain") + "' cannot be had: it is not executable");
  CHECK(script.run(argv("/tmp")) == "refused: program '/tmp' cannot be had: it is not a file");
  CHECK(script.run(argv("")) == "refused: the command is empty, expected a program");
  CHECK(script.run(argv("{}"), {R"("papy-no-such-program")"}) ==
        "fail 127: program 'papy-no-such-program' cannot be had: it is not on PATH");
  CHECK(script.run(argv(folder.path("garbage"))) ==
        "fail 126: program '" + folder.path("garbage") + "' cannot be started: exec format error");
  CHECK(script.run("{}") == "refused: expected 'argv' or 'shell', and not both");
  CHECK(script.run(R"({"argv":["true"],"shell":"true"})") ==
        "refused: expected 'argv' or 'shell', and not both");
  CHECK(script.run(R"({"argv":["echo","{}"]})", {json(std::string(200'000, 'x'))})
            .starts_with("fail 126: program '/"));
}

TEST_CASE("a program may write without end and read nothing") {
  Script script;
  CHECK(script.run(R"({"argv":["yes"],"most_output":100000})") ==
        "fail 0: wrote more than 100000 bytes to stdout ('most_output')");
  CHECK(script.run(shell("head -c 1000000000 /dev/zero >&2; echo done >&2; exit 1")) ==
        "error 1: exit status 1: ... done");
  const std::string big = json(std::string(3'000'000, 'x'));
  CHECK(script.run(shell("exec <&-; echo closed", R"("stdin":"text")"), {big}) == "\"closed\"");
  CHECK(script.run(shell("head -c 1", R"("stdin":"text")"), {big}) == "\"x\"");
  CHECK(script.run(shell("exec >&- 2>&-; cat >/dev/null", R"("stdin":"text")"), {big}) == "\"\"");
  CHECK_FALSE(has_children());
}

TEST_CASE("a call that is not wanted any more ends the program and all that it started") {
  const Folder folder;
  Script script;
  // The first ignores SIGTERM, the second is in a session of its own and holds none of our pipes.
  const std::string command =
      "trap '' TERM; echo $$ >first; "
      "setsid sh -c 'trap \"\" TERM; echo $$ >second; touch ready; while :; do sleep 1000; done' "
      "</dev/null >/dev/null 2>&1 & "
      "while :; do sleep 1000; done";
  for (const std::uint64_t deadline : {0, 1}) {
    Caller caller = script.open("run", shell(command, R"("directory":)" + json(folder.path(""))));
    cancel_with_file(caller, folder.path("ready"));
    caller.settings().deadline_ns = deadline;  // then it is asked before it is killed
    CHECK(caller.call({"1"}) == "cancelled 0: cancelled");
    CHECK(ends(folder, "first"));
    CHECK(ends(folder, "second"));
    CHECK_FALSE(has_children());
    std::filesystem::remove(folder.path("ready"));
  }
}

TEST_CASE("who leaves the group and hides its environment is not found") {
  const Folder folder;
  Script script;
  const std::string command =
      "setsid env -i sh -c 'echo $$ >hidden; touch ready; exec sleep 1000' </dev/null >/dev/null "
      "2>&1 & "
      "sleep 1000";
  Caller caller = script.open("run", shell(command, R"("directory":)" + json(folder.path(""))));
  cancel_with_file(caller, folder.path("ready"));
  CHECK(caller.call({"1"}) == "cancelled 0: cancelled");
  CHECK(kill(process_in(folder, "hidden"), SIGKILL) == 0);
  CHECK(ends(folder, "hidden"));
}

TEST_CASE("a program whose time is over is asked to end, and may do so in its own way") {
  const Folder folder;
  Script script;
  const std::string command =
      "trap 'echo bye >bye; exit 0' TERM; touch ready; while :; do sleep 0.01; done";
  Caller caller = script.open("run", shell(command, R"("directory":)" + json(folder.path(""))));
  cancel_with_file(caller, folder.path("ready"));
  caller.settings().deadline_ns = 1;
  CHECK(caller.call({"1"}) == "cancelled 0: cancelled");
  CHECK(folder.content("bye") == "bye\n");
}

TEST_CASE("what a program leaves behind with its streams open is not waited for") {
  const Folder folder;
  Script script;
  const std::string others = R"("directory":)" + json(folder.path(""));
  CHECK(script.run(shell("sleep 1000 & echo $! >left; echo hi", others)) == "\"hi\"");
  CHECK(ends(folder, "left"));
  CHECK(script.run(shell("sleep 1000 >/dev/null 2>&1 & echo $! >quiet; echo hi", others)) ==
        "\"hi\"");
  CHECK(ends(folder, "quiet"));
  // A part of the command that goes on a little is waited for.
  CHECK(script.run(shell("(while [ ! -e go ]; do :; done; echo late) & touch go", others)) ==
        "\"late\"");
}

TEST_CASE("script.run leaves no descriptor and no process behind") {
  Script script;
  Caller good = script.open("run", R"({"argv":["cat"],"stdin":"text"})");
  Caller bad = script.open("run", R"({"argv":["{}"]})");
  Caller fails = script.open("run", shell("exit 1"));
  good.call({"1"});
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    good.call({"1"});
    bad.call({R"("papy-no-such-program")"});
    bad.call({R"("/tmp")"});
    fails.call({"1"});
  }
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}

TEST_CASE("a record tells all of a program, also of one that failed") {
  Script script;
  const auto fields = [](Said said) {  // without the times
    const auto from = said.find("\"began\""), to = said.find("\"stdout\"");
    return from == Said::npos ? said : said.erase(from, to - from);
  };
  CHECK(
      fields(
          script.run(shell("echo {}; echo no >&2; exit 3", R"("emit":"record")"), {R"("a b")"})) ==
      R"({"number":1,"item":"a b","command":"echo 'a b'; echo no >&2; exit 3","status":3,"signal":0,)"
      R"("late":false,"stdout":"a b\n","stderr":"no\n","files":null})");
  CHECK(fields(script.run(R"({"argv":["printf","%s\\n","{}"],"emit":"record"})", {"5"})) ==
        R"({"number":1,"item":5,"command":"printf '%s\\n' 5","status":0,"signal":0,"late":false,)"
        R"("stdout":"5","stderr":"","files":null})");
  CHECK(fields(script.run(shell("rm {}", R"("emit":"record","dry":true,"stdout":"bytes")"),
                          {R"("it's")"})) ==
        R"({"number":1,"item":"it's","command":"rm 'it'\\''s'","status":0,"signal":0,"late":false,)"
        R"("stdout":{"$base64":"cm0gJ2l0J1wnJ3MnCg=="},"stderr":"","files":null})");
  Caller twice = script.open("run", shell("exit 1", R"("emit":"record","tries":2)"));
  CHECK(twice.call({"1"}) == "error 1: exit status 1");
  twice.settings().attempt = 2;
  CHECK(fields(twice.call({"1"})).find(R"("status":1)") != Said::npos);
}

TEST_CASE("script.check fails the record of a program that failed") {
  Script script;
  Caller check = script.open("check");
  const auto said = [&](const std::string& how) {
    return check.call({R"({"number":1,"item":"x","command":"do x",)" + how +
                       R"(,"began":0,"seconds":0,"stdout":"","stderr":"a\nb\n","files":null})"});
  };
  CHECK(said(R"("status":0,"signal":0,"late":false)") == "null");
  CHECK(said(R"("status":3,"signal":0,"late":false)") == "fail 3: do x: exit status 3: a | b");
  CHECK(said(R"("status":143,"signal":15,"late":true)") ==
        "fail 143: do x: took longer than its time-out: a | b");
  CHECK(said(R"("status":139,"signal":11,"late":false)") ==
        "fail 139: do x: ended by signal 11 (SIGSEGV): a | b");
}

TEST_CASE("script.serve keeps one program and hands it line after line") {
  Script script;
  Caller counts =
      script.open("serve", shell("n=0; while read -r x; do n=$((n+1)); echo \"$n $x\"; done"));
  CHECK(counts.call({R"("a b")"}) == R"("1 a b")");
  CHECK(counts.call({R"("\\")"}) == R"("2 \\")");
  CHECK(counts.call({R"({"x":1})"}) == R"("3 {\"x\":1}")");
  CHECK(counts.call({R"("a\nb")"}) ==
        "fail 0: the item has a line feed, but is to stand on one line (lines: json can)");
  CHECK(counts.call({R"("é")"}) == R"("4 é")");
  Caller echoes = script.open("serve", R"({"argv":["cat"],"lines":"json"})");
  CHECK(echoes.call({R"({"x":"a\nb"})"}) == R"({"x":"a\nb"})");
  CHECK(echoes.call({"2.0"}) == "2.0");
  Caller long_lines = script.open("serve", R"({"argv":["cat"]})");
  const std::string big = json(std::string(3'000'000, 'x'));
  CHECK(long_lines.call({big}) == big);
}

TEST_CASE("a program of script.serve that ends is started again, and the failure says so") {
  const Folder folder;
  Script script;
  const std::string others = R"("directory":)" + json(folder.path(""));
  const std::string command =
      "echo $$ >>starts; while read -r x; do [ $x = die ] && { echo oops >&2; exit 7; }; echo "
      "\"<$x>\"; done";
  {
    Caller serve = script.open("serve", shell(command, others));
    CHECK(serve.call({"\"a\""}) == "\"<a>\"");
    CHECK(serve.call({"\"die\""}) ==
          "error 7: the program ended before it answered (exit status 7: oops); it is started "
          "again for the next item");
    CHECK(serve.call({"\"b\""}) == "\"<b>\"");
    const std::string starts = folder.content("starts");
    CHECK(std::count(starts.begin(), starts.end(), '\n') == 2);
    kill(std::stoi(starts.substr(starts.find('\n') + 1)), SIGKILL);
    const Said said = serve.call({"\"c\""});  // it may have died already, or be dying
    CHECK((said == "\"<c>\"" ||
           said == "error 137: the program ended before it answered (ended by signal 9 (SIGKILL)); "
                   "it is started again for the next item"));
    CHECK(serve.call({"\"d\""}) == "\"<d>\"");
  }
  CHECK_FALSE(has_children());
  CHECK(script.run(R"({"argv":["true"]})") == "\"\"");
}

TEST_CASE("a program of script.serve that says too much, too little or nothing") {
  const Folder folder;
  Script script;
  const std::size_t before = open_descriptors();
  {
    Caller two = script.open("serve", shell("while read -r x; do printf 'a\\nb\\n'; done"));
    CHECK(two.call({"1"}) == "error 0: gave more than one line");
    CHECK(two.call({"1"}) == "error 0: gave more than one line");
    Caller endless = script.open("serve", R"({"argv":["cat","/dev/zero"],"most_output":100000})");
    CHECK(endless.call({"1"}) == "fail 0: gave a line of more than 100000 bytes ('most_output')");
    Caller not_json =
        script.open("serve", shell("while read -r x; do echo {; done", R"("lines":"json")"));
    CHECK(not_json.call({"1"}).starts_with("fail 0: the line is not JSON: column 2: "));
    Caller cut = script.open("serve", shell("read -r x; printf half"));
    CHECK(cut.call({"1"}) ==
          "error 0: the program ended before it answered (exit status 0); it is started again for "
          "the next item");
    Caller silent = script.open("serve", shell("read -r x; touch ready; exec sleep 1000",
                                               R"("directory":)" + json(folder.path(""))));
    cancel_with_file(silent, folder.path("ready"));
    CHECK(silent.call({"1"}) == "cancelled 0: cancelled");
    CHECK(script.refusal("serve", R"({"argv":["papy-no-such-program"]})") ==
          "program 'papy-no-such-program' cannot be had: it is not on PATH");
  }
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}

TEST_CASE("script.items gives the texts of a list, or all combinations of several") {
  Script script;
  const auto said = [&](const std::string& lists) {
    Caller items = script.open("items", R"({"lists":)" + lists + "}");
    return all_of(items);
  };
  using Saids = std::vector<Said>;
  CHECK(said(R"([["a","b c"]])") == Saids{R"(end "a" "b c")"});
  CHECK(said(R"([["a","b"],["1","2"]])") ==
        Saids{R"(["a","1"] ["a","2"] ["b","1"])", R"(end ["b","2"])"});
  CHECK(said("[]") == Saids{"end"});
  CHECK(said("[[]]") == Saids{"end"});
  CHECK(said(R"([["a"],[]])") == Saids{"end"});
}

}  // namespace
}  // namespace papy
