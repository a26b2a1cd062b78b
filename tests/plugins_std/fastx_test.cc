// The functions of the plugin fastx, one by one.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "fastx/bases.h"
#include "support.h"

namespace papy {
namespace {

using Saids = std::vector<Said>;

/// What fastx.read says of a file with this content, call by call.
Saids read_all(const std::string& content, const std::string& others = "") {
  const Folder folder;
  Plugin fastx("fastx");
  Caller source = fastx.open("read", path_args(folder.file("reads", content), others));
  REQUIRE(source.refusal == "");
  source.settings().wanted = 2;
  Saids said = all_of(source);
  for (Said& each : said) {  // the name of the folder is another each time
    const auto at = each.find("/tmp/papy-test-");
    if (at != Said::npos) each.erase(at, each.find("reads", at) - at);
  }
  return said;
}

TEST_CASE("fastx.read reads FASTQ, by four lines a record") {
  CHECK(
      read_all("@r1 first\nACGT\n+\nIIII\n@r2/1\nA\n+r2\n!\n\n@r3\n\n+\n\n") ==
      Saids{
          R"({"name":"r1","sequence":"ACGT","quality":"IIII"} {"name":"r2/1","sequence":"A","quality":"!"})",
          R"(end {"name":"r3","sequence":"","quality":""})"});
  CHECK(read_all("@r1 first\r\nAC\r\n+\r\n@+", R"("full_name":true)") ==
        Saids{R"(end {"name":"r1 first","sequence":"AC","quality":"@+"})"});
  CHECK(read_all("") == Saids{"end"});
  CHECK(read_all("\n\n") == Saids{"end"});
}

TEST_CASE("fastx.read reads FASTA, of any number of lines a record") {
  CHECK(
      read_all(">r1 x\nAC\nGT\n\n>r2\n>r3\nN-*") ==
      Saids{
          R"({"name":"r1","sequence":"ACGT","quality":null} {"name":"r2","sequence":"","quality":null})",
          R"(end {"name":"r3","sequence":"N-*","quality":null})"});
}

TEST_CASE("a malformed record fails with file and line, and the stream goes on behind it") {
  const std::string good = "@r9\nA\n+\nI\n";
  const std::string r9 = R"({"name":"r9","sequence":"A","quality":"I"})";
  const auto after_good = [&](const std::string& bad, const std::string& error) {
    CHECK(read_all(good + bad + good) == Saids{r9, "fail 0: reads:" + error, "end " + r9});
  };
  after_good("@r1\nACGT\n+\nIII\n", "8: the quality has 3 characters, the sequence 4");
  after_good("@r1\nACGT\n+\nII\x1fI\n", "8: a quality is none of the characters from '!' to '~'");
  after_good("@r1\nAC GT\n+\nIIIII\n", "6: expected a sequence, got 'AC GT'");
  after_good("@r1\nACGT\nIIII\n", "7: expected a line that begins with '+', got 'IIII'");
  after_good("r1\nACGT\n+\nIIII\n", "5: expected a header that begins with '@', got 'r1'");
  after_good("@r1\nACGT\nACGTACGTACGTACGTACGTACGTACGT\n",
             "7: expected a line that begins with '+', got 'ACGTACGTACGTACGTACGTACGT...'");
  CHECK(read_all(good + "@r1\nACGT\n+") ==
        Saids{r9,
              "fail 0: reads:7: the file ends within a record: expected a quality behind this line",
              "end"});
  CHECK(
      read_all(good + "@r1") ==
      Saids{r9,
            "fail 0: reads:5: the file ends within a record: expected a sequence behind this line",
            "end"});
  CHECK(read_all(">r1\nAC\n1\nAC\n>r2\nG") ==
        Saids{"fail 0: reads:3: expected a sequence, got '1'",
              R"(end {"name":"r2","sequence":"G","quality":null})"});
}

TEST_CASE("the line that does not fit may be the next record's header") {
  const auto record = [](const std::string& name) {
    return R"({"name":")" + name + R"(","sequence":"AC","quality":"II"})";
  };
  const auto text = [](const std::string& name) { return "@" + name + "\nAC\n+\nII\n"; };
  CHECK(read_all(text("r1") + "@r5\nA\n" + text("r6") + text("r7")) ==
        Saids{record("r1"), "fail 0: reads:7: expected a line that begins with '+', got '@r6'",
              record("r6") + " " + record("r7"), "end"});
  CHECK(read_all("@r5\n" + text("r6")) ==
        Saids{"fail 0: reads:2: expected a sequence, got '@r6'", "end " + record("r6")});
  CHECK(read_all("@r5\nA\n+\n" + text("r6") + text("r7")) ==
        Saids{"fail 0: reads:4: the quality has 3 characters, the sequence 1",
              record("r6") + " " + record("r7"), "end"});
  CHECK(read_all("@r5\nA\n+\n@II\n" + text("r6")) ==
        Saids{"fail 0: reads:4: the quality has 3 characters, the sequence 1",
              "end " + record("r6")});
}

TEST_CASE("a record that is cut off behind a malformed one fails too") {
  const std::string r0 = R"({"name":"r0","sequence":"AC","quality":"II"})";
  const std::string r4 = "fail 0: reads:5: expected a header that begins with '@', got 'r4'";
  for (const std::string quality : {"II", "@I"}) {
    const std::string text = "@r0\nAC\n+\nII\nr4\nAC\n+\n" + quality + "\n";
    CHECK(read_all(text) == Saids{r0, r4, "end"});
    CHECK(read_all(text + "@r5\nA") ==
          Saids{r0, r4,
                "fail 0: reads:10: the file ends within a record: expected '+' behind this line",
                "end"});
    CHECK(read_all(text + "@r5") == Saids{r0, r4,
                                          "fail 0: reads:9: the file ends within a record: "
                                          "expected a sequence behind this line",
                                          "end"});
  }
}

TEST_CASE("a file that is neither FASTA nor FASTQ ends the run") {
  CHECK(read_all("name,sequence\n") == Saids{"fatal 22: reads:1: expected FASTA or FASTQ, a line "
                                             "that begins with '>' or '@', got 'name,sequence'"});
  CHECK(read_all("x\n@r\nA\n+\nI\n", R"("format":"fastq")") ==
        Saids{"fail 0: reads:1: expected a header that begins with '@', got 'x'",
              R"(end {"name":"r","sequence":"A","quality":"I"})"});
  Plugin fastx("fastx");
  CHECK(fastx.refusal("read", path_args("/nowhere/x.fq")) ==
        "cannot read '/nowhere/x.fq': no such file or directory");
  CHECK(fastx.refusal("read", path_args("/tmp")) == "cannot read '/tmp': it is a directory");
}

TEST_CASE("gzip is read through, in members, and its end is watched") {
  const std::string record = "@r1\nACGT\n+\nIIII\n";
  const std::string r1 = R"({"name":"r1","sequence":"ACGT","quality":"IIII"})";
  CHECK(read_all(gzip(record) + gzip(record) + gzip("")) == Saids{r1 + " " + r1, "end"});
  CHECK(read_all(gzip(record) + std::string(512, '\0')) == Saids{"end " + r1});
  const std::string whole = gzip(record + record);
  CHECK(
      read_all(whole.substr(0, whole.size() - 1)) ==
      Saids{r1 + " " + r1, "fatal 5: 'reads' is cut off: it ends in the middle of its gzip data"});
  CHECK(read_all(gzip(record) + "x") == Saids{r1,
                                              "fatal 5: 'reads' is damaged: its gzip data cannot "
                                              "be read (other bytes behind its end)"});
  std::string damaged = gzip(record);
  damaged[damaged.size() - 8] ^= 1;
  CHECK(read_all(damaged) ==
        Saids{r1,
              "fatal 5: 'reads' is damaged: its gzip data cannot be read (incorrect data check)"});
}

TEST_CASE("fastx.read goes on from its cursor, in plain and in gzip files") {
  std::string text;
  for (int i = 0; i < 9; ++i) text += "@r" + std::to_string(i) + "\nACGT\n+\nIIII\n";
  const Folder folder;
  Plugin fastx("fastx");
  for (const std::string& path : {folder.file("plain", text), folder.file("zipped", gzip(text))}) {
    Caller first = fastx.open("read", path_args(path));
    first.call({});
    const Said cursor = first.cursor();
    const papy_worker* const worker = fastx.worker("read");
    Caller second = fastx.open("read", path_args(path));
    const std::string raw = cursor.substr(1, cursor.size() - 2);
    REQUIRE(worker->seek(second.state(), raw.data(), raw.size()) == PAPY_OK);
    CHECK(all_of(second) == all_of(first));
    CHECK(worker->seek(second.state(), "=x", 2) != PAPY_OK);
  }
  const std::string fasta = folder.file("fasta", ">a\nA\n>b\nB\n>c\nC\n>d\nD\n>e\nE\n");
  Caller first = fastx.open("read", path_args(fasta));
  first.call({});
  const Said cursor = first.cursor();
  Caller second = fastx.open("read", path_args(fasta));
  const std::string raw = cursor.substr(1, cursor.size() - 2);
  REQUIRE(fastx.worker("read")->seek(second.state(), raw.data(), raw.size()) == PAPY_OK);
  CHECK(
      second.call({}) ==
      R"(end {"name":"d","sequence":"D","quality":null} {"name":"e","sequence":"E","quality":null})");
}

std::string cut(const std::string& quality, fastx::Thresholds thresholds) {
  const fastx::Cut kept = fastx::quality_cut(quality, thresholds, 33);
  return quality.substr(kept.from, kept.size);
}

TEST_CASE("ends are cut where the running sum of threshold minus score is greatest") {
  // Worked by hand: '!' is 0, '+' is 10, '5' is 20, '?' is 30, 'I' is 40.
  CHECK(cut("IIII", {0, 20}) == "IIII");
  CHECK(cut("II!!", {0, 20}) == "II");
  CHECK(cut("II!?!", {0, 20}) == "II");     // 20, 10, 30: the good base within goes, too
  CHECK(cut("II!I!", {0, 20}) == "II!I");   // 20, 0, 20: the place nearest to the end counts
  CHECK(cut("II!!I", {0, 20}) == "II!!I");  // the sum falls below 0 at once
  CHECK(cut("!!!!", {0, 20}) == "");
  CHECK(cut("5555", {0, 20}) == "5555");  // at the threshold nothing is gained
  CHECK(cut("", {0, 20}) == "");
  CHECK(cut("!!II!!", {20, 20}) == "II");
  CHECK(cut("!!II!!", {20, 0}) == "II!!");
  CHECK(cut("!!II!!", {0, 0}) == "!!II!!");
  CHECK(cut("!", {20, 20}) == "");
}

TEST_CASE("fastx.trim cuts sequence and quality alike") {
  Plugin fastx("fastx");
  const std::string read = R"({"name":"r","sequence":"ACGTA","quality":"II!!!"})";
  CHECK(fastx.open("trim").call({read}) == R"({"name":"r","sequence":"AC","quality":"II"})");
  CHECK(fastx.open("trim", R"({"min_quality":0})").call({read}) == read);
  CHECK(fastx.open("trim", R"({"min_length":2})").call({read}) ==
        R"({"name":"r","sequence":"AC","quality":"II"})");
  CHECK(fastx.open("trim", R"({"min_length":3})").call({read}) == "skip");
  const std::string fasta = R"({"name":"r","sequence":"ACGTA","quality":null})";
  CHECK(fastx.open("trim").call({fasta}) == fasta);
  CHECK(fastx.open("trim").call({R"({"name":"r","sequence":"A","quality":"II"})"}) ==
        "fail 0: read 'r' has a quality of 2 characters for 1 bases");
  CHECK(fastx.open("trim").call({R"({"name":"r"})"}) ==
        "fail 0: input: the field 'sequence' is missing");
  CHECK(fastx.refusal("trim", R"({"min_quality":94})") ==
        "argument 'min_quality': must be at most 93");
}

TEST_CASE("fastx.pair puts two reads of one name together") {
  Plugin fastx("fastx");
  const auto read = [](const std::string& name) {
    return R"({"name":")" + name + R"(","sequence":"A","quality":"I"})";
  };
  const std::string pair =
      R"({"name":"r","first":{"sequence":"A","quality":"I"},"second":{"sequence":"A","quality":"I"}})";
  CHECK(fastx.open("pair").call({read("r"), read("r")}) == pair);
  CHECK(fastx.open("pair").call({read("r/1"), read("r/2")}) == pair);
  CHECK(fastx.open("pair").call({read("r/1"), read("s/2")}) ==
        "fail 0: the reads 'r/1' and 's/2' are no pair: their names differ");
  CHECK(fastx.open("pair").call({read("r/2"), read("r/1")}) ==
        "fail 0: the reads 'r/2' and 'r/1' are no pair: their names differ");
}

std::string pair_of(const std::string& first, const std::string& second) {
  const auto side = [](const std::string& sequence) {
    return R"({"sequence":")" + sequence + R"(","quality":")" + std::string(sequence.size(), '5') +
           R"("})";
  };
  return R"({"name":"p","first":)" + side(first) + R"(,"second":)" + side(second) + "}";
}

