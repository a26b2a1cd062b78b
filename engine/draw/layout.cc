#include "draw/layout.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace papy {
namespace {

constexpr double kColumnGap = 44;
constexpr double kRowGap = 16;
constexpr double kDummyHeight = 4;
constexpr int kOrderSweeps = 24;
constexpr int kHeightSweeps = 40;

/// A node of the graph, or the place of a long edge in a layer that it passes.
struct Cell {
  double width = 0;
  double height = 0;
  bool is_node = true;
  std::size_t layer = 0;
  std::size_t rank = 0;                                     // in its layer, from the top
  double y = 0;                                             // of its middle
  std::vector<std::pair<std::size_t, double>> left, right;  // neighbours and their weights
};

class Layering {
 public:
  explicit Layering(const LayoutGraph& graph) : graph_(graph) {
    find_layers();
    add_cells();
    order_cells();
    find_heights();
  }

  Layout layout() const;

 private:
  void find_layers();
  void add_cells();
  void order_cells();
  void find_heights();
  std::size_t crossings() const;
  void sort_by_neighbours(std::size_t layer, bool by_left);
  void take_ranks();
  void level(std::size_t layer);
  double gap(const Cell& above, const Cell& below) const {
    const double free = above.is_node || below.is_node ? kRowGap : kRowGap / 2;
    return (above.height + below.height) / 2 + free;
  }

  const LayoutGraph& graph_;
  std::vector<Cell> cells_;  // the nodes, then the places of edges
  std::vector<std::vector<std::size_t>> layers_;
  std::vector<std::vector<std::size_t>> paths_;  // of each edge: all cells that it visits
};

/// As far left as what it takes from lets it; a source as far right as its takers let it.
void Layering::find_layers() {
  cells_.resize(graph_.nodes.size());
  std::vector<bool> takes(cells_.size(), false);
  for (const LayoutGraph::Edge& edge : graph_.edges) takes[edge.to] = true;
  std::vector<std::vector<std::size_t>> takers(cells_.size());
  for (const LayoutGraph::Edge& edge : graph_.edges) takers[edge.from].push_back(edge.to);
  for (std::size_t n = 0; n < cells_.size(); ++n) {
    for (const std::size_t to : takers[n])
      cells_[to].layer = std::max(cells_[to].layer, cells_[n].layer + 1);
  }
  for (std::size_t n = 0; n < cells_.size(); ++n) {
    if (takes[n] || takers[n].empty()) continue;
    std::size_t nearest = graph_.nodes.size();
    for (const std::size_t to : takers[n]) nearest = std::min(nearest, cells_[to].layer);
    cells_[n].layer = nearest - 1;
  }
}

void Layering::add_cells() {
  std::size_t layers = 1;
  for (std::size_t n = 0; n < cells_.size(); ++n) {
    cells_[n].width = graph_.nodes[n].width;
    cells_[n].height = graph_.nodes[n].height;
    layers = std::max(layers, cells_[n].layer + 1);
  }
  for (const LayoutGraph::Edge& edge : graph_.edges) {
    std::vector<std::size_t>& path = paths_.emplace_back(1, edge.from);
    for (std::size_t layer = cells_[edge.from].layer + 1; layer < cells_[edge.to].layer; ++layer) {
      path.push_back(cells_.size());
      cells_.push_back({.height = kDummyHeight, .is_node = false, .layer = layer});
    }
    path.push_back(edge.to);
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      Cell& a = cells_[path[i]];
      Cell& b = cells_[path[i + 1]];
      const double weight = a.is_node && b.is_node ? 1 : a.is_node || b.is_node ? 2 : 8;
      a.right.emplace_back(path[i + 1], weight);
      b.left.emplace_back(path[i], weight);
    }
  }
  layers_.resize(layers);
  for (std::size_t c = 0; c < cells_.size(); ++c) layers_[cells_[c].layer].push_back(c);
  take_ranks();
}

void Layering::take_ranks() {
  for (const auto& layer : layers_) {
    for (std::size_t i = 0; i < layer.size(); ++i) cells_[layer[i]].rank = i;
  }
}

/// Pairs of edges between neighbouring layers that cross: inversions, counted with a Fenwick tree.
std::size_t Layering::crossings() const {
  std::size_t all = 0;
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    std::vector<std::size_t> tree(layers_[l + 1].size() + 1, 0);
    std::size_t seen = 0;
    for (const std::size_t c : layers_[l]) {
      std::vector<std::size_t> ranks;
      for (const auto& [to, weight] : cells_[c].right) ranks.push_back(cells_[to].rank);
      for (const std::size_t rank : ranks) {
        std::size_t not_above = 0;
        for (std::size_t i = rank + 1; i > 0; i -= i & (~i + 1)) not_above += tree[i];
        all += seen - not_above;
      }
      for (const std::size_t rank : ranks) {
        for (std::size_t i = rank + 1; i < tree.size(); i += i & (~i + 1)) ++tree[i];
      }
      seen += ranks.size();
    }
  }
  return all;
}

void Layering::sort_by_neighbours(std::size_t layer, bool by_left) {
  std::vector<std::pair<double, std::size_t>> order;
  for (const std::size_t c : layers_[layer]) {
    const auto& neighbours = by_left ? cells_[c].left : cells_[c].right;
    double sum = 0;
    for (const auto& [n, weight] : neighbours) sum += static_cast<double>(cells_[n].rank);
    const auto count = static_cast<double>(neighbours.size());
    order.emplace_back(neighbours.empty() ? static_cast<double>(cells_[c].rank) : sum / count, c);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    layers_[layer][i] = order[i].second;
    cells_[order[i].second].rank = i;
  }
}

