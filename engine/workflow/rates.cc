#include "workflow/rates.h"

#include <fmt/format.h>

#include <numeric>
#include <optional>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

// A positive fraction in lowest terms; nothing once a part exceeds 64 bits.
struct Ratio {
  std::uint64_t over = 1;
  std::uint64_t under = 1;
  friend bool operator==(const Ratio&, const Ratio&) = default;

  Ratio inverse() const { return {under, over}; }
};

std::optional<Ratio> times(Ratio a, Ratio b) {
  const std::uint64_t g = std::gcd(a.over, b.under);
  const std::uint64_t h = std::gcd(b.over, a.under);
  Ratio product;
  const bool too_large = __builtin_mul_overflow(a.over / g, b.over / h, &product.over) ||
                         __builtin_mul_overflow(a.under / h, b.under / g, &product.under);
  return too_large ? std::nullopt : std::optional(product);
}

// Streams in groups within which each length is a known multiple of the others' (union-find with
// weights).
class Lengths {
 public:
  explicit Lengths(std::size_t streams) : parent_(streams), to_parent_(streams) {
    std::iota(parent_.begin(), parent_.end(), 0u);
  }

  struct Root {
    std::uint32_t stream;
    Ratio ratio;  // length of the stream asked for, in units of the root's
  };

  Root root(std::uint32_t stream) {
    Ratio ratio;
    std::uint32_t at = stream;
    while (parent_[at] != at) {
      const auto product = times(ratio, to_parent_[at]);
      ratio = product.value_or(Ratio{});
      at = parent_[at];
    }
    return {at, ratio};
  }

  // Says: length of a = ratio * length of b. False when that contradicts what was said before.
  bool relate(std::uint32_t a, std::uint32_t b, Ratio ratio) {
    const Root of_a = root(a);
    const Root of_b = root(b);
    const auto right = times(ratio, of_b.ratio);
    if (!right) return true;  // beyond what can be told
    if (of_a.stream == of_b.stream) return of_a.ratio == *right;
    // a = of_a.ratio * A and a = right * B, so A = right / of_a.ratio * B.
    const auto weight = times(*right, of_a.ratio.inverse());
    if (!weight) return true;
    attach(of_a.stream, of_b.stream, *weight);
    return true;
  }

  std::optional<Ratio> between(std::uint32_t a, std::uint32_t b) {
    const Root of_a = root(a);
    const Root of_b = root(b);
    if (of_a.stream != of_b.stream) return std::nullopt;
    return times(of_a.ratio, of_b.ratio.inverse());
  }

 private:
  // A = weight * B; the smaller tree goes below the larger, so that no way to a root is long.
  void attach(std::uint32_t a, std::uint32_t b, Ratio weight) {
    if (sizes_.empty()) sizes_.assign(parent_.size(), 1);
    if (sizes_[a] > sizes_[b]) {
      std::swap(a, b);
      weight = weight.inverse();
    }
    parent_[a] = b;
    to_parent_[a] = weight;
    sizes_[b] += sizes_[a];
  }

  std::vector<std::uint32_t> parent_;
  std::vector<Ratio> to_parent_;
  std::vector<std::uint32_t> sizes_;
};

std::string counted(std::uint64_t n) { return fmt::format("{} item{}", n, n == 1 ? "" : "s"); }

}  // namespace

void check_rates(const Workflow& workflow, const Graph& graph, const Reading& reading) {
  Lengths lengths(graph.inputs + workflow.pipers.size());
  for (const std::uint32_t p : graph.order) {
    const PiperDecl& piper = workflow.pipers[p];
    const std::vector<std::uint32_t>& from = graph.from[p];
    if (from.empty() || from[0] == Graph::kNone) continue;
    bool is_balanced = true;
    for (std::size_t i = 1; i < from.size(); ++i) {
      if (from[i] == Graph::kNone || lengths.relate(from[i], from[0], Ratio{})) continue;
      is_balanced = false;
      const auto ratio = lengths.between(from[i], from[0]);
      const std::string how =
          ratio ? fmt::format("it has {} for every {}", counted(ratio->over), ratio->under)
                : "their lengths differ";
      reading.say(Level::error, "rate-mismatch", *piper.from[i].node,
                  fmt::format("pipers.{}.from[{}]", piper.name.name, i),
                  fmt::format("piper {} joins {} with {}, which is of another length",
                              in_quotes(piper.name.name), in_quotes(piper.from[0].name),
                              in_quotes(piper.from[i].name)),
                  fmt::format("{} of {}", how, in_quotes(piper.from[0].name)));
    }
    const PlanPiper& settings = piper.settings;
    if (settings.produce.any || !is_balanced) continue;
    const std::uint64_t divisor = std::gcd(settings.produce.n, settings.consume);
    lengths.relate(graph.inputs + p, from[0],
                   {settings.produce.n / divisor, settings.consume / divisor});
  }
}

}  // namespace papy
