// Where the items of a case come from and where its results go.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <papy/plugin.hpp>
#include <string>

#include "python.h"

namespace conformance {
namespace {

/// The kind K of {"$raise": K}, for an item at which the iterator raises.
std::optional<std::string> raises(const Value& item) {
  const Dict* dict = item.dict();
  if (dict == nullptr || dict->keys.size() != 1) return std::nullopt;
  if (dict->keys[0].text() == nullptr || *dict->keys[0].text() != "$raise") return std::nullopt;
  return python::str(dict->values[0]);
}

/// Items as they are given, and behind them 0, 1, 2 ...
class given {
 public:
  struct Args {
    PAPY_ARGS(Args, (Value, items, {}, "the items; {$raise: K} raises in its place"),
              (std::uint64_t, count, 0, "how many numbers follow"),
              (bool, endless, false, "whether they follow for ever"))
  };
  explicit given(const Args& args)
      : items_(args.items.list() ? *args.items.list() : List{}),
        numbers_(args.endless ? UINT64_MAX - items_.size() : args.count) {}

  std::optional<Value> next() {
    const std::uint64_t place = at_;
    if (place >= items_.size() + numbers_) return std::nullopt;
    ++at_;
    if (place >= items_.size()) return integer(static_cast<Integer>(place - items_.size()));
    if (const auto kind = raises(items_[place])) raise(*kind, "from the input");
    return items_[place];
  }

 private:
  const List items_;
  const std::uint64_t numbers_;
  std::uint64_t at_ = 0;
};

/// Writes [place, value] of each item, one msgpack value behind another.
class record {
 public:
  struct Args {
    PAPY_ARGS(Args, (papy::path, path, papy::required, "the file"))
  };
  explicit record(const Args& args) : file_(std::fopen(args.path.c_str(), "wb"), &std::fclose) {
    if (file_ == nullptr) throw papy::fatal("cannot write " + args.path.given);
  }

  void operator()(papy::any value, papy::context& context) {
    const papy::packed place = papy::pack(context.tasklet());
    std::fputc(0x92, file_.get());
    std::fwrite(place.text().data(), 1, place.text().size(), file_.get());
    std::fwrite(value.data().data(), 1, value.data().size(), file_.get());
  }
  void finish(bool) {
    if (std::fflush(file_.get()) != 0) throw papy::fatal("the record could not be written");
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace
}  // namespace conformance

PAPY_SOURCE_AS(given, conformance::given, "the items of a case");
PAPY_SINK_AS(record, conformance::record, "keeps values with their places");
