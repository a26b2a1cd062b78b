#pragma once

#include <optional>
#include <papy/cpp/any.hpp>
#include <papy/cpp/fields.hpp>
#include <string_view>

namespace papy::fastx {

/// One read of a FASTA or FASTQ file. The quality is text as in the file, one character a base;
/// FASTA has none.
struct record {
  std::string_view name;
  std::string_view sequence;
  std::optional<std::string_view> quality;
};
PAPY_FIELDS(record, name, sequence, quality)

/// One side of a pair.
struct mate {
  std::string_view sequence;
  std::optional<std::string_view> quality;
};
PAPY_FIELDS(mate, sequence, quality)

/// Both ends of one fragment, under the name that their reads have in common.
struct read_pair {
  std::string_view name;
  mate first;
  mate second;
};
PAPY_FIELDS(read_pair, name, first, second)

/// True when the item has the shape of a pair, by its field `first`; a record has none.
inline bool is_pair(any item) { return item.field("first").has_value(); }

}  // namespace papy::fastx
