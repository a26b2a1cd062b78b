#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace papy {

/// All that was found so far. Keeps the first kMost findings and counts the rest, so that a
/// document in which everything is wrong is still told quickly.
class Findings {
 public:
  static constexpr std::size_t kMost = 1000;

  void add(Diagnostic finding);

  /// "did you mean 'x'?" when a candidate is near, else empty. Silent after the first hundred
  /// findings: the search looks at every candidate.
  std::string did_you_mean(std::string_view word,
                           const std::vector<std::string_view>& candidates) const;

  std::size_t errors() const { return errors_; }

  /// The findings by place; says how many were left out.
  std::vector<Diagnostic> take();

 private:
  std::vector<Diagnostic> all_;
  std::size_t left_out_ = 0;
  std::size_t errors_ = 0;
};

}  // namespace papy
