#include <fmt/format.h>

#include "draw/picture.h"

namespace papy {
namespace {

/// Writes a picture as a tree, each box in full once.
class Tree {
 public:
  explicit Tree(const Picture& picture)
      : picture_(picture), leaving_(picture.boxes.size()), left_(picture.boxes.size(), 0) {
    for (const Picture::Arrow& arrow : picture.arrows) {
      leaving_[arrow.from].push_back(&arrow);
      ++left_[arrow.to];
    }
  }

  std::string text() {
    std::string out = picture_.title + "\n";
    for (std::size_t box = 0; box < picture_.boxes.size(); ++box) {
      if (left_[box] > 0 || picture_.boxes[box].kind != Picture::Box::Kind::input) continue;
      write(box, &out);
    }
    for (const Picture::Pool& pool : picture_.pools)
      out += fmt::format("pool {}: {}\n", pool.name, pool.about);
    return out;
  }

 private:
  std::string about(const Picture::Box& box) const {
    std::string text = box.function;
    if (!box.notes.empty()) text += ", " + box.notes;
    if (box.pool) text += " @" + picture_.pools[*box.pool].name;
    return text;
  }

  /// Iterative: a chain may be longer than the stack is deep.
  void write(std::size_t root, std::string* out) {
    struct Line {
      std::size_t box;
      std::string first, rest, label;
      bool whole;
    };
    std::vector<Line> todo{{root, {}, {}, {}, true}};
    while (!todo.empty()) {
      const Line line = std::move(todo.back());
      todo.pop_back();
      const Picture::Box& box = picture_.boxes[line.box];
      const char* const mark = box.kind == Picture::Box::Kind::output ? "> " : "";
      *out += line.first + mark + box.name;
      if (!line.label.empty()) *out += fmt::format(" ({})", line.label);
      *out += line.whole ? "  " + about(box) + "\n" : "  see below\n";
      if (!line.whole) continue;
      const auto& arrows = leaving_[line.box];
      // A box is written in full where the last of those that it waits for has been written.
      std::vector<Line> below;
      for (std::size_t i = 0; i < arrows.size(); ++i) {
        const bool is_only = arrows.size() == 1, is_last = i + 1 == arrows.size();
        const char* const mark = is_only ? "↓ " : is_last ? "└─ " : "├─ ";
        const char* const indent = is_only ? "" : is_last ? "   " : "│  ";
        const bool whole = --left_[arrows[i]->to] == 0;
        below.push_back(
            {arrows[i]->to, line.rest + mark, line.rest + indent, arrows[i]->label, whole});
      }
      todo.insert(todo.end(), below.rbegin(), below.rend());
    }
  }

  const Picture& picture_;
  std::vector<std::vector<const Picture::Arrow*>> leaving_;
  std::vector<std::size_t> left_;  // arrows to a box that were not written yet
};

}  // namespace

std::string tree_text(const Picture& picture) { return Tree(picture).text(); }

}  // namespace papy
