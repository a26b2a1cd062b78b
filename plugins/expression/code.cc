#include "expression/code.h"

#include <algorithm>
#include <papy/cpp/error.hpp>
#include <string_view>

#include "expression/token.h"

namespace papy::expression {
namespace {

/// The functions that are part of the language: what they do with their arguments no function can.
constexpr std::string_view kOwn[] = {"has", "if", "matches"};

std::string all_names() {
  std::vector<std::string_view> names(std::begin(kOwn), std::end(kOwn));
  for (const Function& function : functions()) names.push_back(function.name);
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

class Compiler {
 public:
  Code take(const Tree& tree) {
    put(tree);
    return std::move(code_);
  }

 private:
  /// Whether fields that are not there are null instead of a failure.
  enum class Missing { fails, is_null };

  std::size_t emit(Step step, const Tree& tree, std::size_t operand = 0, std::size_t count = 0) {
    code_.steps.push_back({step, tree.op, static_cast<std::uint32_t>(operand),
                           static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(tree.at)});
    return code_.steps.size() - 1;
  }
  /// The jump at `jump` leads to here.
  void land(std::size_t jump) {
    code_.steps[jump].operand = static_cast<std::uint32_t>(code_.steps.size());
  }
  std::size_t name(const std::string& text) {
    code_.names.push_back(text);
    return code_.names.size() - 1;
  }
  const Tree& part(const Tree& tree, std::size_t i) { return *tree.parts[i]; }

  void put(const Tree& tree, Missing missing = Missing::fails) {
    switch (tree.is) {
      case Tree::Is::constant:
        code_.constants.push_back(tree.value);
        emit(Step::constant, tree, code_.constants.size() - 1);
        return;
      case Tree::Is::item:
        emit(Step::item, tree);
        return;
      case Tree::Is::field:
        return put_field(tree, missing);
      case Tree::Is::element:
        put(part(tree, 0), missing);
        put(part(tree, 1));
        emit(missing == Missing::fails ? Step::element : Step::element_or_null, tree);
        return;
      case Tree::Is::list:
        for (const auto& one : tree.parts) put(*one);
        emit(Step::list, tree, tree.parts.size());
        return;
      case Tree::Is::operation:
        for (const auto& one : tree.parts) put(*one);
        emit(tree.parts.size() == 1 ? Step::unary : Step::binary, tree);
        return;
      case Tree::Is::conjunction:
        return put_choice(tree, Step::jump_if_false);
      case Tree::Is::disjunction:
        return put_choice(tree, Step::jump_if_true);
      case Tree::Is::otherwise: {
        put(part(tree, 0), Missing::is_null);
        const std::size_t there = emit(Step::jump_if_there, tree);
        emit(Step::drop, tree);
        put(part(tree, 1), missing);
        return land(there);
      }
      case Tree::Is::call:
        return put_call(tree);
    }
  }
  void put_field(const Tree& tree, Missing missing) {
    const bool fails = missing == Missing::fails;
    if (part(tree, 0).is == Tree::Is::item) {
      emit(fails ? Step::load : Step::load_or_null, tree, name(tree.name));
      return;
    }
    put(part(tree, 0), missing);
    emit(fails ? Step::field : Step::field_or_null, tree, name(tree.name));
  }
  void put_boolean(const Tree& tree) {
    put(tree);
    emit(Step::boolean, tree);
  }
  void put_choice(const Tree& tree, Step decided) {
    put_boolean(part(tree, 0));
    const std::size_t jump = emit(decided, tree);
    emit(Step::drop, tree);
    put_boolean(part(tree, 1));
    land(jump);
  }

  void put_call(const Tree& tree) {
    if (tree.name == "if") return put_if(tree);
    if (tree.name == "has") return put_has(tree);
    if (tree.name == "matches") return put_matches(tree);
    const auto all = functions();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Function& function) {
      return function.name == tree.name;
    });
    if (found == all.end()) {
      throw SyntaxError(tree.at,
                        "there is no function '" + tree.name + "', expected one of " + all_names());
    }
    check_count(tree, found->least, found->most);
    for (const auto& one : tree.parts) put(*one);
    emit(Step::call, tree, static_cast<std::size_t>(found - all.begin()), tree.parts.size());
  }
  static void check_count(const Tree& tree, std::size_t least, std::size_t most) {
    const std::size_t n = tree.parts.size();
    if (n >= least && n <= most) return;
    const std::string expected = least == most ? std::to_string(least)
                                 : n < least   ? "at least " + std::to_string(least)
                                               : "at most " + std::to_string(most);
    throw SyntaxError(
        tree.at, "'" + tree.name + "' takes " + expected +
                     (expected.ends_with(" 1") || expected == "1" ? " argument" : " arguments") +
                     ", got " + std::to_string(n));
  }
  void put_if(const Tree& tree) {
    check_count(tree, 3, 3);
    put_boolean(part(tree, 0));
    const std::size_t unless = emit(Step::jump_unless, tree);
    put(part(tree, 1));
    const std::size_t end = emit(Step::jump, tree);
    land(unless);
    put(part(tree, 2));
    land(end);
  }
  void put_has(const Tree& tree) {
    check_count(tree, 1, 1);
    put(part(tree, 0), Missing::is_null);
    emit(Step::is_there, tree);
  }
  void put_matches(const Tree& tree) {
    check_count(tree, 2, 2);
    const Tree& pattern = part(tree, 1);
    if (pattern.is != Tree::Is::constant || pattern.value.view().kind() != kind::text) {
      throw SyntaxError(pattern.at, "the pattern of 'matches' must be a text in quotes");
    }
    try {
      code_.patterns.push_back(std::make_unique<values::Pattern>(pattern.value.as<std::string>()));
    } catch (const bad_value& wrong) {
      throw SyntaxError(pattern.at, wrong.what());
    }
    put(part(tree, 0));
    emit(Step::matches, tree, code_.patterns.size() - 1);
  }

  Code code_;
};

}  // namespace

Code compile(const Tree& tree) { return Compiler().take(tree); }

}  // namespace papy::expression
