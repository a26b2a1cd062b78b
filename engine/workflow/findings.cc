#include "workflow/findings.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace papy {

void Findings::add(Diagnostic finding) {
  if (finding.level == Level::error) ++errors_;
  if (all_.size() < kMost) {
    all_.push_back(std::move(finding));
  } else {
    ++left_out_;
  }
}

std::string Findings::did_you_mean(std::string_view word,
                                   const std::vector<std::string_view>& candidates) const {
  if (all_.size() > 100) return "";
  const auto found = nearest(word, candidates);
  return found ? fmt::format("did you mean {}?", in_quotes(*found)) : "";
}

std::vector<Diagnostic> Findings::take() {
  sort_by_place(all_);
  if (left_out_ > 0) {
    Diagnostic more = all_.back();
    more.level = Level::note;
    more.rule = "too-many-findings";
    more.message = fmt::format("{} more findings are not shown", left_out_);
    more.hint = "mend the first ones and look again";
    more.at.clear();
    more.related.reset();
    all_.push_back(std::move(more));
  }
  return std::move(all_);
}

}  // namespace papy
