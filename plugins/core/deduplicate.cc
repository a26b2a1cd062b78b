// The worker that leaves out what has come before.
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "expression/expression.h"
#include "values/packed_by.h"

namespace papy::core {
namespace {

struct deduplicate_args {
  PAPY_ARGS(deduplicate_args,
            (std::string, by, "it", "an expression that is the same for items that are the same"),
            (std::uint64_t, last, 0, "remember so many different values; 0: all of the stream"))
};

/// Of a value it remembers 128 bits of hash: two different values that share them do not come in
/// practice.
class deduplicate {
 public:
  using args = deduplicate_args;
  explicit deduplicate(const deduplicate_args& args) : by_("by", args.by), last_(args.last) {}

  std::optional<any> operator()(any item) {
    const expression::Value value = by_.of(item, scratch_);
    const packed key = values::packed_by([&](writer& to) { value.write(to); });
    const XXH128_hash_t hash = XXH3_128bits(key.text().data(), key.text().size());
    if (!remember({hash.low64, hash.high64})) return std::nullopt;
    return item;
  }

  using Hash = std::pair<std::uint64_t, std::uint64_t>;
  std::vector<Hash> save() const {
    if (last_ > 0) return {in_order_.begin(), in_order_.end()};
    return {seen_.begin(), seen_.end()};
  }
  void load(const std::vector<Hash>& from) {
    seen_.clear();
    in_order_.clear();
    for (const Hash& hash : from) remember(hash);
  }

 private:
  struct FirstHalf {
    std::size_t operator()(const Hash& hash) const { return hash.first; }
  };

  /// Says false when it is known already.
  bool remember(const Hash& hash) {
    if (!seen_.insert(hash).second) return false;
    if (last_ == 0) return true;
    in_order_.push_back(hash);
    if (in_order_.size() > last_) {
      seen_.erase(in_order_.front());
      in_order_.pop_front();
    }
    return true;
  }

  expression::Expression by_;
  expression::Scratch scratch_;
  std::uint64_t last_;
  std::unordered_set<Hash, FirstHalf> seen_;
  std::deque<Hash> in_order_;  // the same, the oldest first; only when they are bounded
};

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(deduplicate, papy::core::deduplicate,
               "the items that have not come before; the others become gaps", papy::serial);