TEST_CASE("fastx.drop_short makes a gap of a pair with a short side") {
  Plugin fastx("fastx");
  Caller drop = fastx.open("drop_short", R"({"min_length":2})");
  CHECK(drop.call({pair_of("AC", "GT")}) == pair_of("AC", "GT"));
  CHECK(drop.call({pair_of("A", "GT")}) == "skip");
  CHECK(drop.call({pair_of("AC", "")}) == "skip");
  CHECK(drop.call({R"({"name":"r","sequence":"A","quality":null})"}) == "skip");
  CHECK(drop.call({R"({"name":"r","sequence":"AC","quality":null})"}) ==
        R"({"name":"r","sequence":"AC","quality":null})");
}

TEST_CASE("fastx.measure measures reads and both sides of pairs") {
  Plugin fastx("fastx");
  CHECK(fastx.open("measure").call({R"({"name":"r","sequence":"ACgNN","quality":"!5?I!"})"}) ==
        R"({"name":"r","length":5,"gc":0.6666666666666666,"mean_quality":18.0})");
  CHECK(fastx.open("measure").call({R"({"name":"r","sequence":"NN","quality":null})"}) ==
        R"({"name":"r","length":2,"gc":null,"mean_quality":null})");
  CHECK(fastx.open("measure").call({R"({"name":"r","sequence":"","quality":""})"}) ==
        R"({"name":"r","length":0,"gc":null,"mean_quality":null})");
  CHECK(fastx.open("measure").call({pair_of("ACGT", "GG")}) ==
        R"({"name":"p","first":{"length":4,"gc":0.5,"mean_quality":20.0},)"
        R"("second":{"length":2,"gc":1.0,"mean_quality":20.0}})");
  CHECK(fastx.open("measure", R"({"offset":64})").call({pair_of("A", "A")}) ==
        "fail 0: a quality is below 0: is its offset 64?");
}

