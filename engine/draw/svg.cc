#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "draw/layout.h"
#include "draw/picture.h"

namespace papy {
namespace {

using Kind = Picture::Box::Kind;

// Pixels. The font has letters of one width, so that the size of a text is known without it.
constexpr double kLetter = 7.3;
constexpr double kSmallLetter = 6.1;
constexpr double kLine = 16;
constexpr double kPadding = 10;
constexpr double kMargin = 20;
constexpr double kPort = 13;  // between the ends of two edges at one box

/// How a line of a box is written, and how wide a letter of it is.
struct LineStyle {
  const char* kind;
  double letter;
};
constexpr LineStyle kLineStyles[] = {
    {"name", kLetter}, {"small", kSmallLetter}, {"small notes", kSmallLetter}};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

double width_of(const std::string& text, double letter) {
  return static_cast<double>(columns(printable(text))) * letter;
}

LayoutGraph graph_of(const Picture& picture) {
  LayoutGraph graph;
  std::vector<double> ports(picture.boxes.size(), 0);
  for (const Picture::Arrow& arrow : picture.arrows) {
    ++ports[arrow.to];
    graph.edges.push_back({arrow.from, arrow.to, width_of(arrow.label, kSmallLetter)});
  }
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Picture::Box& box = picture.boxes[i];
    const std::vector<std::string> lines = box.lines();
    double text = 0;
    for (std::size_t n = 0; n < lines.size(); ++n)
      text = std::max(text, width_of(lines[n], kLineStyles[n].letter));
    const double height = static_cast<double>(lines.size()) * kLine + kPadding;
    graph.nodes.push_back({text + 2 * kPadding + (box.kind == Kind::piper ? 0 : kPadding),
                           std::max(height, (ports[i] + 1) * kPort)});
  }
  return graph;
}

std::string text_at(double x, double y, const char* kind, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, kind,
                     escaped(text));
}

/// Inputs are rounded, outputs lean, pipers are boxes.
std::string outline(const Picture::Box& box, const Point& at, const LayoutGraph::Node& size) {
  const double right = at.x + size.width, bottom = at.y + size.height;
  if (box.kind == Kind::output) {
    constexpr double kLean = kPadding;
    return fmt::format(
        "<polygon points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\" "
        "fill=\"#eeeeee\"/>\n",
        at.x, at.y, right - kLean, at.y, right, bottom, at.x, bottom);
  }
  const bool is_input = box.kind == Kind::input;
  const std::string fill = is_input ? "#eeeeee" : box.pool ? colour_of_pool(*box.pool) : "#ffffff";
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{:.1f}\" "
      "fill=\"{}\"/>\n",
      at.x, at.y, size.width, size.height, is_input ? size.height / 2 : 4, fill);
}

std::string box_text(const Picture::Box& box, const Point& at, const LayoutGraph::Node& size) {
  const double middle = at.x + size.width / 2;
  const std::vector<std::string> lines = box.lines();
  double y = at.y + size.height / 2 - static_cast<double>(lines.size() - 1) * kLine / 2 + 4;
  std::string text = outline(box, at, size);
  for (std::size_t n = 0; n < lines.size(); ++n, y += kLine)
    text += text_at(middle, y, kLineStyles[n].kind, lines[n]);
  return text;
}

std::string arrow_text(const std::vector<Point>& points) {
  std::string path = fmt::format("M{:.1f},{:.1f}", points[0].x, points[0].y);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const Point &a = points[i - 1], &b = points[i];
    const bool is_straight = i % 2 == 0;
    const double bend = (b.x - a.x) / 2;
    path += is_straight ? fmt::format(" L{:.1f},{:.1f}", b.x, b.y)
                        : fmt::format(" C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", a.x + bend,
                                      a.y, b.x - bend, b.y, b.x, b.y);
  }
  return fmt::format("<path d=\"{}\" marker-end=\"url(#tip)\"/>\n", path);
}

/// Where an arrow ends, above it; over all lines.
std::string label_text(const std::string& label, const Point& end) {
  return label.empty() ? label : text_at(end.x - 12, end.y - 3, "small label", label);
}

std::string legend_text(const Picture& picture, double y) {
  std::string text;
  double x = kMargin;
  for (std::size_t p = 0; p < picture.pools.size(); ++p) {
    const std::string about = picture.pools[p].name + ": " + picture.pools[p].about;
    text += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" height=\"12\" rx=\"2\" fill=\"{}\"/>\n", x,
        y - 10, colour_of_pool(p));
    text += text_at(x + 18, y, "small legend", about);
    x += 18 + width_of(about, kSmallLetter) + 2 * kPadding;
  }
  return text;
}

double legend_width(const Picture& picture) {
  double width = 0;
  for (const Picture::Pool& pool : picture.pools)
    width += 18 + width_of(pool.name + ": " + pool.about, kSmallLetter) + 2 * kPadding;
  return width;
}

}  // namespace

std::string svg_text(const Picture& picture) {
  const LayoutGraph graph = graph_of(picture);
  Layout layout = lay_out(graph);
  const double top = kMargin + 1.5 * kLine;
  for (Point& point : layout.nodes) point = {point.x + kMargin, point.y + top};
  for (auto& points : layout.edges) {
    for (Point& point : points) point = {point.x + kMargin, point.y + top};
  }
  const double legend = picture.pools.empty() ? 0 : 2 * kLine;
  const double width =
      std::max({layout.width, width_of(picture.title, kLetter), legend_width(picture)}) +
      2 * kMargin;
  const double height = top + layout.height + legend + kMargin;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\">\n"
      "<title>{2}</title>\n"
      "<style>\n"
      "text {{ font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: 12px; "
      "fill: #111; text-anchor: middle }}\n"
      ".name {{ font-weight: bold }}\n"
      ".small {{ font-size: 10px }}\n"
      ".notes {{ font-style: italic }}\n"
      ".label {{ text-anchor: end; fill: #333; paint-order: stroke; stroke: #fff; stroke-width: "
      "3px }}\n"
      ".title, .legend {{ text-anchor: start }}\n"
      "rect, polygon {{ stroke: #333; stroke-width: 1 }}\n"
      "path {{ fill: none; stroke: #555; stroke-width: 1.2 }}\n"
      "</style>\n"
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" "
      "markerHeight=\"7\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" style=\"fill: #555; stroke: "
      "none\"/></marker></defs>\n"
      "<rect width=\"100%\" height=\"100%\" style=\"fill: #fff; stroke: none\"/>\n",
      width, height, escaped(picture.title));
  text += text_at(kMargin, kMargin + 4, "name title", picture.title);
  for (const auto& points : layout.edges) text += arrow_text(points);
  for (std::size_t i = 0; i < picture.arrows.size(); ++i)
    text += label_text(picture.arrows[i].label, layout.edges[i].back());
  for (std::size_t i = 0; i < picture.boxes.size(); ++i)
    text += box_text(picture.boxes[i], layout.nodes[i], graph.nodes[i]);
  return text + legend_text(picture, height - kMargin) + "</svg>\n";
}

}  // namespace papy
