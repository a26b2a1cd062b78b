#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace papy::fastx {

/// G and C among the bases that are known: A, C, G, T and U, large or small. N and other letters
/// count nowhere.
struct GcCount {
  std::uint64_t gc = 0;
  std::uint64_t known = 0;

  /// Their share, or nothing when no base is known.
  std::optional<double> share() const {
    if (known == 0) return std::nullopt;
    return static_cast<double>(gc) / static_cast<double>(known);
  }
};
GcCount count_gc(std::string_view sequence);

/// Sum of the Phred scores of a quality text whose character for 0 is `offset`. Throws papy::fail
/// for a character below.
std::uint64_t quality_sum(std::string_view quality, int offset);

/// The opposite strand, read in its own direction. IUPAC codes of several bases become those of
/// their complements; other characters stay.
std::string reverse_complement(std::string_view sequence);

/// What is left of a read.
struct Cut {
  std::size_t from = 0;
  std::size_t size = 0;
};

/// The lowest scores that the ends may have; 0 leaves an end as it is.
struct Thresholds {
  int front = 0;
  int back = 0;
};

/// Cuts ends of low quality, as `bwa aln -q` does (Li and Durbin 2009, the manual of BWA) and
/// Cutadapt at both ends (Martin 2011): from the end inwards, sum up threshold minus score; stop
/// when the sum falls below 0; cut where it was greatest, at the place nearest to the end among
/// equals. Both ends look at the whole read. Nothing is left when the cuts meet.
Cut quality_cut(std::string_view quality, Thresholds thresholds, int offset);

}  // namespace papy::fastx
