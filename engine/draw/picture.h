#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "workflow/plan.h"

namespace papy {

/// A workflow as it is drawn: boxes and arrows, whatever the format.
struct Picture {
  struct Pool {
    std::string name;
    std::string about;  ///< "2 threads"
  };
  struct Box {
    enum class Kind { input, piper, output } kind = Kind::piper;
    std::string name;
    std::string function;             ///< "io.read_lines"; of a chain "a.b | c.d"
    std::string notes;                ///< "spawn 3, serial"; often empty
    std::optional<std::size_t> pool;  ///< none: no pool was named, or no piper

    /// What is written into it, from the top: the name, the function, and notes if there are any.
    std::vector<std::string> lines() const;
  };
  struct Arrow {
    std::size_t from = 0;  ///< numbers of boxes; from < to
    std::size_t to = 0;
    std::string label;  ///< which input of a join it is, and the rates where they are not 1
  };

  std::string title;
  std::vector<Pool> pools;
  std::vector<Box> boxes;  ///< inputs, pipers and outputs, each behind all that it takes from
  std::vector<Arrow> arrows;
};

Picture picture_of(const Plan& plan);

/// For graphviz: a digraph from left to right, pools as colours.
std::string dot_text(const Picture& picture);
/// For Mermaid: a flowchart from left to right, pools as classes.
std::string mermaid_text(const Picture& picture);
/// {"name", "pools", "nodes", "edges"}; nodes and pools are named by their numbers.
std::string json_text(const Picture& picture);
/// A tree for a terminal: what has several producers stands below the last of them, and is only
/// named below the others.
std::string tree_text(const Picture& picture);
/// A drawing of our own, laid out by layers (layout.h).
std::string svg_text(const Picture& picture);

/// The colour of a pool, as "#rrggbb": light, so that black can be read on it.
std::string colour_of_pool(std::size_t pool);

}  // namespace papy
