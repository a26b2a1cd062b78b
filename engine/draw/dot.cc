#include <fmt/format.h>

#include "draw/picture.h"

namespace papy {
namespace {

using Kind = Picture::Box::Kind;

/// For between double quotes.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string quoted(const std::string& text) { return '"' + escaped(text) + '"'; }

/// The lines of a box, one below the other.
std::string label_of(const Picture::Box& box) {
  std::vector<std::string> lines = box.lines();
  for (std::string& line : lines) line = escaped(line);
  return fmt::format("{}", fmt::join(lines, "\\n"));
}

}  // namespace

std::string dot_text(const Picture& picture) {
  std::string text = fmt::format(
      "digraph {} {{\n"
      "  rankdir=LR; fontname=\"sans-serif\"; label={}; labelloc=t;\n"
      "  node [shape=box style=\"filled,rounded\" fillcolor=\"#ffffff\" fontname=\"sans-serif\" "
      "fontsize=11];\n"
      "  edge [fontname=\"sans-serif\" fontsize=10];\n",
      quoted(picture.title), quoted(picture.title));
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Picture::Box& box = picture.boxes[i];
    text += fmt::format("  n{} [label=\"{}\"", i, label_of(box));
    if (box.kind == Kind::input) text += " shape=cds style=filled fillcolor=\"#eeeeee\"";
    if (box.kind == Kind::output) text += " shape=note style=filled fillcolor=\"#eeeeee\"";
    if (box.pool) text += fmt::format(" fillcolor=\"{}\"", colour_of_pool(*box.pool));
    text += "];\n";
  }
  for (const Picture::Arrow& arrow : picture.arrows) {
    text += fmt::format("  n{} -> n{}", arrow.from, arrow.to);
    if (!arrow.label.empty()) text += " [label=" + quoted(arrow.label) + "]";
    text += ";\n";
  }
  for (std::size_t p = 0; p < picture.pools.size(); ++p) {
    text += fmt::format(
        "  pool{} [shape=plain style=filled fillcolor=\"{}\" label={}];\n", p, colour_of_pool(p),
        quoted(fmt::format(" {}: {} ", picture.pools[p].name, picture.pools[p].about)));
  }
  return text + "}\n";
}

}  // namespace papy
