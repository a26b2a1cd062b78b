// What comes into the streams, and who may go on because of it.

#include <algorithm>

#include "base/check.h"
#include "flow/flow_state.h"

namespace papy {

Flow::Producer& Flow::State::producer(StreamId stream) {
  if (stream < inputs.size()) return inputs[stream].out;
  return nodes[group_of[stream - inputs.size()]].out;
}

const Flow::Producer& Flow::State::producer(StreamId stream) const {
  return const_cast<State*>(this)->producer(stream);
}

void Flow::State::mark_ready(Node& node) { pools[node.pool].ready.insert(node.local); }

void Flow::State::unblock(PoolState& pool) { pool.blocked.move_to(&pool.ready); }

void Flow::State::touch(EdgeId edge) {
  if (edge_to[edge].kind == Consumer::Kind::node) return mark_ready(nodes[edge_to[edge].index]);
  Output& output = outputs[edge_to[edge].index];
  if (!output.busy && !output.done && edges[edge].exhausted()) {
    output.done = true;
    --outputs_left;
  }
}

void Flow::State::charge(std::uint64_t more) {
  bytes += more;
  peak_bytes = std::max(peak_bytes, bytes);
}

void Flow::State::discharge(std::uint64_t less) {
  const auto crossed = [&](std::uint64_t limit) { return bytes < limit && bytes + less >= limit; };
  bytes -= less;
  if (!crossed(memory) && !crossed(memory_and_a_little())) return;
  for (PoolState& pool : pools) unblock(pool);
}

void Flow::State::publish_at(StreamId stream, Place first, const Slice& items) {
  if (items.size() == 0) return;
  Producer& out = producer(stream);
  out.length += items.size();
  for (const EdgeId edge : out.edges) {
    edges[edge].put(first, items, now);
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
  recount(stream);
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
  if (size > out.pending_bytes) {
    charge(size - out.pending_bytes);
  } else {
    discharge(out.pending_bytes - size);
  }
  out.pending_items = items;
  out.pending_bytes = size;
  if (bytes >= memory) {  // who is the slowest now may go on: see grows()
    for (const EdgeId edge : out.edges) touch(edge);
  }
  if (stream >= inputs.size()) recount(nodes[group_of[stream - inputs.size()]]);
}

void Flow::State::recount(Node& node) {
  PoolState& pool = pools[node.pool];
  const std::uint64_t held =
      node.expected(node.claimed) + node.outbox.items() + node.out.pending_items;
  const std::uint64_t held_bytes = node.outbox.bytes() + node.out.pending_bytes;
  const bool less = held < node.held || held_bytes < node.held_bytes;
  pool.held += held - node.held;
  pool.held_bytes += held_bytes - node.held_bytes;
  node.held = held;
  node.held_bytes = held_bytes;
  if (less) unblock(pool);
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
  discharge(node.outbox.bytes());
  node.outbox.clear();
  drop_unneeded(node);
  recount(node);
  close_inputs(node);
}

/// Whoever calls recounts the node afterwards.
void Flow::State::accept(Node& node, Piece piece) {
  if (node.closed) return;
  if (!node.in_order) {
    publish_piece(node, piece);
  } else {
    // A flush comes behind the last tasklet, when none is under way any more.
    const bool is_flush = node.flushed > 0;
    if (node.total && piece.first >= *node.total && !is_flush) return;
    if (node.outbox.is_next(piece)) {
      node.outbox.pass(piece);
      publish_piece(node, piece);
    } else {
      charge(bytes_of(piece.items));
      node.outbox.put(std::move(piece));
    }
    while (auto next = node.outbox.take()) {
      discharge(bytes_of(next->items));
      publish_piece(node, *next);
    }
  }
  end_if_done(node);
}

void Flow::State::publish_piece(Node& node, const Piece& piece) {
  if (node.in_order && node.total && piece.first >= *node.total) {
    ++node.after;
  } else {
    node.settled += piece.tasklets;
  }
  if (node.last->produce.any) return publish(node.stream, piece.items);
  publish_at(node.stream, piece.first * node.last->produce.n, piece.items);
}

Supply Flow::State::supply(const Node& node) const {
  Supply supply{UINT64_MAX, std::nullopt};
  for (const EdgeId id : node.in) {
    const Edge& edge = edges[id];
    supply.ready = std::min(supply.ready, edge.ready());
    const std::optional<Place> length = edge.length();
    if (length && (!supply.shortest || *length < *supply.shortest)) supply.shortest = length;
  }
  return supply;
}

/// When no more tasklets can be made: the places that are left over, all of them there. Not while
/// a rest is still to be handed out.
std::optional<std::uint64_t> Flow::State::left_over(const Node& node, const Supply& supply) const {
  if (node.total || node.ended()) return std::nullopt;
  if (node.enough && node.taken >= *node.enough) return 0;
  const std::optional<Place>& shortest = supply.shortest;
  if (!shortest || (node.taken + 1) * node.first->consume <= *shortest) return std::nullopt;
  const std::uint64_t rest = *shortest - node.taken * node.first->consume;
  if (rest > 0 && node.first->rest != Rest::drop) return std::nullopt;
  if (supply.ready < rest) return std::nullopt;  // still to come, unless one is shorter
  return rest;
}

void Flow::State::find_total(Node& node, const Supply& supply) {
  const auto rest = left_over(node, supply);
  if (!rest) return;
  for (const EdgeId edge : node.in) {
    edges[edge].drop(*rest);
    recount(edge_from[edge]);
  }
  set_total(node, node.taken);
}

/// No more tasklets are made than these.
void Flow::State::set_total(Node& node, std::uint64_t total) {
  node.total = total;
  close_inputs(node);
  end_if_done(node);
}

void Flow::State::end_if_done(Node& node) {
  if (node.ended() || !node.total || node.settled < *node.total) return;
  const std::uint64_t flushes = node.last->has_flush ? node.replicas.size() : 0;
  if (node.after < flushes) return mark_ready(node);
  end_stream(node.stream);
}

}  // namespace papy
