// Tokens -> expressions and terms. One cursor over one text.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/formula/formula.hpp"
#include "headwater/formula/tokens.hpp"

namespace headwater {

constexpr int kDeepest = 200;              // nesting of brackets
constexpr int kTallest = 1000;             // height of an expression: operators in one chain
constexpr std::size_t kMostTerms = 5000;   // terms of one right-hand side
constexpr std::size_t kMostSteps = 500;    // arguments of sw() and its kin
constexpr std::size_t kMostModels = 5000;  // models one formula expands to

class Cursor {
 public:
  explicit Cursor(std::string_view source) : source_(source), tokens_(tokenize(source)) {}

  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool take_if(std::string_view symbol);
  void expect(std::string_view symbol, const std::string& why);
  bool at_end() const { return peek().kind == Token::Kind::end; }
  std::size_t end_of_last() const { return at_ == 0 ? 0 : tokens_[at_ - 1].where.end; }
  std::string_view source() const { return source_; }
  [[noreturn]] void fail(const std::string& expected) const;  // "expected ..., found ..."
  [[noreturn]] void fail_at(std::size_t at, const std::string& message) const { syntax_error(source_, at, message); }

  // Counts nesting while it lives.
  class Depth {
   public:
    explicit Depth(Cursor& cursor);
    ~Depth() { --cursor_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Cursor& cursor_;
  };

 private:
  std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// R's arithmetic, from | (lowest) to ^; stops at a token that cannot go on.
ExpressionPtr parse_arithmetic(Cursor& cursor);
// One factor of a term: a name, a call or a number; no operators.
ExpressionPtr parse_factor(Cursor& cursor);

// A sum of regressors in which some summands have alternatives (sw, csw, ...).
struct Alternatives {
  std::vector<std::vector<Term>> choices;  // one member for a plain summand
  bool removed = false;                    // after a minus
};
struct RightHandSide {
  std::vector<Alternatives> pieces;
  bool intercept = true;
};
RightHandSide parse_right_hand_side(Cursor& cursor);
// The factors of interactions in the order of their main effects, as in R: x + z + z:x has x:z.
void order_factors(std::vector<Term>& terms);
// Terms in the order in which they are first added; a:b and b:a are one term, as in R.
class DistinctTerms {
 public:
  DistinctTerms() = default;
  explicit DistinctTerms(const std::vector<Term>& terms);
  void add(const Term& term);
  void add(const std::vector<Term>& terms);
  void remove(const std::vector<Term>& terms);
  const std::vector<Term>& terms() const { return terms_; }

 private:
  static std::vector<std::string> key(const Term& term);

  std::vector<Term> terms_;
  std::set<std::vector<std::string>> keys_;
};

// The expression with every time operator below it in the form name(column, step); a range of steps is refused.
ExpressionPtr with_steps(const Cursor& cursor, const ExpressionPtr& expression);

struct EffectAlternatives {
  std::vector<std::vector<EffectTerm>> choices;
};
std::vector<EffectAlternatives> parse_effects(Cursor& cursor);

bool starts_stepwise(const Cursor& cursor);
void refuse_many_steps(const Cursor& cursor, std::size_t steps);
// sw(a, b) -> {a}, {b}; csw -> {a}, {a, b}; the forms with 0 start with nothing.
template <class Item>
std::vector<std::vector<Item>> stepwise(const std::string& function, const std::vector<std::vector<Item>>& arguments) {
  std::vector<std::vector<Item>> choices;
  if (function.back() == '0') choices.emplace_back();
  std::vector<Item> so_far;
  for (const std::vector<Item>& argument : arguments) {
    if (function.front() != 'c') so_far.clear();
    so_far.insert(so_far.end(), argument.begin(), argument.end());
    choices.push_back(so_far);
  }
  return choices;
}

}  // namespace headwater
