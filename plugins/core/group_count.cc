// How often each key comes in a stream.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "values/field.h"

namespace papy::core {
namespace {

struct group_count_args {
  PAPY_ARGS(group_count_args,
            (std::string, field, "",
             "the field that is the key, as read.name; empty: the item itself"),
            (std::string, order, "key", "by key, or the most frequent first and then by key",
             one_of("key", "count")),
            (std::uint64_t, top, 0, "keep so many keys of that order; 0: all"),
            (std::string, emit, "map",
             "one map of key and number, one list of [key, number], or each [key, number]",
             one_of("map", "list", "pairs")))
};

/// Hashes text without making a std::string of it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

/// Nil, false, true, integers, text. Integers in their order, text byte by byte.
struct Key {
  enum class Is { nil, boolean, integer, text };
  Is is = Is::nil;
  std::int64_t integer = 0;
  std::string_view text;
  auto operator<=>(const Key&) const = default;
};

Key key_of(any value) {
  switch (value.kind()) {
    case kind::nil:
      return {};
    case kind::boolean:
      return {Key::Is::boolean, value.as<bool>(), {}};
    case kind::integer:
      return {Key::Is::integer, value.as<std::int64_t>(), {}};
    case kind::text:
      return {Key::Is::text, 0, value.as<std::string_view>()};
    default:
      reader(value.data()).wrong("text, an integer, a boolean or nil as a key");
  }
}

class group_count {
 public:
  using args = group_count_args;
  explicit group_count(const group_count_args& args) : args_(args) {}

  void operator()(any value, out<>&) {
    const Key key = key_of(values::get_field(value, args_.field));
    if (key.is != Key::Is::text) {
      ++others_[key];
      return;
    }
    const auto found = texts_.find(key.text);
    if (found != texts_.end()) {
      ++found->second;
    } else {
      texts_.emplace(std::string(key.text), 1);
    }
  }

  void flush(out<>& out) {
    const std::vector<std::pair<Key, std::uint64_t>> counts = ordered();
    writer& to = out.raw();
    if (args_.emit == "map") to.map(counts.size());
    if (args_.emit == "list") to.list(counts.size());
    for (const auto& [key, n] : counts) {
      if (args_.emit != "map") to.list(2);
      write_key(to, key);
      to.natural(n);
      if (args_.emit == "pairs") out.wrote();
    }
    if (args_.emit != "pairs") out.wrote();
  }

  std::vector<std::pair<packed, std::uint64_t>> save() const {
    std::vector<std::pair<packed, std::uint64_t>> all;
    for (const auto& [key, n] : texts_) all.emplace_back(pack(key), n);
    for (const auto& [key, n] : others_) all.emplace_back(packed_key(key), n);
    std::sort(all.begin(), all.end());
    return all;
  }
  void load(const std::vector<std::pair<packed, std::uint64_t>>& all) {
    texts_.clear();
    others_.clear();
    for (const auto& [key, n] : all) {
      const Key read = key_of(key.view());
      if (read.is == Key::Is::text) {
        texts_.emplace(std::string(read.text), n);
      } else {
        others_.emplace(read, n);
      }
    }
  }

 private:
  static void write_key(writer& to, const Key& key) {
    switch (key.is) {
      case Key::Is::nil:
        return to.nil();
      case Key::Is::boolean:
        return to.boolean(key.integer != 0);
      case Key::Is::integer:
        return to.integer(key.integer);
      case Key::Is::text:
        return to.text(key.text);
    }
  }
  static packed packed_key(const Key& key) {
    detail::text_call call;
    writer to(&call);
    write_key(to, key);
    to.put_back();
    return packed(call.take());
  }
  std::vector<std::pair<Key, std::uint64_t>> ordered() const {
    std::vector<std::pair<Key, std::uint64_t>> counts;
    counts.reserve(texts_.size() + others_.size());
    for (const auto& [key, n] : texts_) counts.emplace_back(Key{Key::Is::text, 0, key}, n);
    counts.insert(counts.end(), others_.begin(), others_.end());
    const bool by_count = args_.order == "count";
    std::sort(counts.begin(), counts.end(), [&](const auto& a, const auto& b) {
      if (by_count && a.second != b.second) return a.second > b.second;
      return a.first < b.first;
    });
    if (args_.top > 0 && counts.size() > args_.top) counts.resize(args_.top);
    return counts;
  }

  group_count_args args_;
  std::unordered_map<std::string, std::uint64_t, TextHash, std::equal_to<>> texts_;
  std::map<Key, std::uint64_t> others_;  // keys that are not text
};

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(
    group_count, papy::core::group_count,
    "how often each key comes, in a fixed order at the end of the stream (produce: any)");
