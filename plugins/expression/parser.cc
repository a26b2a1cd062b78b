#include "expression/parser.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "expression/lexer.h"

namespace papy::expression {
namespace {

using Node = std::unique_ptr<Tree>;

/// Trees are bounded, so that nobody who walks down one runs out of stack.
void adopt(Tree& tree, Node part) {
  constexpr int kHighest = 1000;
  tree.height = std::max(tree.height, part->height + 1);
  if (tree.height > kHighest) throw SyntaxError(tree.at, "the expression is too long");
  tree.parts.push_back(std::move(part));
}

template <class... Parts>
Node node(Tree::Is is, std::size_t at, Parts... parts) {
  auto made = std::make_unique<Tree>();
  made->is = is;
  made->at = at;
  (adopt(*made, std::move(parts)), ...);
  return made;
}

template <class... Parts>
Node operation(Operator op, std::size_t at, Parts... parts) {
  Node made = node(Tree::Is::operation, at, std::move(parts)...);
  made->op = op;
  return made;
}

Node constant(std::size_t at, packed value) {
  Node made = node(Tree::Is::constant, at);
  made->value = std::move(value);
  return made;
}

Node field(std::size_t at, Node of, std::string name) {
  Node made = node(Tree::Is::field, at, std::move(of));
  made->name = std::move(name);
  return made;
}

struct SymbolOf {
  std::string_view symbol;
  Operator op;
};
constexpr SymbolOf kComparisons[] = {{"==", Operator::equal},  {"!=", Operator::unequal},
                                     {"<", Operator::less},    {"<=", Operator::at_most},
                                     {">", Operator::greater}, {">=", Operator::at_least}};
constexpr SymbolOf kSums[] = {{"+", Operator::add}, {"-", Operator::subtract}};
constexpr SymbolOf kProducts[] = {{"*", Operator::multiply},
                                  {"/", Operator::divide},
                                  {"//", Operator::divide_whole},
                                  {"%", Operator::remainder}};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Node whole() {
    Node tree = disjunction();
    if (lexer_.token() != Token::end) wrong("an operator or the end");
    return tree;
  }

 private:
  /// Nesting is bounded, so that no text overflows the stack.
  class Deeper {
   public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      constexpr int kDeepest = 200;
      if (parser_.depth_ == kDeepest) throw SyntaxError(parser_.lexer_.at(), "nested too deep");
      ++parser_.depth_;
    }
    ~Deeper() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  [[noreturn]] void wrong(std::string_view expected) const {
    throw SyntaxError(lexer_.at(), "expected " + std::string(expected) + ", got " + lexer_.seen());
  }
  bool take_word(std::string_view word) {
    const bool there = lexer_.is_word(word);
    if (there) lexer_.next();
    return there;
  }
  bool take_symbol(std::string_view symbol) {
    const bool there = lexer_.is_symbol(symbol);
    if (there) lexer_.next();
    return there;
  }
  template <std::size_t N>
  std::optional<Operator> take_one_of(const SymbolOf (&symbols)[N]) {
    for (const auto& [symbol, op] : symbols) {
      if (take_symbol(symbol)) return op;
    }
    return std::nullopt;
  }

