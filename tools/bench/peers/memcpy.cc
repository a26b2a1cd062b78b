// The peer of large payloads: how fast one thread copies blocks of 1 MiB that are not in its
// caches. Prints "ns_an_item", the nanoseconds of a block.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t kBlock = 1 << 20;
constexpr std::size_t kBlocks = 256;  // of each side: more than any cache here
constexpr int kRounds = 20;

void copy_all(const std::vector<char>& from, std::vector<char>& to) {
  for (std::size_t at = 0; at < from.size(); at += kBlock)
    std::memcpy(to.data() + at, from.data() + at, kBlock);
}

}  // namespace

int main() {
  using Clock = std::chrono::steady_clock;
  const std::vector<char> from(kBlocks * kBlock, 'x');
  std::vector<char> to(kBlocks * kBlock, 'y');
  copy_all(from, to);  // every page is there
  const auto began = Clock::now();
  for (int i = 0; i < kRounds; ++i) copy_all(from, to);
  const std::chrono::duration<double, std::nano> took = Clock::now() - began;
  std::fprintf(stderr, "ns_an_item %f\n", took.count() / (kRounds * kBlocks));
  return to.back() == 'x' ? 0 : 1;
}
