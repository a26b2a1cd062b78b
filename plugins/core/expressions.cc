// Workers that evaluate expressions over the fields of an item.
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <utility>
#include <vector>

#include "expression/expression.h"
#include "values/edited.h"
#include "values/ordered_map.h"
#include "values/packed_by.h"

namespace papy::core {
namespace {

using expression::Expression;
using expression::Scratch;

struct filter_args {
  PAPY_ARGS(filter_args, (std::string, where, required,
                          "an expression that is true for the items to keep, as quality >= 20"))
};

class filter {
 public:
  using args = filter_args;
  explicit filter(const filter_args& args) : where_("where", args.where) {}

  std::optional<any> operator()(any item) {
    if (where_.holds(item, scratch_)) return item;
    return std::nullopt;
  }

 private:
  Expression where_;
  Scratch scratch_;
};

struct compute_args {
  PAPY_ARGS(compute_args, (values::OrderedMap<std::string>, set, required,
                           "fields with the expressions that they become; one sees those before"))
};

class compute {
 public:
  using args = compute_args;
  explicit compute(const compute_args& args) {
    for (const auto& [field, text] : args.set) fields_.emplace_back(field, Expression(field, text));
  }

  packed operator()(any item) {
    packed result(item);
    for (const auto& [field, text] : fields_) {
      const expression::Value value = text.of(result.view(), scratch_);
      result = values::packed_by([&](writer& to) {
        values::write_edited(to, result.view(), field, [&](writer& at) { value.write(at); });
      });
    }
    return result;
  }

 private:
  std::vector<std::pair<std::string, Expression>> fields_;
  Scratch scratch_;
};

struct evaluate_args {
  PAPY_ARGS(evaluate_args, (std::string, expression, required,
                            "an expression over the fields of the item; `it` is the item itself"))
};

class evaluate {
 public:
  using args = evaluate_args;
  explicit evaluate(const evaluate_args& args) : expression_("expression", args.expression) {}

  packed operator()(any item) {
    const expression::Value value = expression_.of(item, scratch_);
    return values::packed_by([&](writer& to) { value.write(to); });
  }

 private:
  Expression expression_;
  Scratch scratch_;
};

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(filter, papy::core::filter,
               "the items for which an expression is true; the others become gaps", papy::pure);
PAPY_WORKER_AS(compute, papy::core::compute, "the item with fields set by expressions", papy::pure);
PAPY_WORKER_AS(evaluate, papy::core::evaluate, "the value of an expression over the item",
               papy::pure);