  Node disjunction() {
    const Deeper deeper(*this);
    Node left = conjunction();
    while (lexer_.is_word("or")) {
      const std::size_t at = lexer_.at();
      lexer_.next();
      left = node(Tree::Is::disjunction, at, std::move(left), conjunction());
    }
    return left;
  }
  Node conjunction() {
    Node left = negation();
    while (lexer_.is_word("and")) {
      const std::size_t at = lexer_.at();
      lexer_.next();
      left = node(Tree::Is::conjunction, at, std::move(left), negation());
    }
    return left;
  }
  Node negation() {
    const Deeper deeper(*this);
    const std::size_t at = lexer_.at();
    if (take_word("not")) return operation(Operator::invert, at, negation());
    return comparison();
  }
  Node comparison() {
    Node left = sum();
    const std::size_t at = lexer_.at();
    Node compared = comparison_of(left);
    if (compared == nullptr) return left;
    const std::size_t next = lexer_.at();
    if (lexer_.is_word("in") || take_one_of(kComparisons)) {
      throw SyntaxError(next, "comparisons make no chain, say 'a < b and b < c'");
    }
    compared->at = at;
    return compared;
  }
  /// Null where no comparison follows; else `left` is used up.
  Node comparison_of(Node& left) {
    if (const auto op = take_one_of(kComparisons)) {
      return operation(*op, 0, std::move(left), sum());
    }
    if (take_word("in")) return operation(Operator::in, 0, std::move(left), sum());
    if (!take_word("not")) return nullptr;
    if (!take_word("in")) wrong("'in' behind 'not'");
    return operation(Operator::invert, 0, operation(Operator::in, 0, std::move(left), sum()));
  }
  Node sum() {
    return chain(kSums, [&] { return product(); });
  }
  Node product() {
    return chain(kProducts, [&] { return sign(); });
  }
  template <std::size_t N, class Next>
  Node chain(const SymbolOf (&symbols)[N], const Next& next) {
    Node left = next();
    while (true) {
      const std::size_t at = lexer_.at();
      const auto op = take_one_of(symbols);
      if (!op) return left;
      left = operation(*op, at, std::move(left), next());
    }
  }
  Node sign() {
    const Deeper deeper(*this);
    const std::size_t at = lexer_.at();
    if (take_symbol("-")) return operation(Operator::negate, at, sign());
    return otherwise();
  }
  Node otherwise() {
    Node left = postfix();
    const std::size_t at = lexer_.at();
    if (!take_symbol("??")) return left;
    return node(Tree::Is::otherwise, at, std::move(left), sign());
  }
  Node postfix() {
    Node tree = primary();
    while (lexer_.is_symbol(".") || lexer_.is_symbol("[")) {
      const std::size_t at = lexer_.at();
      if (lexer_.is_symbol(".")) {
        tree = field(at + 1, std::move(tree), lexer_.field_behind_point());
      } else {
        lexer_.next();
        tree = node(Tree::Is::element, at, std::move(tree), disjunction());
        if (!take_symbol("]")) wrong("']'");
      }
    }
    return tree;
  }
  Node primary() {
    const std::size_t at = lexer_.at();
    switch (lexer_.token()) {
      case Token::integer:
      case Token::real:
        return number();
      case Token::text: {
        packed value = pack(lexer_.text());
        lexer_.next();
        return constant(at, std::move(value));
      }
      case Token::quoted:
      case Token::name:
        return named();
      default:
        break;
    }
    if (take_symbol("(")) {
      Node inside = disjunction();
      if (!take_symbol(")")) wrong("')'");
      return inside;
    }
    if (!take_symbol("[")) wrong("a value");
    Node list = node(Tree::Is::list, at);
    take_parts(*list, "]");
    return list;
  }
  /// Takes what stands between commas, and the bracket behind it.
  void take_parts(Tree& into, std::string_view close) {
    if (take_symbol(close)) return;
    do {
      adopt(into, disjunction());
    } while (take_symbol(","));
    if (!take_symbol(close)) wrong("',' or '" + std::string(close) + "'");
  }
  Node number() {
    const std::size_t at = lexer_.at();
    const std::string text = lexer_.text();
    const bool is_real = lexer_.token() == Token::real;
    lexer_.next();
    const char* const end = text.data() + text.size();
    std::uint64_t whole = 0;
    if (!is_real && std::from_chars(text.data(), end, whole).ec == std::errc()) {
      return constant(at, pack(whole));
    }
    double real = 0;
    if (!is_real || std::from_chars(text.data(), end, real).ec != std::errc()) {
      throw SyntaxError(at, "'" + text + "' does not fit into 64 bits");
    }
    return constant(at, pack(real));
  }
  Node named() {
    const std::size_t at = lexer_.at();
    const std::string name = lexer_.text();
    const bool quoted = lexer_.token() == Token::quoted;
    const bool reserved = name == "and" || name == "or" || name == "not" || name == "in";
    if (!quoted && reserved) wrong("a value");
    lexer_.next();
    if (!quoted && (name == "true" || name == "false")) return constant(at, pack(name == "true"));
    if (!quoted && name == "null") return constant(at, packed());
    if (!quoted && name == "it") return node(Tree::Is::item, at);
    if (quoted || !take_symbol("(")) return field(at, node(Tree::Is::item, at), name);
    Node call = node(Tree::Is::call, at);
    call->name = name;
    take_parts(*call, ")");
    return call;
  }

  Lexer lexer_;
  int depth_ = 0;
};

}  // namespace

std::unique_ptr<Tree> parse(std::string_view text) { return Parser(text).whole(); }

}  // namespace papy::expression
