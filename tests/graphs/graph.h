#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "said.h"
#include "workflow/plan.h"

namespace papy::graphs {

/// A function as a piper of a graph uses it.
struct Link {
  std::string function;  ///< "plugin.name"
  Habit habit;
};

/// A random workflow: a plan without its functions, and what they do.
struct Graph {
  std::uint64_t seed = 0;
  Plan plan;
  std::vector<std::vector<Link>> chains;  ///< of each piper, one or more
  std::vector<Source> sources;            ///< of each input
  std::vector<std::string> files;         ///< of each input that is a file; empty: a function
  std::uint32_t padding = 0;              ///< 0: items are integers, else texts: see padded()
  std::string marks;                      ///< the folder where functions that die count it

  /// What the simulation's scenario says and a document cannot, or what could not be compared: how
  /// often it was left out.
  std::map<std::string, std::uint64_t> left_out;
};

/// Any graph with failures, gaps, retries, state, ends; the same for the same seed. Each input and
/// piper has a function.
Graph make_graph(std::uint64_t seed);

/// Whether the items of a stream come in the order of their places.
bool comes_in_order(const Plan& plan, StreamId stream);

/// The msgpack of an item.
std::string packed(const Graph& graph, std::uint64_t number);
/// Its JSON.
std::string json_text(const Graph& graph, std::uint64_t number);

}  // namespace papy::graphs