void Layering::order_cells() {
  auto best = layers_;
  std::size_t fewest = crossings();
  for (int sweep = 0; sweep < kOrderSweeps && fewest > 0; ++sweep) {
    if (sweep % 2 == 0) {
      for (std::size_t l = 1; l < layers_.size(); ++l) sort_by_neighbours(l, true);
    } else {
      for (std::size_t l = layers_.size() - 1; l-- > 0;) sort_by_neighbours(l, false);
    }
    if (const std::size_t now = crossings(); now < fewest) {
      fewest = now;
      best = layers_;
    }
  }
  layers_ = std::move(best);
  take_ranks();
}

/// Gives the cells of a layer the heights that are nearest to what their neighbours would like,
/// with their order and the gaps between them kept.
void Layering::level(std::size_t layer) {
  struct Block {
    double sum, weight;  // of wishes, less the distances within the block
    std::size_t cells;
    double mean() const { return sum / weight; }
  };
  std::vector<Block> blocks;
  double offset = 0;
  const auto& order = layers_[layer];
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Cell& cell = cells_[order[i]];
    if (i > 0) offset += gap(cells_[order[i - 1]], cell);
    double sum = 0, weight = 0;
    for (const auto* side : {&cell.left, &cell.right}) {
      for (const auto& [n, w] : *side) {
        sum += w * cells_[n].y;
        weight += w;
      }
    }
    if (weight == 0) sum = cell.y, weight = 1;
    blocks.push_back({sum - weight * offset, weight, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().sum += last.sum;
      blocks.back().weight += last.weight;
      blocks.back().cells += last.cells;
    }
  }
  std::size_t at = 0;
  offset = 0;
  for (const Block& block : blocks) {
    for (std::size_t i = 0; i < block.cells; ++i, ++at) {
      if (at > 0) offset += gap(cells_[order[at - 1]], cells_[order[at]]);
      cells_[order[at]].y = block.mean() + offset;
    }
  }
}

void Layering::find_heights() {
  for (const auto& layer : layers_) {
    for (std::size_t i = 1; i < layer.size(); ++i)
      cells_[layer[i]].y = cells_[layer[i - 1]].y + gap(cells_[layer[i - 1]], cells_[layer[i]]);
  }
  for (int sweep = 0; sweep < kHeightSweeps; ++sweep) {
    for (std::size_t l = 0; l < layers_.size(); ++l)
      level(sweep % 2 == 0 ? l : layers_.size() - 1 - l);
  }
}

Layout Layering::layout() const {
  Layout layout;
  double top = 0, bottom = 0;
  for (std::size_t c = 0; c < cells_.size(); ++c) {
    const double y = cells_[c].y, half = cells_[c].height / 2;
    top = c == 0 ? y - half : std::min(top, y - half);
    bottom = c == 0 ? y + half : std::max(bottom, y + half);
  }
  // Columns: each as wide as its widest node, the gap before it as its longest label wants.
  std::vector<double> begins(layers_.size()), widths(layers_.size(), 0), labels(layers_.size(), 0);
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    double& width = widths[cells_[n].layer];
    width = std::max(width, cells_[n].width);
  }
  for (const LayoutGraph::Edge& edge : graph_.edges) {
    double& label = labels[cells_[edge.to].layer];
    label = std::max(label, edge.label);
  }
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    begins[l] = layout.width + (l == 0 ? 0 : kColumnGap + labels[l]);
    layout.width = begins[l] + widths[l];
  }
  layout.height = bottom - top;
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    const Cell& cell = cells_[n];
    layout.nodes.push_back({begins[cell.layer] + (widths[cell.layer] - cell.width) / 2,
                            cell.y - cell.height / 2 - top});
  }
  // Edges end below each other, in the order of where they come from.
  std::vector<std::vector<std::size_t>> ends(graph_.nodes.size());
  for (std::size_t e = 0; e < graph_.edges.size(); ++e) ends[graph_.edges[e].to].push_back(e);
  std::vector<double> end_y(graph_.edges.size());
  for (auto& edges : ends) {
    const auto came_from = [&](std::size_t e) { return cells_[paths_[e][paths_[e].size() - 2]].y; };
    std::stable_sort(edges.begin(), edges.end(),
                     [&](std::size_t a, std::size_t b) { return came_from(a) < came_from(b); });
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const Cell& cell = cells_[graph_.edges[edges[i]].to];
      const double share = static_cast<double>(i + 1) / static_cast<double>(edges.size() + 1);
      end_y[edges[i]] = cell.y - cell.height / 2 + share * cell.height - top;
    }
  }
  for (std::size_t e = 0; e < paths_.size(); ++e) {
    const LayoutGraph::Edge& edge = graph_.edges[e];
    std::vector<Point>& points = layout.edges.emplace_back();
    points.push_back(
        {layout.nodes[edge.from].x + cells_[edge.from].width, cells_[edge.from].y - top});
    for (std::size_t i = 1; i + 1 < paths_[e].size(); ++i) {
      const Cell& cell = cells_[paths_[e][i]];
      points.push_back({begins[cell.layer], cell.y - top});
      points.push_back({begins[cell.layer] + widths[cell.layer], cell.y - top});
    }
    points.push_back({layout.nodes[edge.to].x, end_y[e]});
  }
  return layout;
}

}  // namespace

Layout lay_out(const LayoutGraph& graph) {
  if (graph.nodes.empty()) return {};
  return Layering(graph).layout();
}

}  // namespace papy
