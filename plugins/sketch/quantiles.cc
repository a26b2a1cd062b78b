#include "sketch/quantiles.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

namespace papy::sketch {

void Quantiles::add(double value) {
  least_ = n_ == 0 ? value : std::min(least_, value);
  greatest_ = n_ == 0 ? value : std::max(greatest_, value);
  ++n_;
  added_.push_back(value);
  if (added_.size() == kBuffer) merge();
}

/// Neighbours become one centroid as long as it spans at most 1 on the scale of k1.
void Quantiles::merge() const {
  if (added_.empty()) return;
  std::vector<Centroid> all = std::move(centroids_);
  for (const double value : added_) all.push_back({value, 1});
  added_.clear();
  std::stable_sort(all.begin(), all.end(),
                   [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  const auto total = static_cast<double>(n_);
  const auto scale = [](double q) {
    return kCompression / (2 * std::numbers::pi) * std::asin(2 * std::min(q, 1.0) - 1);
  };
  centroids_.clear();
  double before = 0;  // weight of what lies in front of the last centroid
  for (const Centroid& next : all) {
    if (!centroids_.empty()) {
      Centroid& last = centroids_.back();
      const double together = last.weight + next.weight;
      if (scale((before + together) / total) - scale(before / total) <= 1) {
        last.mean += (next.mean - last.mean) * (next.weight / together);
        last.weight = together;
        continue;
      }
      before += last.weight;
    }
    centroids_.push_back(next);
  }
}

/// Between the middles of two centroids the values are taken to lie evenly; at the ends stand the
/// least and the greatest.
double Quantiles::at(double share) const {
  if (share == 0) return least_;
  if (share == 1) return greatest_;
  merge();
  const double wanted = share * static_cast<double>(n_ - 1);  // place of the value, from 0
  double place = 0;
  double value = least_;
  double before = 0;
  for (const Centroid& centroid : centroids_) {
    const double middle = before + (centroid.weight - 1) / 2;
    if (wanted <= middle) {
      if (middle == place) return centroid.mean;
      return value + (centroid.mean - value) * ((wanted - place) / (middle - place));
    }
    place = middle;
    value = centroid.mean;
    before += centroid.weight;
  }
  const auto last = static_cast<double>(n_ - 1);
  return value + (greatest_ - value) * ((wanted - place) / (last - place));
}

Quantiles::Saved Quantiles::save() const {
  merge();
  Saved saved{{}, {least_, greatest_}};
  for (const auto& [mean, weight] : centroids_) saved.first.emplace_back(mean, weight);
  return saved;
}

void Quantiles::load(const Saved& saved) {
  *this = {};
  std::tie(least_, greatest_) = saved.second;
  for (const auto& [mean, weight] : saved.first) {
    centroids_.push_back({mean, weight});
    n_ += static_cast<std::uint64_t>(weight);
  }
}

}  // namespace papy::sketch
