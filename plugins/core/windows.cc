// Workers that make lists of items that follow each other.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <papy/plugin.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "expression/expression.h"
#include "values/packed_by.h"

namespace papy::core {
namespace {

struct windows_args {
  PAPY_ARGS(windows_args,
            (std::uint64_t, size, required, "how many items a window has", at_least(1)),
            (std::uint64_t, step, 1, "how many items further the next one begins", at_least(1)),
            (bool, partial, false, "emit the last one too when it is not full"))
};

class windows {
 public:
  using args = windows_args;
  explicit windows(const windows_args& args) : args_(args) {}

  void operator()(any item, out<std::vector<packed>>& out) {
    if (to_pass_over_ > 0) {  // the step is longer than a window
      --to_pass_over_;
      return;
    }
    items_.emplace_back(item);
    fresh_ = true;
    if (items_.size() < args_.size) return;
    emit(out);
    fresh_ = false;
    const std::uint64_t gone = std::min<std::uint64_t>(args_.step, items_.size());
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(gone));
    to_pass_over_ = args_.step - gone;
  }
  void flush(out<std::vector<packed>>& out) {
    if (args_.partial && fresh_) emit(out);
  }

  using Saved = std::tuple<std::vector<packed>, std::uint64_t, bool>;
  Saved save() const { return {{items_.begin(), items_.end()}, to_pass_over_, fresh_}; }
  void load(const Saved& from) {
    items_.assign(std::get<0>(from).begin(), std::get<0>(from).end());
    to_pass_over_ = std::get<1>(from);
    fresh_ = std::get<2>(from);
  }

 private:
  void emit(out<std::vector<packed>>& out) const { out.emit({items_.begin(), items_.end()}); }

  windows_args args_;
  std::deque<packed> items_;        // of the window that is not full yet
  std::uint64_t to_pass_over_ = 0;  // items between two windows
  bool fresh_ = false;              // an item has come since the last window
};

struct runs_args {
  PAPY_ARGS(runs_args,
            (std::string, by, required,
             "an expression that has the same value for the items of a run, as name"),
            (std::uint64_t, most, 0, "end a run after so many items; 0: never"))
};

class runs {
 public:
  using args = runs_args;
  explicit runs(const runs_args& args) : by_("by", args.by), most_(args.most) {}

  void operator()(any item, out<std::vector<packed>>& out) {
    const expression::Value value = by_.of(item, scratch_);
    packed key = values::packed_by([&](writer& to) { value.write(to); });
    if (!items_.empty() && (key != key_ || items_.size() == most_)) flush(out);
    key_ = std::move(key);
    items_.emplace_back(item);
  }
  void flush(out<std::vector<packed>>& out) {
    if (!items_.empty()) out.emit(items_);
    items_.clear();
  }

  std::pair<packed, std::vector<packed>> save() const { return {key_, items_}; }
  void load(const std::pair<packed, std::vector<packed>>& from) { std::tie(key_, items_) = from; }

 private:
  expression::Expression by_;
  expression::Scratch scratch_;
  std::uint64_t most_;
  packed key_;
  std::vector<packed> items_;  // of the run that goes on
};

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(windows, papy::core::windows,
               "lists of items that follow each other, each a step further (produce: any)");
PAPY_WORKER_AS(runs, papy::core::runs,
               "lists of items that follow each other and have something in common (produce: any)");
