#include "fastx/statistics.h"

#include "fastx/bases.h"

namespace papy::fastx {
namespace {

/// The quotient as a float; nil when there is nothing to divide by.
void put_mean(writer& to, std::uint64_t sum, std::uint64_t n) {
  if (n == 0) return to.nil();
  to.real(static_cast<double>(sum) / static_cast<double>(n));
}

}  // namespace

void Statistics::check(const mate& read, int offset) {
  if (!read.quality.has_value()) return;
  if (read.quality->size() != read.sequence.size()) {
    throw fail("a read has " + std::to_string(read.sequence.size()) + " bases and " +
               std::to_string(read.quality->size()) + " qualities");
  }
  fastx::quality_sum(*read.quality, offset);
}

void Statistics::add(const mate& read, int offset) {
  const GcCount gc = count_gc(read.sequence);
  if (read.quality.has_value()) {
    const std::string_view quality = *read.quality;
    quality_sum += fastx::quality_sum(quality, offset);
    quality_bases += quality.size();
    if (cycle_sums.size() < quality.size()) {
      cycle_sums.resize(quality.size());
      cycle_reads.resize(quality.size());
    }
    for (std::size_t i = 0; i < quality.size(); ++i) {
      cycle_sums[i] += static_cast<std::uint64_t>(quality[i] - offset);
      ++cycle_reads[i];
    }
  }
  bases += read.sequence.size();
  gc_bases += gc.gc;
  known_bases += gc.known;
  ++lengths[read.sequence.size()];
  if (gc.known > 0) {
    const std::uint64_t bin = gc.gc * kGcBins / gc.known;
    ++gc_bins[bin < kGcBins ? bin : kGcBins - 1];
  }
}

void Statistics::write(writer& to) const {
  std::uint64_t reads = 0;
  for (const auto& [length, n] : lengths) reads += n;
  to.text("bases");
  to.natural(bases);
  to.text("mean_length");
  put_mean(to, bases, reads);
  to.text("gc");
  put_mean(to, gc_bases, known_bases);
  to.text("mean_quality");
  put_mean(to, quality_sum, quality_bases);
  to.text("quality_by_cycle");
  to.list(cycle_sums.size());
  for (std::size_t i = 0; i < cycle_sums.size(); ++i) put_mean(to, cycle_sums[i], cycle_reads[i]);
  to.text("lengths");
  to.list(lengths.size());
  for (const auto& [length, n] : lengths) {
    to.list(2);
    to.natural(length);
    to.natural(n);
  }
  to.text("gc_histogram");
  to.list(gc_bins.size());
  for (const std::uint64_t n : gc_bins) to.natural(n);
}

}  // namespace papy::fastx
