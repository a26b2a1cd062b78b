#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "graph.h"

namespace papy::graphs {

/// Which pools a document has.
enum class Pools { thread, process, mixed };
std::optional<Pools> pools_named(std::string_view name);

/// The nearest graph to make_graph(seed) that a document can say: joins that the linter refuses are
/// narrower. Some have what is a document's own: pipers without a pool, inputs that are files,
/// large items, limits of the run, functions that end their process on pools of processes.
/// `folder` is where the document will stand, and a folder `marks`.
Graph make_document_graph(std::uint64_t seed, Pools pools, const std::string& folder);

/// How a document is made wrong, so that a test of the test turns red.
struct Lie {
  bool changes_a_value = false;  ///< the plugin gives another value now and then
  bool dies_for_good = false;    ///< what is to die a few times dies whenever it is called
};

/// The workflow as YAML; its plugin `graphs` is this library.
std::string document(const Graph& graph, const std::string& library, const Lie& lie);

/// The lines of an input that is a file.
std::string lines_of_input(const Graph& graph, InputId input);

}  // namespace papy::graphs
