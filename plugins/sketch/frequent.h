#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace papy::sketch {

/// The values that come most often in a stream, with bounded memory: Space-Saving (Metwally,
/// Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005).
///
///     Frequent pages(1000);
///     for (const std::string& page : stream) pages.add(page);
///     pages.top(3);   // {{"/", 912}, {"/about", 77}, ...}
///
/// Exact as long as there are no more different values than it has room for; beyond that a number
/// is too high by at most n / room, and whatever comes more often than that is among them.
class Frequent {
 public:
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

  explicit Frequent(std::size_t room) : room_(room) {}

  void add(std::string_view value);
  /// The most frequent first, and by value where two are as frequent.
  Counts top(std::size_t n) const;

  /// All of them, for a sketch that goes on elsewhere.
  Counts save() const { return {counts_.begin(), counts_.end()}; }
  void load(const Counts& counts);

 private:
  std::size_t room_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::set<std::pair<std::uint64_t, std::string>> by_count_;  // the same; the rarest first
};

}  // namespace papy::sketch
