#include "draw/layout.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace papy {
namespace {

/// A chain of nodes of one size.
LayoutGraph chain(std::size_t n) {
  LayoutGraph graph;
  for (std::size_t i = 0; i < n; ++i) {
    graph.nodes.push_back({50, 30});
    if (i > 0) graph.edges.push_back({i - 1, i});
  }
  return graph;
}

LayoutGraph random_graph(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  LayoutGraph graph;
  const std::size_t n = 1 + random() % 60;
  for (std::size_t i = 0; i < n; ++i) {
    graph.nodes.push_back(
        {20.0 + static_cast<double>(random() % 100), 20.0 + static_cast<double>(random() % 40)});
    for (std::uint64_t k = random() % 4; i > 0 && k > 0; --k)
      graph.edges.push_back({random() % i, i, static_cast<double>(random() % 30)});
  }
  return graph;
}

bool overlap(const Point& a, const LayoutGraph::Node& size_a, const Point& b,
             const LayoutGraph::Node& size_b) {
  return a.x < b.x + size_b.width && b.x < a.x + size_a.width && a.y < b.y + size_b.height &&
         b.y < a.y + size_a.height;
}

bool is_equal(const Layout& a, const Layout& b) {
  const auto same = [](const Point& p, const Point& q) { return p.x == q.x && p.y == q.y; };
  if (!std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), same))
    return false;
  for (std::size_t e = 0; e < a.edges.size(); ++e) {
    if (!std::equal(a.edges[e].begin(), a.edges[e].end(), b.edges[e].begin(), b.edges[e].end(),
                    same))
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("nodes lie apart within the drawing, and right of what they take from") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const LayoutGraph graph = random_graph(seed);
    const Layout layout = lay_out(graph);
    REQUIRE(layout.nodes.size() == graph.nodes.size());
    REQUIRE(layout.edges.size() == graph.edges.size());
    for (std::size_t a = 0; a < graph.nodes.size(); ++a) {
      const Point& at = layout.nodes[a];
      CHECK((at.x >= -1e-6 && at.y >= -1e-6));
      CHECK(at.x + graph.nodes[a].width <= layout.width + 1e-6);
      CHECK(at.y + graph.nodes[a].height <= layout.height + 1e-6);
      for (std::size_t b = a + 1; b < graph.nodes.size(); ++b)
        CHECK_FALSE(overlap(at, graph.nodes[a], layout.nodes[b], graph.nodes[b]));
    }
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
      const LayoutGraph::Edge& edge = graph.edges[e];
      const std::vector<Point>& points = layout.edges[e];
      CHECK(points.front().x == layout.nodes[edge.from].x + graph.nodes[edge.from].width);
      CHECK(points.back().x == layout.nodes[edge.to].x);
      CHECK(points.back().y > layout.nodes[edge.to].y);
      CHECK(points.back().y < layout.nodes[edge.to].y + graph.nodes[edge.to].height);
      CHECK(points.size() % 2 == 0);
      CHECK(points.back().x - points.front().x >= edge.label);
      CHECK(std::is_sorted(points.begin(), points.end(),
                           [](const Point& a, const Point& b) { return a.x < b.x; }));
    }
  }
}

TEST_CASE("the same graph has always the same layout") {
  CHECK(is_equal(lay_out(random_graph(7)), lay_out(random_graph(7))));
}

TEST_CASE("edges do not cross where they need not") {
  // Two chains, given so that the first order crosses.
  LayoutGraph graph;
  graph.nodes.assign(6, {50, 30});
  graph.edges = {{0, 3}, {1, 2}, {2, 5}, {3, 4}};
  const Layout layout = lay_out(graph);
  const auto y = [&](std::size_t n) { return layout.nodes[n].y; };
  CHECK((y(0) < y(1)) == (y(3) < y(2)));
  CHECK((y(3) < y(2)) == (y(4) < y(5)));
}

TEST_CASE("a chain is straight, and as long as you like") {
  const LayoutGraph graph = chain(10'000);
  const Layout layout = lay_out(graph);
  for (const Point& point : layout.nodes) CHECK(point.y == Approx(0).margin(1e-6));
  CHECK(layout.height == Approx(30));
}

TEST_CASE("an input stands beside those that take from it") {
  LayoutGraph graph = chain(4);
  graph.nodes.insert(graph.nodes.begin(), {50, 30});  // taken from by the last of the chain
  for (LayoutGraph::Edge& edge : graph.edges) edge = {edge.from + 1, edge.to + 1};
  graph.edges.push_back({0, 4});
  const Layout layout = lay_out(graph);
  CHECK(layout.nodes[0].x == layout.nodes[3].x);
}

TEST_CASE("nothing is laid out as nothing") {
  const Layout layout = lay_out({});
  CHECK(layout.nodes.empty());
  CHECK(layout.width == 0);
}

}  // namespace papy
