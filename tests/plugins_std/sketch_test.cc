// Sketches against exact figures.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sketch/distinct.h"
#include "sketch/frequent.h"
#include "sketch/quantiles.h"

namespace papy::sketch {
namespace {

/// Where a value stands among the sorted values, as a share.
double rank(const std::vector<double>& sorted, double value) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
  return static_cast<double>(below) / static_cast<double>(sorted.size());
}

TEST_CASE("quantiles of few values are exact, with even steps between them") {
  Quantiles few;
  for (const double value : {5.0, 1.0, 3.0}) few.add(value);
  CHECK(few.at(0) == 1);
  CHECK(few.at(0.5) == 3);
  CHECK(few.at(0.75) == 4);
  CHECK(few.at(1) == 5);
  Quantiles one;
  one.add(7);
  CHECK(one.at(0) == 7);
  CHECK(one.at(0.9) == 7);
}

TEST_CASE("quantiles of many values are nearly those of all, whatever the distribution") {
  std::mt19937_64 random(1);
  std::exponential_distribution<double> skewed(1);
  std::normal_distribution<double> normal(100, 15);
  for (const int which : {0, 1, 2}) {
    Quantiles quantiles;
    std::vector<double> values;
    for (int i = 0; i < 100'000; ++i) {
      values.push_back(which == 0 ? skewed(random) : which == 1 ? normal(random) : i);
      quantiles.add(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double share : {0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999}) {
      INFO(which << " " << share);
      const double most = share < 0.05 || share > 0.95 ? 0.0005 : 0.005;
      CHECK(std::abs(rank(values, quantiles.at(share)) - share) < most);
    }
    CHECK(quantiles.at(0) == values.front());
    CHECK(quantiles.at(1) == values.back());
    CHECK(quantiles.save().first.size() < 250);
  }
}

TEST_CASE("quantiles go on from what others saved") {
  Quantiles whole;
  for (int i = 0; i < 5000; ++i) whole.add(i % 977);
  Quantiles loaded;
  loaded.load(whole.save());
  CHECK(loaded.n() == whole.n());
  for (const double share : {0.0, 0.1, 0.5, 1.0}) CHECK(loaded.at(share) == whole.at(share));
}

TEST_CASE("different values are counted exactly up to a bound, and then within 3 %") {
  std::mt19937_64 random(2);
  Distinct distinct;
  std::uint64_t n = 0;
  for (const std::uint64_t upto : {0, 1, 1000, 1024, 5000, 40'000, 60'000, 300'000}) {
    for (; n < upto; ++n) {
      const std::uint64_t hash = random();
      distinct.add(hash);
      distinct.add(hash);
    }
    INFO(upto);
    const auto found = static_cast<double>(distinct.count());
    if (upto <= Distinct::kExact) CHECK(found == static_cast<double>(upto));
    CHECK(std::abs(found - static_cast<double>(upto)) <= 0.03 * static_cast<double>(upto));
    Distinct loaded;
    loaded.load(distinct.save());
    CHECK(loaded.count() == distinct.count());
  }
}

TEST_CASE("frequent values are exact as long as there is room for all") {
  Frequent frequent(4);
  for (const char* value : {"b", "a", "b", "c", "a", "b", "d"}) frequent.add(value);
  CHECK(frequent.top(2) == Frequent::Counts{{"b", 3}, {"a", 2}});
  CHECK(frequent.top(9) == Frequent::Counts{{"b", 3}, {"a", 2}, {"c", 1}, {"d", 1}});
}

TEST_CASE("what is frequent is found among many rare values") {
  Frequent frequent(100);
  for (int i = 0; i < 20'000; ++i) {
    frequent.add("rare" + std::to_string(i));
    if (i % 4 == 0) frequent.add("often");
    if (i % 10 == 0) frequent.add("sometimes");
  }
  const Frequent::Counts top = frequent.top(2);
  CHECK(top[0].first == "often");
  CHECK(top[1].first == "sometimes");
  CHECK(top[0].second >= 5000);
  CHECK(top[0].second <= 5000 + 27'000 / 100);
  Frequent loaded(100);
  loaded.load(frequent.save());
  loaded.add("often");
  frequent.add("often");
  CHECK(loaded.top(100) == frequent.top(100));
}

}  // namespace
}  // namespace papy::sketch
