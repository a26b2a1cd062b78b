#pragma once

#include <cstddef>
#include <vector>

namespace papy {

/// A graph to lay out from left to right. Lengths are in any unit.
struct LayoutGraph {
  struct Node {
    double width = 0;
    double height = 0;
  };
  struct Edge {
    std::size_t from = 0;  ///< from < to
    std::size_t to = 0;
    double label = 0;  ///< width of the text at its end
  };
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

struct Point {
  double x = 0;
  double y = 0;
};

struct Layout {
  std::vector<Point> nodes;               ///< top left corners
  std::vector<std::vector<Point>> edges;  ///< where each begins, bends in pairs (it is straight
                                          ///< from the first of a pair to the second), and ends
  double width = 0;
  double height = 0;
};

/// Lays a graph out by layers: each node stands right of all that it takes from; edges that pass a
/// layer get a place in it; the order in each layer is by the barycentres of the neighbours, of
/// several sweeps the one with the fewest crossings (Sugiyama, Tagawa and Toda 1981); heights are
/// then the least squares to the neighbours' within that order, by pooling adjacent violators
/// (Barlow and others 1972), with long edges weighing more so that they are straight (Gansner and
/// others 1993). Edges end at a node in the order of where they come from. The same graph has
/// always the same layout. O(sweeps * edges * log(edges)), edges being counted once a layer that
/// they pass.
Layout lay_out(const LayoutGraph& graph);

}  // namespace papy
