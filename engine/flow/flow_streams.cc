// What comes into the streams, and who may go on because of it.

#include <algorithm>

#include "base/check.h"
#include "flow/flow_state.h"

namespace papy {

Flow::Producer& Flow::State::producer(StreamId stream) {
  if (stream < inputs.size()) return inputs[stream].out;
  return nodes[group_of[stream - inputs.size()]].out;
}

void Flow::State::mark_ready(Node& node) {
  pools[node.pool].ready[node.local / 64] |= std::uint64_t{1} << (node.local % 64);
}

void Flow::State::touch(EdgeId edge) {
  if (edge_to[edge].kind == Consumer::Kind::node) return mark_ready(nodes[edge_to[edge].index]);
  Output& output = outputs[edge_to[edge].index];
  if (!output.busy && !output.done && edges[edge].exhausted()) {
    output.done = true;
    --outputs_left;
  }
}

void Flow::State::charge(std::int64_t delta) {
  bytes += static_cast<std::uint64_t>(delta);
  peak_bytes = std::max(peak_bytes, bytes);
}

void Flow::State::publish_at(StreamId stream, Place first, const Slice& items) {
  if (items.size() == 0) return;
  Producer& out = producer(stream);
  out.length += items.size();
  for (const EdgeId edge : out.edges) {
    edges[edge].put(first, items);
    touch(edge);
  }
  recount(stream);
}

void Flow::State::publish(StreamId stream, const Slice& items) {
  publish_at(stream, producer(stream).length, items);
}

void Flow::State::end_stream(StreamId stream) {
  Producer& out = producer(stream);
  if (out.ended) return;
  out.ended = true;
  for (const EdgeId edge : out.edges) {
    edges[edge].end(out.length);
    touch(edge);
  }
}

void Flow::State::take(EdgeId edge, std::uint64_t n, std::vector<Slice>* slices) {
  edges[edge].take(n, slices);
  recount(edge_from[edge]);
}

void Flow::State::recount(StreamId stream) {
  Producer& out = producer(stream);
  std::uint64_t items = 0, size = 0;
  for (const EdgeId edge : out.edges) {
    items = std::max(items, edges[edge].items());
    size = std::max(size, edges[edge].bytes());
  }
  charge(static_cast<std::int64_t>(size) - static_cast<std::int64_t>(out.pending_bytes));
  out.pending_items = items;
  out.pending_bytes = size;
  if (stream >= inputs.size()) recount(nodes[group_of[stream - inputs.size()]]);
}

void Flow::State::recount(Node& node) {
  PoolState& pool = pools[node.pool];
  const std::uint64_t held = node.claimed + node.outbox.items() + node.out.pending_items;
  const std::uint64_t held_bytes = node.outbox.bytes() + node.out.pending_bytes;
  const bool less = held < node.held || held_bytes < node.held_bytes;
  pool.held += held - node.held;
  pool.held_bytes += held_bytes - node.held_bytes;
  node.held = held;
  node.held_bytes = held_bytes;
  if (!less) return;
  for (std::size_t word = 0; word < pool.blocked.size(); ++word) {
    pool.ready[word] |= pool.blocked[word];
    pool.blocked[word] = 0;
  }
}

void Flow::State::close_inputs(Node& node) {
  for (const EdgeId edge : node.in) {
    if (edges[edge].closed()) continue;
    edges[edge].close();
    recount(edge_from[edge]);
    close_if_unwanted(edge_from[edge]);
  }
}

void Flow::State::close_if_unwanted(StreamId stream) {
  Producer& out = producer(stream);
  const bool wanted =
      std::any_of(out.edges.begin(), out.edges.end(), [&](EdgeId e) { return !edges[e].closed(); });
  if (wanted || out.ended) return;
  if (stream < inputs.size()) {
    inputs[stream].unwanted = true;
    if (!inputs[stream].asked) end_stream(stream);
    return;
  }
  close_node(nodes[group_of[stream - inputs.size()]]);
}

void Flow::State::close_node(Node& node) {
  if (node.ended()) return;
  node.closed = true;
  charge(-static_cast<std::int64_t>(node.outbox.bytes()));
  node.outbox.clear();
  node.again.clear();
  for (Replica& replica : node.replicas) {
    for (const Task& task : replica.queue) node.claimed -= node.expected(task.n);
    replica.queue.clear();
    replica.queued = 0;
  }
  recount(node);
  close_inputs(node);
}

void Flow::State::accept(Node& node, Piece piece) {
  if (node.closed) return;
  if (node.total && piece.first >= *node.total) {
    const bool is_flush = node.flushed > 0 && piece.first < *node.total + node.flushed;
    if (!is_flush) return;
  }
  if (!pools[node.pool].plan->ordered && !node.last->produce.any) {
    publish_piece(node, piece);
  } else {
    charge(static_cast<std::int64_t>(bytes_of(piece.items)));
    node.outbox.put(std::move(piece));
    while (auto next = node.outbox.take()) {
      charge(-static_cast<std::int64_t>(bytes_of(next->items)));
      publish_piece(node, *next);
    }
  }
  recount(node);
  end_if_done(node);
}

void Flow::State::publish_piece(Node& node, const Piece& piece) {
  if (node.total && piece.first >= *node.total) {
    ++node.after;
  } else {
    node.settled += piece.tasklets;
  }
  if (node.last->produce.any) return publish(node.stream, piece.items);
  publish_at(node.stream, piece.first * node.last->produce.n, piece.items);
}

/// When no more full tasklet can come, says how many tasklets there are and what becomes of the
/// rest.
void Flow::State::find_total(Node& node) {
  if (node.total || node.ended()) return;
  std::optional<Place> shortest;
  for (const EdgeId edge : node.in) {
    const auto length = edges[edge].length();
    if (length && (!shortest || *length < *shortest)) shortest = *length;
  }
  if (!shortest) return;
  const std::uint64_t consume = node.first->consume;
  if (!node.sorted) {
    node.total = *shortest;
  } else {
    if ((node.taken + 1) * consume <= *shortest) return;
    const Place begin = node.taken * consume;
    const std::uint64_t rest = *shortest > begin ? *shortest - begin : 0;
    if (rest > 0 && node.first->rest != Rest::drop)
      return;  // take_range() hands it out and comes again
    for (const EdgeId edge : node.in) {
      if (edges[edge].ready() < rest) return;  // not there yet, or a shorter stream still
    }
    for (const EdgeId edge : node.in) {
      if (rest == 0) break;
      edges[edge].drop(rest);
      recount(edge_from[edge]);
    }
    node.total = node.taken;
  }
  if (node.taken >= *node.total) close_inputs(node);
  end_if_done(node);
}

void Flow::State::end_if_done(Node& node) {
  if (node.ended() || !node.total || node.settled < *node.total) return;
  const std::uint64_t flushes =
      node.last->has_flush ? std::max<std::size_t>(1, node.replicas.size()) : 0;
  if (node.after < flushes) return mark_ready(node);
  end_stream(node.stream);
}

}  // namespace papy
