#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph.h"
#include "item/batch.h"
#include "item/failure.h"

namespace papy::graphs {

/// An item of a stream.
struct Item {
  ItemKind kind = ItemKind::value;
  std::uint64_t number = 0;
  std::shared_ptr<const Failure> failure;
};
using Stream = std::vector<Item>;

/// What a piper did. in = values + failed + passed + skipped + retried.
struct PiperCount {
  std::uint64_t in = 0, out = 0, failed = 0, passed = 0, skipped = 0, retried = 0;
  std::uint64_t places = 0;   ///< that its tasklets took of each input
  std::uint64_t dropped = 0;  ///< of each input: the rest
  bool ended = false;         ///< it said END
};

/// How often each thing happened that there is to see in a graph.
using Coverage = std::map<std::string, std::uint64_t>;

/// What a graph comes to, evaluated list by list, one tasklet after the other: nothing here knows
/// of pools, batches or time. Limits of the run (max_failures and the like) play no part.
struct Evaluation {
  std::vector<Stream> streams;
  std::vector<PiperCount> pipers;
  Coverage covered;
};

Evaluation evaluate(const Graph& graph);

}  // namespace papy::graphs
