// The functions of the plugin text, one by one.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support.h"

namespace papy {
namespace {

/// What a function of the plugin says of one item; of a bad argument, why it cannot be opened.
Said text(const char* name, const std::string& args, const std::string& item) {
  Plugin plugin("text");
  Caller function = plugin.open(name, args);
  if (!function.refusal.empty()) return plugin.refusal(name, args);
  const Said said = function.call({item});
  const auto failed = said.find("fail ");  // what it wrote before that, the engine takes back
  return failed == Said::npos ? said : said.substr(failed);
}

TEST_CASE("text.upper and text.lower know the letters of all scripts") {
  CHECK(text("upper", "{}", R"("grüße, мир 1")") == R"("GRÜẞE, МИР 1")");
  CHECK(text("lower", "{}", R"("GRÜẞE, ΜΙΡ")") == R"("grüße, μιρ")");
  CHECK(text("upper", "{}", R"("")") == R"("")");
  CHECK(text("lower", "{}", "1") == "fail 0: input: expected text, got an integer");
}

TEST_CASE("text that is not UTF-8 fails with its byte") {
  Plugin plugin("text");
  for (const char* name : {"upper", "lower", "normalise", "tokens"}) {
    Caller function = plugin.open(name);
    // The text "ab", the first half of a letter, "(".
    CHECK(function.call_with("\xa4"
                             "ab\xc3(") == "fail 0: input: byte 3 of the text is not UTF-8");
  }
}

TEST_CASE("text.normalise gives the four forms, folds case and drops marks") {
  const std::string composed = "\"\u00e9 \ufb01 \u00c5\"";
  const std::string decomposed = "\"e\u0301 \ufb01 A\u030a\"";
  CHECK(text("normalise", "{}", decomposed) == composed);
  CHECK(text("normalise", R"({"form":"NFD"})", composed) == decomposed);
  CHECK(text("normalise", R"({"form":"NFKC"})", decomposed) == "\"\u00e9 fi \u00c5\"");
  CHECK(text("normalise", R"({"form":"NFKD"})", composed) == "\"e\u0301 fi A\u030a\"");
  CHECK(text("normalise", R"({"fold":true})", R"("Straße STRASSE")") == R"("strasse strasse")");
  CHECK(text("normalise", R"({"drop_marks":true})", composed) == "\"e \ufb01 A\"");
  CHECK(text("normalise", R"({"form":"NFX"})", composed) ==
        "argument 'form': expected 'NFC', 'NFD', 'NFKC' or 'NFKD', got 'NFX'");
}

TEST_CASE("text.trim takes white space off the ends, and within on request") {
  CHECK(text("trim", "{}", R"("\t a  b\n")") == R"("a  b")");
  CHECK(text("trim", R"({"inner":true})", R"("  a \n b c ")") == R"("a b c")");
  CHECK(text("trim", R"({"inner":true})", R"(" \n ")") == R"("")");
}

TEST_CASE("a function of text changes a field and leaves the rest of the item as it is") {
  const std::string item = R"({"n":1,"read":{"name":"a","tags":["x","y"]},"z":null})";
  CHECK(text("upper", R"({"field":"read.name"})", item) ==
        R"({"n":1,"read":{"name":"A","tags":["x","y"]},"z":null})");
  CHECK(text("upper", R"({"field":"read.tags.1"})", item) ==
        R"({"n":1,"read":{"name":"a","tags":["x","Y"]},"z":null})");
  CHECK(text("upper", R"({"field":"read.name","into":"z"})", item) ==
        R"({"n":1,"read":{"name":"a","tags":["x","y"]},"z":"A"})");
  CHECK(text("upper", R"({"field":"read.name","into":"new.key"})", item) ==
        R"({"n":1,"read":{"name":"a","tags":["x","y"]},"z":null,"new":{"key":"A"}})");
  CHECK(text("upper", R"({"field":"read.nam"})", item) == "fail 0: there is no field 'read.nam'");
  CHECK(text("upper", R"({"field":"n"})", item) ==
        "fail 0: input.n: expected text, got an integer");
  CHECK(text("upper", R"({"field":"read.name","into":"n.up"})", item) ==
        "fail 0: input: expected a map for the field 'up', got an integer");
  CHECK(text("upper", R"({"field":"read.name","into":"read.tags.2"})", item) ==
        "fail 0: there is no place '2' in a list of 2");
  CHECK(text("upper", R"({"into":"up"})", R"("a")") ==
        "fail 0: input: expected a map for the field 'up', got text");
}

TEST_CASE("text.split makes a list of the parts of a text") {
  CHECK(text("split", R"({"separator":","})", R"(",a,,b")") == R"(["","a","","b"])");
  CHECK(text("split", R"({"separator":","})", R"("")") == R"([""])");
  CHECK(text("split", R"({"separator":", ","limit":2})", R"("a, b, c")") == R"(["a","b, c"])");
  CHECK(text("split", R"({"separator":",","limit":1})", R"("a,b")") == R"(["a,b"])");
  CHECK(text("split", "{}", R"("  a \t b\n")") == R"(["a","b"])");
  CHECK(text("split", R"({"limit":2})", R"(" GET /a HTTP/1.1")") == R"(["GET","/a HTTP/1.1"])");
  CHECK(text("split", "{}", R"("  ")") == "[]");
}

TEST_CASE("text.tokens are the words of any script, in normal form") {
  CHECK(text("tokens", "{}", "\"It's GNU: 3 re\u0301sume\u0301s, МИР_2!\"") ==
        R"(["it","s","gnu","3","résumés","мир","2"])");
  CHECK(text("tokens", R"({"fold":false,"min_length":2})", R"("Ä Öl GNU")") == R"(["Öl","GNU"])");
  CHECK(text("tokens", "{}", R"(" -- ")") == "[]");
  CHECK(text("tokens", R"({"min_length":0})", R"("")") ==
        "argument 'min_length': must be at least 1");
}

TEST_CASE("text.matches and text.grep tell the texts in which a pattern is found") {
  CHECK(text("matches", R"({"pattern":"^chr\\d+$"})", R"("chr12")") == "true");
  CHECK(text("matches", R"({"pattern":"^chr\\d+$"})", R"("chrX")") == "false");
  CHECK(text("matches", R"({"pattern":"^.ö$"})", R"("ßö")") == "true");
  CHECK(text("matches", R"({"pattern":"(?i)gnu","field":"t","into":"hit"})", R"({"t":"GNU"})") ==
        R"({"t":"GNU","hit":true})");
  CHECK(text("grep", R"({"pattern":"b+","field":"t"})", R"({"t":"abb"})") == R"({"t":"abb"})");
  CHECK(text("grep", R"({"pattern":"b+"})", R"("a")") == "skip");
  CHECK(text("grep", R"({"pattern":"b+","invert":true})", R"("a")") == R"("a")");
  CHECK(text("grep", R"({"pattern":"b","field":"t"})", R"({"t":1})") ==
        "fail 0: input.t: expected text, got an integer");
}

TEST_CASE("a pattern that is wrong is told before any item comes") {
  CHECK(text("grep", R"({"pattern":"a(b"})", R"("")") == "argument 'pattern': missing ): a(b");
  CHECK(text("grep", R"({"pattern":"[z-a]"})", R"("")") ==
        "argument 'pattern': invalid character class range: z-a");
  CHECK(text("matches", R"_({"pattern":"a(?=b)"})_", R"("")") ==
        "argument 'pattern': invalid perl operator: (?= (RE2 knows (?P<name>...) for a group with "
        "a name, but no look-around)");
  CHECK(text("capture", R"_({"pattern":"(a)"})_", R"("")") ==
        "argument 'pattern': no group has a name, as (?P<name>...)");
  CHECK(text("replace", R"({"pattern":"a","with":"\\1"})", R"("")") ==
        "argument 'with': \\1 is no group, the pattern has 0");
  CHECK(text("replace", R"({"pattern":"a","with":"\\z"})", R"("")") ==
        "argument 'with': a backslash needs a digit behind it, or another backslash");
}

TEST_CASE("a pattern that would keep others busy for years takes no time") {
  const std::string many = '"' + std::string(50'000, 'a') + '"';
  CHECK(text("matches", R"({"pattern":"^(a|a)*(a|aa)*b$"})", many) == "false");
}

TEST_CASE("text.capture makes fields of groups") {
  const std::string request =
      R"_("pattern":"(?P<method>[A-Z]+) (?P<path>\\S+)(?: (?P<http>.*))?")_";
  CHECK(text("capture", "{" + request + "}", R"("GET /a HTTP/1.1")") ==
        R"({"method":"GET","path":"/a","http":"HTTP/1.1"})");
  CHECK(text("capture", "{" + request + "}", R"("GET /a")") ==
        R"({"method":"GET","path":"/a","http":null})");
  CHECK(text("capture", "{" + request + R"(,"field":"r"})", R"({"r":"GET /a","path":0,"n":1})") ==
        R"({"r":"GET /a","n":1,"method":"GET","path":"/a","http":null})");
  CHECK(text("capture", "{" + request + R"(,"field":"r","into":"r"})", R"({"r":"GET /a"})") ==
        R"({"r":{"method":"GET","path":"/a","http":null}})");
  CHECK(text("capture", "{" + request + "}", R"("-")") ==
        "fail 0: the text does not match the pattern");
  CHECK(text("capture", "{" + request + R"(,"otherwise":"skip"})", R"("-")") == "skip");
  CHECK(text("capture", "{" + request + R"(,"otherwise":"nil"})", R"("-")") ==
        R"({"method":null,"path":null,"http":null})");
}

TEST_CASE("text.find_all gives matches, or the groups of each") {
  CHECK(text("find_all", R"({"pattern":"\\d+"})", R"("1, 22 and 333")") == R"(["1","22","333"])");
  CHECK(text("find_all", R"({"pattern":"(\\w)=(\\w)?"})", R"("a=1 b=")") ==
        R"([["a","1"],["b",null]])");
  CHECK(text("find_all", R"({"pattern":"x*"})", R"("häx")") == R"(["","","x",""])");
  CHECK(text("find_all", R"({"pattern":"x"})", R"("")") == "[]");
}

TEST_CASE("text.replace replaces every match or the first") {
  CHECK(text("replace", R"({"pattern":"a","with":"b"})", R"("banana")") == R"("bbnbnb")");
  CHECK(text("replace", R"({"pattern":"a","with":"b","all":false})", R"("banana")") ==
        R"("bbnana")");
  CHECK(text("replace", R"_({"pattern":"(\\w+)@(\\w+)","with":"\\2 at \\1 (\\0)"})_",
             R"("me@here")") == R"_("here at me (me@here)")_");
  CHECK(text("replace", R"({"pattern":"x","with":""})", R"("abc")") == R"("abc")");
}

TEST_CASE("text.format fills a text with fields") {
  const std::string item =
      R"({"name":"r1","n":-7,"x":0.126,"big":18446744073709551615,"l":[1,"a"],"b":true})";
  const auto filled = [&](const std::string& format) {
    return text("format", R"({"format":")" + format + R"("})", item);
  };
  CHECK(filled("{name:<4}|{name:>4}|{name:^4}|{name:.1}") == R"("r1  |  r1| r1 |r")");
  CHECK(filled("{n} {n:04d} {n:x} {big}") == R"("-7 -007 -7 18446744073709551615")");
  CHECK(filled("{x} {x:.2f} {x:8.1e}") == R"("0.126 0.13  1.3e-01")");
  CHECK(filled("{{{b}}} {l} {l.1:>3}") == R"("{true} [1,\"a\"]   a")");
  CHECK(filled("") == R"("")");
  CHECK(text("format", R"({"format":"<{}>"})", "7") == R"("<7>")");
  CHECK(text("format", R"({"format":"{a}!","into":"b"})", R"({"a":1})") == R"({"a":1,"b":"1!"})");
  CHECK(filled("{nam}") == "fail 0: there is no field 'nam'");
  CHECK(filled("{name:.2f}") ==
        "fail 0: the field 'name' cannot be formatted as '{:.2f}': invalid type specifier");
}

TEST_CASE("a format that is wrong is told with its character") {
  CHECK(text("format", R"({"format":"ab {n"})", "1") ==
        "argument 'format', character 4: '{' is not closed; a brace itself is '{{'");
  CHECK(text("format", R"({"format":"a } b"})", "1") ==
        "argument 'format', character 3: '}' closes nothing; a brace itself is '}}'");
  CHECK(text("format", R"({"format":"{n:>>>}"})", "1") ==
        "argument 'format', character 3: '>>>' is no format, expected one as '>8', '08d' or "
        "'.2f'");
  CHECK(text("format", "{}", "1") == "the argument 'format' is missing");
}

TEST_CASE(
    "text.from_json and text.to_json are each other's inverse, and tell the column of an error") {
  CHECK(text("from_json", "{}", R"("{\"b\": [1, 2.0, null], \"a\": \"x\"}")") ==
        R"({"b":[1,2.0,null],"a":"x"})");
  CHECK(text("to_json", "{}", R"({"b":[1,2.0,null],"a":"x"})") ==
        R"("{\"b\":[1,2.0,null],\"a\":\"x\"}")");
  CHECK(text("from_json", R"({"field":"j"})", R"({"j":"[1,"})") ==
        "fail 0: input.j: column 4: expected a value");
}

TEST_CASE("text.hash gives the known hashes") {
  const auto hashed = [](const std::string& algorithm, const std::string& item) {
    return text("hash", R"({"algorithm":")" + algorithm + R"("})", item);
  };
  // FIPS 180-4, examples; the xxHash specification's values of the empty text.
  CHECK(hashed("sha256", R"("abc")") ==
        R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")");
  CHECK(hashed("sha256", R"("")") ==
        R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")");
  CHECK(hashed("xxh64", R"("")") == R"("ef46db3751d8e999")");
  CHECK(hashed("xxh3", R"("")") == R"("2d06800538d394c2")");
  CHECK(hashed("xxh128", R"("")") == R"("99aa06d3014798d86001c324468d497f")");
  CHECK(hashed("xxh3", R"({"$base64":"YWJj"})") == hashed("xxh3", R"("abc")"));
  CHECK(hashed("xxh3", R"({"a":1})") != hashed("xxh3", R"({"a":2})"));
  CHECK(hashed("md5", R"("")") ==
        "argument 'algorithm': expected 'xxh3', 'xxh128', 'xxh64' or 'sha256', got 'md5'");
  CHECK(text("hash", R"({"field":"a","into":"id"})", R"({"a":""})") ==
        R"({"a":"","id":"2d06800538d394c2"})");
}

}  // namespace
}  // namespace papy
