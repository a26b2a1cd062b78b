// Pictures in the languages of other programs.

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "draw/picture.h"

namespace papy {
namespace {

using Kind = Picture::Box::Kind;

/// In double quotes, for dot.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// The lines of a box, `between` them.
std::string lines_of(const Picture::Box& box, const std::string& between,
                     const std::function<std::string(const std::string&)>& escape) {
  std::string text = escape(box.name) + between + escape(box.function);
  return box.notes.empty() ? text : text + between + escape(box.notes);
}

std::string dot_word(const std::string& text) {
  const std::string in_quotes = quoted(text);
  return in_quotes.substr(1, in_quotes.size() - 2);
}

std::string mermaid_word(const std::string& text) {
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

const char* kind_name(Kind kind) {
  return kind == Kind::input ? "input" : kind == Kind::output ? "output" : "piper";
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
    text += fmt::format("  n{} [label=\"{}\"", i, lines_of(box, "\\n", dot_word));
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

std::string mermaid_text(const Picture& picture) {
  std::string text = "flowchart LR\n";
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Picture::Box& box = picture.boxes[i];
    const std::string label = lines_of(box, "<br/>", mermaid_word);
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
        arrow.label.empty() ? "" : fmt::format("|\"{}\"|", mermaid_word(arrow.label));
    text += fmt::format("  n{} -->{} n{}\n", arrow.from, label, arrow.to);
  }
  for (std::size_t p = 0; p < picture.pools.size(); ++p) {
    text += fmt::format("  pool{}[\"{}: {}\"]:::pool{}\n  classDef pool{} fill:{},color:#000\n", p,
                        mermaid_word(picture.pools[p].name), picture.pools[p].about, p, p,
                        colour_of_pool(p));
  }
  return text;
}

std::string json_text(const Picture& picture) {
  using Json = nlohmann::ordered_json;
  Json pools = Json::array(), nodes = Json::array(), edges = Json::array();
  for (const Picture::Pool& pool : picture.pools)
    pools.push_back({{"name", pool.name}, {"about", pool.about}});
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Picture::Box& box = picture.boxes[i];
    nodes.push_back({{"id", i},
                     {"kind", kind_name(box.kind)},
                     {"name", box.name},
                     {"function", box.function},
                     {"notes", box.notes},
                     {"pool", box.pool ? Json(*box.pool) : Json(nullptr)}});
  }
  for (const Picture::Arrow& arrow : picture.arrows)
    edges.push_back({{"from", arrow.from}, {"to", arrow.to}, {"label", arrow.label}});
  const Json all = {{"name", picture.title}, {"pools", pools}, {"nodes", nodes}, {"edges", edges}};
  return all.dump(2) + "\n";
}

}  // namespace papy
