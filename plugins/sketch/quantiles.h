#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace papy::sketch {

/// Quantiles of a stream of numbers in a few kilobytes: the merging t-digest (Dunning, Ertl:
/// Computing Extremely Accurate Quantiles Using t-Digests, 2019) with scale function k1.
///
///     Quantiles lengths;
///     for (double length : stream) lengths.add(length);
///     lengths.at(0.5);   // the median, nearly
///
/// Most exact towards both ends; the least and the greatest value are exact. The same stream gives
/// the same figures.
class Quantiles {
 public:
  /// Requires: the value is a number.
  void add(double value);
  /// Requires: 0 <= share <= 1 and n() > 0.
  double at(double share) const;
  std::uint64_t n() const { return n_; }

  /// Means and weights of its centroids in order, then least and greatest value, for a sketch that
  /// goes on elsewhere.
  using Saved = std::pair<std::vector<std::pair<double, double>>, std::pair<double, double>>;
  Saved save() const;
  void load(const Saved& saved);

 private:
  struct Centroid {
    double mean;
    double weight;
  };
  static constexpr double kCompression = 200;  // about so many centroids
  static constexpr std::size_t kBuffer = 2000;

  void merge() const;

  // What was added is merged when somebody asks: that is no change that is seen.
  mutable std::vector<Centroid> centroids_;  // by mean
  mutable std::vector<double> added_;        // not merged yet
  std::uint64_t n_ = 0;
  double least_ = 0;
  double greatest_ = 0;
};

}  // namespace papy::sketch
