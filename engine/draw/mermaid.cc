#include <fmt/format.h>

#include "draw/picture.h"

namespace papy {
namespace {

using Kind = Picture::Box::Kind;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '#':
        out += "#35;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// The lines of a box, one below the other.
std::string label_of(const Picture::Box& box) {
  std::vector<std::string> lines = box.lines();
  for (std::string& line : lines) line = escaped(line);
  return fmt::format("{}", fmt::join(lines, "<br/>"));
}

}  // namespace

std::string mermaid_text(const Picture& picture) {
  std::string text = "flowchart LR\n";
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Picture::Box& box = picture.boxes[i];
    const std::string label = label_of(box);
    if (box.kind == Kind::input) {
      text += fmt::format("  n{}([\"{}\"])\n", i, label);
    } else if (box.kind == Kind::output) {
      text += fmt::format("  n{}[/\"{}\"/]\n", i, label);
    } else {
      text += fmt::format("  n{}[\"{}\"]{}\n", i, label,
                          box.pool ? fmt::format(":::pool{}", *box.pool) : "");
    }
  }
  for (const Picture::Arrow& arrow : picture.arrows) {
    const std::string label =
        arrow.label.empty() ? "" : fmt::format("|\"{}\"|", escaped(arrow.label));
    text += fmt::format("  n{} -->{} n{}\n", arrow.from, label, arrow.to);
  }
  for (std::size_t p = 0; p < picture.pools.size(); ++p) {
    text += fmt::format("  pool{}[\"{}: {}\"]:::pool{}\n  classDef pool{} fill:{},color:#000\n", p,
                        escaped(picture.pools[p].name), picture.pools[p].about, p, p,
                        colour_of_pool(p));
  }
  return text;
}

}  // namespace papy
