// Workers on single reads and on pairs.
#include <cstdint>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "fastx/bases.h"
#include "fastx/record.h"

namespace papy::fastx {
namespace {

struct trim_args {
  PAPY_ARGS(trim_args,
            (int, min_quality, 20, "Phred score below which bases at the 3' end are cut; 0: none",
             at_least(0), at_most(93)),
            (int, min_quality_front, 0, "the same for the 5' end", at_least(0), at_most(93)),
            (std::size_t, min_length, 0, "drop a read that is shorter afterwards (a gap)",
             at_least(0)),
            (int, offset, 33, "the character that stands for quality 0", at_least(33), at_most(64)))
};
std::optional<record> trim(const record& read, const trim_args& args) {
  record kept = read;
  if (read.quality.has_value()) {
    if (read.quality->size() != read.sequence.size()) {
      throw fail("read '" + std::string(read.name) + "' has a quality of " +
                 std::to_string(read.quality->size()) + " characters for " +
                 std::to_string(read.sequence.size()) + " bases");
    }
    const Cut cut =
        quality_cut(*read.quality, {args.min_quality_front, args.min_quality}, args.offset);
    kept.sequence = read.sequence.substr(cut.from, cut.size);
    kept.quality = read.quality->substr(cut.from, cut.size);
  }
  if (kept.sequence.size() < args.min_length) return std::nullopt;
  return kept;
}

std::string_view without(std::string_view suffix, std::string_view name) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

read_pair pair(const record& first, const record& second) {
  const std::string_view name = without("/1", first.name);
  if (name != without("/2", second.name)) {
    throw fail("the reads '" + std::string(first.name) + "' and '" + std::string(second.name) +
               "' are no pair: their names differ");
  }
  return {name, {first.sequence, first.quality}, {second.sequence, second.quality}};
}

struct drop_short_args {
  PAPY_ARGS(drop_short_args,
            (std::size_t, min_length, required, "bases that each side must have", at_least(0)))
};
std::optional<any> drop_short(any item, const drop_short_args& args) {
  const auto is_short = [&](const mate& side) { return side.sequence.size() < args.min_length; };
  if (is_pair(item)) {
    const auto pair = item.as<read_pair>();
    if (is_short(pair.first) || is_short(pair.second)) return std::nullopt;
  } else if (is_short(item.as<mate>())) {
    return std::nullopt;
  }
  return item;
}

struct measure_args {
  PAPY_ARGS(measure_args,
            (int, offset, 33, "the character that stands for quality 0", at_least(33), at_most(64)))
};

struct side_measures {
  std::uint64_t length;
  std::optional<double> gc;
  std::optional<double> mean_quality;
};
PAPY_FIELDS(side_measures, length, gc, mean_quality)

struct read_measures {
  std::string_view name;
  std::uint64_t length;
  std::optional<double> gc;
  std::optional<double> mean_quality;
};
PAPY_FIELDS(read_measures, name, length, gc, mean_quality)

struct pair_measures {
  std::string_view name;
  side_measures first;
  side_measures second;
};
PAPY_FIELDS(pair_measures, name, first, second)

side_measures measures_of(const mate& read, int offset) {
  side_measures side{read.sequence.size(), count_gc(read.sequence).share(), std::nullopt};
  if (read.quality.has_value() && !read.quality->empty()) {
    const auto sum = static_cast<double>(quality_sum(*read.quality, offset));
    side.mean_quality = sum / static_cast<double>(read.quality->size());
  }
  return side;
}

void measure(any item, const measure_args& args, out<>& out) {
  if (is_pair(item)) {
    const auto pair = item.as<read_pair>();
    const pair_measures measures{pair.name, measures_of(pair.first, args.offset),
                                 measures_of(pair.second, args.offset)};
    detail::write(out.raw(), measures);
  } else {
    const auto read = item.as<record>();
    const side_measures side = measures_of({read.sequence, read.quality}, args.offset);
    detail::write(out.raw(), read_measures{read.name, side.length, side.gc, side.mean_quality});
  }
  out.wrote();
}

void reverse_complement_of(const record& read, out<record>& out) {
  const std::string sequence = reverse_complement(read.sequence);
  std::string quality;
  record other{read.name, sequence, std::nullopt};
  if (read.quality.has_value()) {
    quality.assign(read.quality->rbegin(), read.quality->rend());
    other.quality = quality;
  }
  out.emit(other);
}

}  // namespace
}  // namespace papy::fastx

PAPY_WORKER_AS(
    trim, papy::fastx::trim,
    "cuts ends of low quality as BWA and Cutadapt do; a read without quality stays as it is",
    papy::pure);
PAPY_WORKER_AS(
    pair, papy::fastx::pair,
    "two reads of one name, /1 and /2 left aside, as {name, first, second}; other names fail",
    papy::pure);
PAPY_WORKER_AS(drop_short, papy::fastx::drop_short,
               "passes reads, or pairs with both sides, of a least length; others become gaps",
               papy::pure);
PAPY_WORKER_AS(measure, papy::fastx::measure,
               "length, share of G and C among known bases, and mean Phred score of a read or of "
               "both sides of a pair",
               papy::pure);
PAPY_WORKER_AS(reverse_complement, papy::fastx::reverse_complement_of,
               "a read of the opposite strand", papy::pure);
