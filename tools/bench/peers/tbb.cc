// The peer of tools/bench/threads: oneTBB's parallel_pipeline over int64 items, one item a token or
// batches made by hand. Every stage calls its function through a pointer that the compiler cannot
// see through, as a plugin is called.
//
//     bench_tbb w1 ITEMS BATCH TOKENS    source, two no-op stages, sink
//     bench_tbb w3 ITEMS BATCH TOKENS    source, one parallel no-op stage, ordered sink
//
// Prints the nanoseconds of the pipeline, its first token to its last.
#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using Function = std::int64_t (*)(std::int64_t);

[[gnu::noinline]] std::int64_t same(std::int64_t value) {
  asm volatile("");  // Kept, so that the call is not folded away.
  return value;
}

/// Read anew for each batch, so that no stage is inlined.
Function volatile noop = same;

struct Shape {
  std::uint64_t items = 0;
  std::size_t batch = 1;
  std::size_t tokens = 16;
  bool two_stages = true;
};

/// One item a token: the item is the token.
std::int64_t run_items(const Shape& shape) {
  std::int64_t sum = 0;
  std::uint64_t next = 0;
  const auto source = tbb::make_filter<void, std::int64_t>(
      tbb::filter_mode::serial_in_order, [&](tbb::flow_control& control) -> std::int64_t {
        if (next == shape.items) control.stop();
        return static_cast<std::int64_t>(next++);
      });
  const auto stage = tbb::make_filter<std::int64_t, std::int64_t>(
      tbb::filter_mode::parallel, [](std::int64_t value) { return noop(value); });
  const auto sink = tbb::make_filter<std::int64_t, void>(tbb::filter_mode::serial_in_order,
                                                         [&](std::int64_t value) { sum += value; });
  tbb::parallel_pipeline(shape.tokens,
                         shape.two_stages ? source & stage & stage & sink : source & stage & sink);
  return sum;
}

/// Batches by hand: a token is a block of items out of a ring that is as long as there are tokens,
/// so that no block is ever allocated twice.
std::int64_t run_batches(const Shape& shape) {
  using Block = std::vector<std::int64_t>;
  std::vector<Block> ring(shape.tokens, Block(shape.batch));
  std::int64_t sum = 0;
  std::uint64_t next = 0;
  std::uint64_t blocks = 0;
  const auto source = tbb::make_filter<void, Block*>(
      tbb::filter_mode::serial_in_order, [&](tbb::flow_control& control) -> Block* {
        if (next == shape.items) {
          control.stop();
          return nullptr;
        }
        Block& block = ring[blocks++ % ring.size()];
        block.resize(std::min<std::uint64_t>(shape.batch, shape.items - next));
        for (std::int64_t& value : block) value = static_cast<std::int64_t>(next++);
        return &block;
      });
  const auto stage = tbb::make_filter<Block*, Block*>(tbb::filter_mode::parallel, [](Block* block) {
    const Function function = noop;
    for (std::int64_t& value : *block) value = function(value);
    return block;
  });
  const auto sink =
      tbb::make_filter<Block*, void>(tbb::filter_mode::serial_in_order, [&](Block* block) {
        const Function function = noop;
        for (const std::int64_t value : *block) sum += function(value);
      });
  tbb::parallel_pipeline(shape.tokens,
                         shape.two_stages ? source & stage & stage & sink : source & stage & sink);
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: bench_tbb w1|w3 ITEMS BATCH TOKENS\n", stderr);
    return 2;
  }
  const Shape shape{.items = std::strtoull(argv[2], nullptr, 10),
                    .batch = std::strtoull(argv[3], nullptr, 10),
                    .tokens = std::strtoull(argv[4], nullptr, 10),
                    .two_stages = std::string_view(argv[1]) == "w1"};
  const auto begin = std::chrono::steady_clock::now();
  const std::int64_t sum = shape.batch == 1 ? run_items(shape) : run_batches(shape);
  const auto end = std::chrono::steady_clock::now();
  const auto items = static_cast<std::int64_t>(shape.items);
  if (sum != items * (items - 1) / 2) {
    std::fprintf(stderr, "bench_tbb: wrong sum %" PRId64 "\n", sum);
    return 1;
  }
  std::printf("%lld\n",
              static_cast<long long>(
                  std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin).count()));
  return 0;
}
