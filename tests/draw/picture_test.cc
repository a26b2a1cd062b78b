#include "draw/picture.h"

#include <catch2/catch.hpp>
#include <set>

namespace papy {
namespace {

/// Two inputs, a join of them with rates, a fork behind it.
Plan example() {
  Plan plan;
  plan.name = "a & \"b\"";
  plan.pools = {{.name = "cpu", .type = PoolType::process, .slots = 1}, {.name = ""}};
  FunctionUse read, write, work;
  read.plugin = "io";
  read.function = "read";
  write.plugin = "io";
  write.function = "write";
  work.plugin = "x";
  work.function = "work";
  plan.inputs = {{"left", read}, {"right", read}};
  PlanPiper join;
  join.name = "join";
  join.worker = {work, work};
  join.from = {0, 1};
  join.consume = 2;
  join.produce.any = true;
  join.spawn = 3;
  join.pool = 0;
  PlanPiper one = join;
  one.name = "one";
  one.worker = {work};
  one.from = {2};
  one.consume = 1;
  one.spawn = 1;
  one.produce = {};
  one.pool = 1;
  PlanPiper two = one;
  two.name = "two";
  two.serial = true;
  plan.pipers = {join, one, two};
  plan.outputs = {{"out", write, 3}, {"all", write, 4}};
  return plan;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a picture has a box for each input, piper and output, and an arrow for each place") {
  const Picture picture = picture_of(example());
  REQUIRE(picture.boxes.size() == 7);
  CHECK(picture.pools.size() == 1);  // the pool without a name is none
  CHECK(picture.pools[0].about == "1 process");
  CHECK(picture.boxes[2].function == "x.work | x.work");
  CHECK(picture.boxes[2].notes == "spawn 3");
  CHECK(picture.boxes[2].pool == 0u);
  CHECK_FALSE(picture.boxes[3].pool);
  CHECK(picture.boxes[4].notes == "serial");
  REQUIRE(picture.arrows.size() == 6);
  CHECK(picture.arrows[0].label == "1: 1 → 2");
  CHECK(picture.arrows[1].label == "2: 1 → 2");
  CHECK(picture.arrows[2].label == "any → 1");
  CHECK(picture.arrows[4].label.empty());
  for (const Picture::Arrow& arrow : picture.arrows) CHECK(arrow.from < arrow.to);
}

TEST_CASE("the tree names each box in full once, below the last that it takes from") {
  CHECK(tree_text(picture_of(example())) ==
        "a & \"b\"\n"
        "left  io.read\n"
        "↓ join (1: 1 → 2)  see below\n"
        "right  io.read\n"
        "↓ join (2: 1 → 2)  x.work | x.work, spawn 3 @cpu\n"
        "├─ one (any → 1)  x.work\n"
        "│  ↓ > out  io.write\n"
        "└─ two (any → 1)  x.work, serial\n"
        "   ↓ > all  io.write\n"
        "pool cpu: 1 process\n");
}

TEST_CASE("names are escaped in every format") {
  const Picture picture = picture_of(example());
  CHECK(has(dot_text(picture), "digraph \"a & \\\"b\\\"\""));
  CHECK(has(dot_text(picture), "n0 -> n2 [label=\"1: 1 → 2\"];"));
  CHECK(has(svg_text(picture), "<title>a &amp; &quot;b&quot;</title>"));
  CHECK(has(json_text(picture), "\"name\": \"a & \\\"b\\\"\""));
  Picture odd = picture;
  odd.boxes[0].name = "<b>#\"";
  CHECK(has(mermaid_text(odd), "n0([\"#lt;b#gt;#35;#quot;<br/>io.read\"])"));
  CHECK(has(svg_text(odd), "&lt;b&gt;#&quot;</text>"));
}

TEST_CASE("a box says its name, its function and its notes, and has no line for notes it lacks") {
  Picture picture = picture_of(example());
  CHECK(picture.boxes[2].lines() == std::vector<std::string>{"join", "x.work | x.work", "spawn 3"});
  CHECK(picture.boxes[3].lines() == std::vector<std::string>{"one", "x.work"});
  picture.boxes[2].name = "a\\\"b";
  CHECK(has(dot_text(picture), R"(n2 [label="a\\\"b\nx.work | x.work\nspawn 3")"));
  CHECK(has(mermaid_text(picture), R"(n2["a\#quot;b<br/>x.work | x.work<br/>spawn 3"])"));
  CHECK(has(svg_text(picture), "class=\"small notes\">spawn 3</text>"));
}

TEST_CASE("pools have colours of their own") {
  std::set<std::string> colours;
  for (std::size_t pool = 0; pool < 20; ++pool) {
    const std::string colour = colour_of_pool(pool);
    CHECK(colour.size() == 7);
    CHECK(colours.insert(colour).second);
  }
}

}  // namespace papy
