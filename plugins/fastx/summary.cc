// The reduction of all reads to one record.
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <utility>

#include "fastx/record.h"
#include "fastx/statistics.h"

namespace papy::fastx {
namespace {

struct summary_args {
  PAPY_ARGS(summary_args,
            (std::string, of, "pairs", "what the items are", one_of("pairs", "reads")),
            (std::string, count_as, "", "the key of their number; empty: pairs or reads"),
            (int, offset, 33, "the character that stands for quality 0", at_least(33), at_most(64)))
};

struct summary_state {
  std::uint64_t n = 0;
  Statistics first;  // or of all reads
  Statistics second;
};
PAPY_FIELDS(summary_state, n, first, second)

class summary {
 public:
  using args = summary_args;
  explicit summary(const summary_args& args)
      : args_(args),
        of_pairs_(args.of == "pairs"),
        count_as_(args.count_as.empty() ? args.of : args.count_as) {}

  void operator()(any item, out<>&) {
    if (of_pairs_) {
      const auto pair = item.as<read_pair>();
      Statistics::check(pair.first, args_.offset);
      Statistics::check(pair.second, args_.offset);
      now_.first.add(pair.first, args_.offset);
      now_.second.add(pair.second, args_.offset);
    } else {
      const auto read = item.as<mate>();
      Statistics::check(read, args_.offset);
      now_.first.add(read, args_.offset);
    }
    ++now_.n;
  }

  void flush(out<>& out) {
    writer& to = out.raw();
    to.map(of_pairs_ ? 3 : 1 + Statistics::kKeys);
    to.text(count_as_);
    to.natural(now_.n);
    if (of_pairs_) {
      to.text("first");
      to.map(Statistics::kKeys);
      now_.first.write(to);
      to.text("second");
      to.map(Statistics::kKeys);
      now_.second.write(to);
    } else {
      now_.first.write(to);
    }
    out.wrote();
  }

  summary_state save() const { return now_; }
  void load(summary_state saved) { now_ = std::move(saved); }

 private:
  summary_args args_;
  bool of_pairs_;
  std::string count_as_;
  summary_state now_;
};

}  // namespace
}  // namespace papy::fastx

PAPY_WORKER_AS(summary, papy::fastx::summary,
               "one record of all reads or pairs: how many, and for each side bases, mean length, "
               "GC, mean quality, "
               "quality by cycle, and histograms of length and GC (produce: any)");
