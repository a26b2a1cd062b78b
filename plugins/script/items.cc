// script.items: the items of a command line.
#include <cstdint>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace papy::script {
namespace {

using Lists = std::vector<std::vector<std::string>>;

struct items_args {
  PAPY_ARGS(items_args, (Lists, lists, required,
                         "one list: its texts; several: lists of one text of each, in every "
                         "combination, the last changes first"))
};

class items {
 public:
  using args = items_args;
  explicit items(const items_args& args) : lists_(args.lists), size_(args.lists.empty() ? 0 : 1) {
    for (const auto& list : lists_) {
      if (list.size() != 0 && size_ > UINT64_MAX / list.size())
        throw fail("there are more combinations than can be counted");
      size_ *= list.size();
    }
  }

  std::optional<packed> next() {
    if (at_ == size_) return std::nullopt;
    std::uint64_t rest = at_++;
    std::vector<std::string_view> words(lists_.size());
    for (std::size_t i = lists_.size(); i-- > 0; rest /= lists_[i].size())
      words[i] = lists_[i][rest % lists_[i].size()];
    return words.size() == 1 ? pack(words[0]) : pack(words);
  }
  std::uint64_t cursor() const { return at_; }
  void seek(std::string_view cursor) { at_ = std::stoull(std::string(cursor)); }
  std::uint64_t size() const { return size_; }

 private:
  Lists lists_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
};

}  // namespace
}  // namespace papy::script

PAPY_SOURCE_AS(items, papy::script::items, "the texts of a list, or all combinations of several",
               papy::local);
