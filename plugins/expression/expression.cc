#include "expression/expression.h"

#include <algorithm>
#include <optional>
#include <papy/cpp/error.hpp>
#include <utility>

#include "expression/parser.h"
#include "expression/token.h"
#include "values/field.h"
#include "values/packed_by.h"

namespace papy::expression {
namespace {

/// The field, or nothing: where there is no map there are no fields either.
std::optional<any> field_of(any value, const std::string& name) {
  if (value.kind() == kind::map) return value.field(name);
  if (value.kind() != kind::list) return std::nullopt;
  return values::find_field(value, name);
}

/// a[b]: of a list by number, below 0 from its end; of a map by name.
std::optional<Value> element_of(const Value& whole, const Value& place) {
  if (whole.kind() == kind::map && place.kind() == kind::text) {
    const auto found = whole.other().field(place.text());
    return found ? std::optional(Value(*found)) : std::nullopt;
  }
  if (whole.kind() != kind::list || place.kind() != kind::integer) {
    throw bad_value("there is no [" + std::string(words_for(place)) + "] of " +
                    std::string(words_for(whole)));
  }
  const std::vector<any> values = whole.other().list();
  const auto size = static_cast<Wide>(values.size());
  const Wide at = place.integer() < 0 ? place.integer() + size : place.integer();
  if (at < 0 || at >= size) return std::nullopt;
  return Value(values[static_cast<std::size_t>(at)]);
}

Value unary(Operator op, const Value& a) {
  if (op == Operator::negate) return negate(a);
  if (a.kind() != kind::boolean) {
    throw bad_value("expected true or false behind 'not', got " + std::string(words_for(a)));
  }
  return Value::of(!a.boolean());
}

Value binary(Operator op, const Value& a, const Value& b, Scratch& scratch) {
  switch (op) {
    case Operator::add:
      return add(a, b, scratch);
    case Operator::subtract:
      return subtract(a, b);
    case Operator::multiply:
      return multiply(a, b);
    case Operator::divide:
      return divide(a, b);
    case Operator::divide_whole:
      return divide_whole(a, b);
    case Operator::remainder:
      return remainder(a, b);
    case Operator::equal:
      return Value::of(equal(a, b));
    case Operator::unequal:
      return Value::of(!equal(a, b));
    case Operator::less:
      return Value::of(std::is_lt(order(a, b)));
    case Operator::at_most:
      return Value::of(std::is_lteq(order(a, b)));
    case Operator::greater:
      return Value::of(std::is_gt(order(a, b)));
    case Operator::at_least:
      return Value::of(std::is_gteq(order(a, b)));
    case Operator::in:
      return Value::of(is_in(a, b));
    case Operator::negate:
    case Operator::invert:
      break;
  }
  __builtin_unreachable();
}

/// Takes the top of the stack.
Value taken(std::vector<Value>& stack) {
  const Value top = stack.back();
  stack.pop_back();
  return top;
}

/// The `n` values at the top give way to `value`.
void replace_top(std::vector<Value>& stack, std::size_t n, Value value) {
  stack.resize(stack.size() - n);
  stack.push_back(value);
}

}  // namespace

Expression::Expression(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  try {
    code_ = compile(*parse(text_));
  } catch (const SyntaxError& error) {
    throw refusal(name_, text_, error);
  }
}

Expression::Expression(std::string name, std::string text, const Tree& part)
    : name_(std::move(name)), text_(std::move(text)) {
  try {
    code_ = compile(part);
  } catch (const SyntaxError& error) {
    throw refusal(name_, text_, error);
  }
}

fail Expression::refusal(const std::string& name, const std::string& text,
                         const SyntaxError& error) {
  // Characters are counted, not their bytes.
  const auto character =
      std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(error.at),
                    [](unsigned char c) { return (c & 0xc0) != 0x80; });
  return fail(name + ", character " + std::to_string(character + 1) + ": " + error.what());
}

void Expression::wrong(std::size_t at, std::string_view what) const {
  throw refusal(name_, text_, SyntaxError(at, std::string(what)));
}

Value Expression::of(any item, Scratch& scratch) const {
  scratch.clear();
  std::size_t at = 0;
  try {
    return run(item, scratch, at);
  } catch (const bad_value& error) {
    wrong(at, error.what());
  }
}

