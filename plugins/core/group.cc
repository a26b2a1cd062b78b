// The worker that reduces the items of each group.
#include <memory>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/reduction.h"
#include "expression/expression.h"
#include "expression/parser.h"
#include "expression/token.h"
#include "values/field.h"
#include "values/ordered_map.h"
#include "values/packed_by.h"

namespace papy::core {
namespace {

using expression::Expression;
using expression::Scratch;

struct group_args {
  PAPY_ARGS(group_args,
            (std::vector<std::string>, by, {},
             "the fields that items of one group have in common, as read.name; none: one group"),
            (values::OrderedMap<std::string>, make, required,
             "fields of the result with what they are made of, as mean(length), count()"))
};

/// One field of the result: what is made, of what.
class Column {
 public:
  Column(std::string name, const std::string& text) : name_(std::move(name)) {
    try {
      tree_ = expression::parse(text);
      kind_.emplace(*tree_);
    } catch (const expression::SyntaxError& wrong) {
      throw Expression::refusal(name_, text, wrong);
    }
    if (kind_->of() != nullptr) of_.emplace(name_, text, *kind_->of());
  }
  const std::string& name() const { return name_; }
  std::unique_ptr<Reduction> make() const { return kind_->make(); }
  /// What it looks at of an item.
  packed value(any item, Scratch& scratch) const {
    if (!of_) return packed();
    const expression::Value value = of_->of(item, scratch);
    return values::packed_by([&](writer& to) { value.write(to); });
  }

 private:
  std::string name_;
  std::unique_ptr<expression::Tree> tree_;
  std::optional<ReductionKind> kind_;
  std::optional<Expression> of_;
};

class group {
 public:
  using args = group_args;
  explicit group(const group_args& args) : by_(args.by) {
    for (const auto& [name, text] : args.make) columns_.emplace_back(name, text);
    if (by_.empty()) keep(made_for(pack(std::vector<any>())));
  }

  void operator()(any item, out<>&) {
    std::vector<any> key;
    for (const std::string& field : by_) key.push_back(values::get_field(item, field));
    std::vector<packed> seen;
    for (const Column& column : columns_) seen.push_back(column.value(item, scratch_));
    const packed packed_key = pack(key);
    const auto place = places_.find(packed_key.text());
    const bool is_new = place == places_.end();
    Group fresh = is_new ? made_for(packed_key) : Group();
    Group& group = is_new ? fresh : groups_[place->second];
    for (std::size_t i = 0; i < columns_.size(); ++i) check(*group.made[i], columns_[i], seen[i]);
    for (std::size_t i = 0; i < columns_.size(); ++i) group.made[i]->add(seen[i].view());
    if (is_new) keep(std::move(fresh));
  }
  void flush(out<>& out) {
    for (const Group& group : groups_) {
      writer& to = out.raw();
      const std::vector<any> key = group.key.view().list();
      to.map(key.size() + columns_.size());
      for (std::size_t i = 0; i < key.size(); ++i) {
        to.text(by_[i]);
        to.raw(key[i].data());
      }
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        to.text(columns_[i].name());
        group.made[i]->write(to);
      }
      out.wrote();
    }
  }

  using Saved = std::vector<std::pair<packed, std::vector<packed>>>;
  Saved save() const {
    Saved all;
    for (const Group& group : groups_) {
      std::vector<packed> made;
      for (const auto& reduction : group.made) made.push_back(reduction->save());
      all.emplace_back(group.key, std::move(made));
    }
    return all;
  }
  void load(const Saved& all) {
    groups_.clear();
    places_.clear();
    for (const auto& [key, made] : all) {
      Group group = made_for(key);
      for (std::size_t i = 0; i < made.size(); ++i) group.made[i]->load(made[i].view());
      keep(std::move(group));
    }
  }

 private:
  struct Group {
    packed key;                                    // the list of its fields
    std::vector<std::unique_ptr<Reduction>> made;  // by column
  };

  Group made_for(packed key) const {
    Group group{std::move(key), {}};
    for (const Column& column : columns_) group.made.push_back(column.make());
    return group;
  }
  void keep(Group group) {
    places_.emplace(group.key.text(), groups_.size());
    groups_.push_back(std::move(group));
  }
  static void check(const Reduction& reduction, const Column& column, const packed& value) {
    try {
      reduction.check(value.view());
    } catch (const bad_value& wrong) {
      throw fail(column.name() + ": " + wrong.what());
    }
  }

  std::vector<std::string> by_;
  std::vector<Column> columns_;
  std::vector<Group> groups_;                            // in the order of their first item
  std::unordered_map<std::string, std::size_t> places_;  // of a key in groups_
  Scratch scratch_;
};

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(group, papy::core::group,
               "one map a group of items, with what its reductions make of them (produce: any)");