TEST_CASE("fastx.reverse_complement turns sequence and quality round") {
  Plugin fastx("fastx");
  CHECK(fastx.open("reverse_complement")
            .call({R"({"name":"r","sequence":"AACGTRYN-k","quality":"0123456789"})"}) ==
        R"({"name":"r","sequence":"m-NRYACGTT","quality":"9876543210"})");
  CHECK(fastx.open("reverse_complement").call({R"({"name":"r","sequence":"","quality":null})"}) ==
        R"({"name":"r","sequence":"","quality":null})");
}

const std::string kNoSide =
    R"("bases":0,"mean_length":null,"gc":null,"mean_quality":null,"quality_by_cycle":[],"lengths":[],)"
    R"("gc_histogram":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0])";

TEST_CASE("fastx.summary makes one record of all reads") {
  Plugin fastx("fastx");
  Caller summary = fastx.open("summary", R"({"of":"reads"})");
  CHECK(summary.flush() == R"({"reads":0,)" + kNoSide + "}");
  CHECK(summary.call({R"({"name":"a","sequence":"GC","quality":"5?"})"}) == "");
  CHECK(summary.call({R"({"name":"b","sequence":"ANG","quality":"II!"})"}) == "");
  CHECK(summary.call({R"({"name":"c","sequence":"AT","quality":null})"}) == "");
  CHECK(summary.flush() ==
        R"({"reads":3,"bases":7,"mean_length":2.3333333333333335,"gc":0.5,"mean_quality":26.0,)"
        R"("quality_by_cycle":[30.0,35.0,0.0],"lengths":[[2,2],[3,1]],)"
        R"("gc_histogram":[1,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,1]})");
}