bool Expression::holds(any item, Scratch& scratch) const {
  const Value value = of(item, scratch);
  if (value.kind() == kind::boolean) return value.boolean();
  wrong(0, "expected true or false as the result, got " + std::string(words_for(value)));
}

/// `at` is where the text speaks of what is being done.
Value Expression::run(any item, Scratch& scratch, std::size_t& at) const {
  std::vector<Value>& stack = scratch.stack;
  for (std::size_t i = 0; i < code_.steps.size(); ++i) {
    const Instruction& step = code_.steps[i];
    at = step.at;
    bool jumps = false;
    switch (step.step) {
      case Step::jump:
        jumps = true;
        break;
      case Step::jump_if_false:
        jumps = !stack.back().boolean();
        break;
      case Step::jump_if_true:
        jumps = stack.back().boolean();
        break;
      case Step::jump_if_there:
        jumps = !stack.back().is_null();
        break;
      case Step::jump_unless:
        jumps = !taken(stack).boolean();
        break;
      default:
        take(step, item, scratch);
    }
    if (jumps) i = step.operand - 1;
  }
  return stack.back();
}

/// Does one step that is no jump.
void Expression::take(const Instruction& step, any item, Scratch& scratch) const {
  std::vector<Value>& stack = scratch.stack;
  const auto name = [&]() -> const std::string& { return code_.names[step.operand]; };
  const auto found = [&](const std::optional<any>& field) {
    if (!field) throw bad_value("there is no field '" + name() + "'");
    return Value(*field);
  };
  const auto field_of_top = [&] {
    const Value& top = stack.back();
    const bool has_fields = top.kind() == kind::map || top.kind() == kind::list;
    return has_fields ? field_of(top.other(), name()) : std::nullopt;
  };
  switch (step.step) {
    case Step::constant:
      stack.emplace_back(code_.constants[step.operand].view());
      return;
    case Step::item:
      stack.emplace_back(item);
      return;
    case Step::load:
      stack.push_back(found(field_of(item, name())));
      return;
    case Step::load_or_null:
      stack.emplace_back(field_of(item, name()).value_or(any()));
      return;
    case Step::field:
      stack.back() = found(field_of_top());
      return;
    case Step::field_or_null:
      stack.back() = Value(field_of_top().value_or(any()));
      return;
    case Step::element:
    case Step::element_or_null: {
      const Value place = taken(stack);
      if (stack.back().is_null() && step.step == Step::element_or_null) return;
      const auto element = element_of(stack.back(), place);
      if (!element && step.step == Step::element) throw bad_value("there is no such element");
      stack.back() = element.value_or(Value());
      return;
    }
    case Step::list: {
      const packed list = values::packed_by([&](writer& to) {
        to.list(step.operand);
        for (std::size_t i = stack.size() - step.operand; i < stack.size(); ++i) stack[i].write(to);
      });
      return replace_top(stack, step.operand, Value(scratch.keep(list)));
    }
    case Step::unary:
      stack.back() = unary(step.op, stack.back());
      return;
    case Step::binary: {
      const Value b = taken(stack);
      stack.back() = binary(step.op, stack.back(), b, scratch);
      return;
    }
    case Step::call: {
      const std::span<const Value> args(stack.data() + (stack.size() - step.count), step.count);
      return replace_top(stack, step.count, functions()[step.operand].call(args, scratch));
    }
    case Step::matches: {
      const Value text = stack.back();
      if (text.kind() != kind::text) {
        throw bad_value("expected text, got " + std::string(words_for(text)));
      }
      stack.back() = Value::of(code_.patterns[step.operand]->matches(text.text()));
      return;
    }
    case Step::is_there:
      stack.back() = Value::of(!stack.back().is_null());
      return;
    case Step::boolean:
      if (stack.back().kind() != kind::boolean) {
        throw bad_value("expected true or false, got " + std::string(words_for(stack.back())));
      }
      return;
    case Step::drop:
      stack.pop_back();
      return;
    default:
      __builtin_unreachable();  // jumps
  }
}

}  // namespace papy::expression
