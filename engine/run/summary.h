#pragma once

#include <cstddef>
#include <string>

#include "run/account.h"

namespace papy {

/// Rows of one table of the summary; of more, those that matter most are shown.
inline constexpr std::size_t kMostRows = 40;

/// The end of a run, for people: what was read, what each piper did and which of them set the pace,
/// what was written and what was not, and why.
///
///     paired-reads: finished in 3.20 s (run 20261121-055730.123-3f9c1a)
///
///     input   read
///     left   10000
///
///     piper     in    out  failed  skipped    each  share  waited
///     trim1  10000  10000       3        0  1.20 us    34%  310 ns
///     bottleneck: piper 'trim1': pool 'cpu' was busy for 92% of the time
///
///     output  length  written  failed  gaps  not done
///     table    10000     9997       3     0         0
///
///     failed: 3 items at 'trim1' (fastx.trim, error 7): "no quality", first at place 17 of 'table'
///     the failed items are in .papy/runs/20261121-055730.123-3f9c1a/failed.jsonl
///
/// `each` is the time of a tasklet in the piper's functions, `share` its part of all such time,
/// `waited` how long a tasklet lay ready. A piper's `in`, `failed` and `skipped` are tasklets; all
/// else are items: one tasklet that failed may take several places of an output, and reach several.
/// Ends in a line feed.
std::string summary(const Plan& plan, const Account& account);

}  // namespace papy