TEST_CASE("fastx.summary keeps the sides of pairs apart and goes on from what it saved") {
  Plugin fastx("fastx");
  Caller whole = fastx.open("summary", R"({"count_as":"pairs_kept"})");
  CHECK(whole.flush() ==
        R"({"pairs_kept":0,"first":{)" + kNoSide + R"(},"second":{)" + kNoSide + "}}");
  whole.call({pair_of("A", "GGG")});
  const papy_worker* const worker = fastx.worker("summary");
  REQUIRE(worker->save(whole.state(), &whole.settings()) == PAPY_OK);
  const std::string saved = whole.raw();
  const papy_value value{saved.data(), saved.size()};
  Caller other = fastx.open("summary", R"({"count_as":"pairs_kept"})");
  REQUIRE(worker->load(other.state(), &value) == PAPY_OK);
  whole.call({pair_of("C", "T")});
  other.call({pair_of("C", "T")});
  CHECK(
      whole.flush() ==
      R"({"pairs_kept":2,"first":{"bases":2,"mean_length":1.0,"gc":0.5,"mean_quality":20.0,)"
      R"("quality_by_cycle":[20.0],"lengths":[[1,2]],"gc_histogram":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]},)"
      R"("second":{"bases":4,"mean_length":2.0,"gc":0.75,"mean_quality":20.0,"quality_by_cycle":[20.0,20.0,20.0],)"
      R"("lengths":[[1,1],[3,1]],"gc_histogram":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]}})");
  CHECK(other.flush() == whole.flush());
}

TEST_CASE("a pair that cannot be counted leaves the summary as it was") {
  Plugin fastx("fastx");
  Caller summary = fastx.open("summary");
  CHECK(
      summary.call(
          {R"({"name":"p","first":{"sequence":"A","quality":"I"},"second":{"sequence":"A","quality":"II"}})"}) ==
      "fail 0: a read has 1 bases and 2 qualities");
  CHECK(summary.call({R"({"name":"r","sequence":"A","quality":"I"})"}) ==
        "fail 0: input: the field 'first' is missing");
  CHECK(summary.flush() ==
        R"({"pairs":0,"first":{)" + kNoSide + R"(},"second":{)" + kNoSide + "}}");
}

}  // namespace
}  // namespace papy
