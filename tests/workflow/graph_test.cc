#include "workflow/graph.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "fake_catalog.h"
#include "workflow/load.h"

using namespace papy;

namespace {

// Pipers 0 .. n-1; each takes from others by number, -1 is the input.
using Edges = std::vector<std::vector<int>>;

std::string document_of(const Edges& edges) {
  std::string text = "version: 1\ninputs: {in: {source: fake.range}}\npipers:\n";
  for (std::size_t i = 0; i < edges.size(); ++i) {
    text += "  p" + std::to_string(i) + ": {worker: fake.pick, from: [";
    for (std::size_t k = 0; k < edges[i].size(); ++k) {
      if (k > 0) text += ", ";
      text += edges[i][k] < 0 ? "in" : "p" + std::to_string(edges[i][k]);
    }
    text += "]}\n";
  }
  text += "outputs:\n  all: {sink: fake.print, from: in}\n";
  for (std::size_t i = 0; i < edges.size(); ++i) {
    text += "  o" + std::to_string(i) + ": {sink: fake.print, from: p" + std::to_string(i) + "}\n";
  }
  return text;
}

// Whether there is a cycle, found the plain way: by removing what no one waits for until nothing
// changes.
bool has_cycle(const Edges& edges) {
  std::vector<bool> done(edges.size(), false);
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const bool ready = std::all_of(edges[i].begin(), edges[i].end(), [&](int from) {
        return from < 0 || done[static_cast<std::size_t>(from)];
      });
      if (!done[i] && ready) done[i] = moved = true;
    }
  }
  return std::find(done.begin(), done.end(), false) != done.end();
}

// Whether the path that a message shows, "a -> b -> a", follows edges and closes.
bool is_cycle(const std::string& message, const Edges& edges) {
  std::vector<int> path;
  for (std::size_t at = message.find("p", message.find(": ") + 2); at != std::string::npos;
       at = message.find("p", at + 1)) {
    path.push_back(std::stoi(message.substr(at + 1)));
  }
  if (path.size() < 2 || path.front() != path.back()) return false;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const auto& from = edges[static_cast<std::size_t>(path[i])];
    if (std::find(from.begin(), from.end(), path[i - 1]) == from.end()) return false;
  }
  return true;
}

Loaded load(const Edges& edges) {
  FakeCatalog catalog;
  return load_workflow_text(document_of(edges), "x", "/", catalog, {.cwd = "/"});
}

std::vector<std::string> order_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlanPiper& piper : plan.pipers) names.push_back(piper.name);
  return names;
}

}  // namespace

TEST_CASE("pipers come behind those they take from, else in the order of the document") {
  const Loaded loaded = load({{2}, {-1}, {-1}, {0, 1}});
  REQUIRE(loaded.plan);
  CHECK(order_of(*loaded.plan) == std::vector<std::string>{"p1", "p2", "p0", "p3"});
  CHECK(loaded.plan->pipers[2].from == std::vector<StreamId>{2});
  CHECK(loaded.plan->pipers[3].from == std::vector<StreamId>{3, 1});
  CHECK(loaded.plan->outputs[1].from == 3);  // of p0
}

TEST_CASE("a thousand random graphs are ordered, or their cycles shown") {
  std::mt19937 random(20260);
  int cyclic = 0;
  for (int round = 0; round < 1000; ++round) {
    const int n = 1 + static_cast<int>(random() % 8);
    Edges edges(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) {
      const std::size_t inputs = 1 + random() % 3;
      for (std::size_t k = 0; k < inputs; ++k) {
        // Mostly backwards, so that about half of the graphs have no cycle.
        const int reach = random() % 12 == 0 ? n : i;
        const int from = static_cast<int>(random() % static_cast<unsigned>(reach + 1)) - 1;
        edges[static_cast<std::size_t>(i)].push_back(from);
      }
    }
    const Loaded loaded = load(edges);
    if (has_cycle(edges)) {
      ++cyclic;
      REQUIRE_FALSE(loaded.plan);
      REQUIRE_FALSE(loaded.findings.empty());
      for (const Diagnostic& finding : loaded.findings) {
        REQUIRE(finding.rule == "cycle");
        const bool is_loop = finding.message.find("takes from itself") != std::string::npos;
        REQUIRE((is_loop || is_cycle(finding.message, edges)));
      }
    } else {
      REQUIRE(loaded.findings.empty());
      REQUIRE(loaded.plan);
      for (PiperId p = 0; p < loaded.plan->pipers.size(); ++p) {
        for (const StreamId from : loaded.plan->pipers[p].from) {
          REQUIRE(from < loaded.plan->stream_of_piper(p));
        }
      }
    }
  }
  CHECK(cyclic > 200);
  CHECK(cyclic < 800);
}

TEST_CASE("a chain of ten thousand pipers, last first, needs no deep recursion") {
  Edges edges;
  for (int i = 0; i < 10'000; ++i) edges.push_back({i + 1 < 10'000 ? i + 1 : -1});
  const Loaded loaded = load(edges);
  REQUIRE(loaded.plan);
  CHECK(loaded.plan->pipers.front().name == "p9999");
  edges.back() = {0};
  const Loaded cyclic = load(edges);
  REQUIRE(cyclic.findings.size() == 1);
  CHECK(cyclic.findings[0].message ==
        "pipers take from each other: p0 -> p9999 -> p9998 -> p9997 -> p9996 -> p9995 -> p9994 -> "
        "p9993 -> ... 9990 more ... -> p2 -> p1 -> p0");
}

TEST_CASE("lengths beyond what can be counted are not compared") {
  std::string text = "version: 1\ninputs: {in: {source: fake.range}}\npipers:\n";
  std::string before = "in";
  for (int i = 0; i < 10; ++i) {
    const std::string name = "p" + std::to_string(i);
    text += "  " + name + ": {worker: fake.pass, from: " + before + ", produce: 1000000000}\n";
    before = name;
  }
  text +=
      "  end: {worker: fake.pair, from: [in, p9]}\noutputs: {o: {sink: fake.print, from: end}}\n";
  FakeCatalog catalog;
  const Loaded loaded = load_workflow_text(text, "x", "/", catalog, {.cwd = "/"});
  CHECK(render(loaded.findings, loaded.sources) == "");
}
