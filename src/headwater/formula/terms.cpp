// The algebra of terms: + - : * and powers of sums, as R has it; lags written as ranges become one term each.
#include <algorithm>
#include <cmath>
#include <optional>

#include "headwater/core/text.hpp"
#include "headwater/formula/parser.hpp"

namespace headwater {
namespace {

using Terms = std::vector<Term>;

constexpr double kLongestStep = 1000;  // periods

std::string term_text(const std::vector<ExpressionPtr>& factors) {
  std::vector<std::string> parts;
  for (const ExpressionPtr& factor : factors) parts.push_back(to_text(*factor));
  return joined(parts, ":");
}

Term make_term(std::vector<ExpressionPtr> factors, TextRange where) {
  std::string text = term_text(factors);
  return {std::move(factors), std::move(text), where};
}

std::vector<std::string> sorted_factors(const Term& term) {
  std::vector<std::string> factors;
  for (const ExpressionPtr& factor : term.factors) factors.push_back(to_text(*factor));
  std::sort(factors.begin(), factors.end());
  return factors;
}

void add(Terms& terms, const Term& term) {
  const bool known = std::any_of(terms.begin(), terms.end(), [&](const Term& t) { return same_term(t, term); });
  if (!known) terms.push_back(term);
}

void refuse_many(const Cursor& cursor, std::size_t terms) {
  if (terms > kMostTerms)
    cursor.fail_at(cursor.peek().where.begin, "these are more than " + std::to_string(kMostTerms) +
                                                  " terms; write fewer, or absorb a factor as an effect after '|'");
}

Term product(const Term& a, const Term& b) {
  std::vector<ExpressionPtr> factors = a.factors;
  for (const ExpressionPtr& factor : b.factors) {
    const std::string text = to_text(*factor);
    const bool known =
        std::any_of(factors.begin(), factors.end(), [&](const ExpressionPtr& f) { return to_text(*f) == text; });
    if (!known) factors.push_back(factor);
  }
  return make_term(std::move(factors), {a.where.begin, b.where.end});
}

Terms interactions(const Cursor& cursor, const Terms& a, const Terms& b) {
  refuse_many(cursor, a.size() * b.size());
  Terms result;
  for (const Term& left : a)
    for (const Term& right : b) add(result, product(left, right));
  return result;
}

bool is_time_operator(const Expression& e) {
  return e.kind == Expression::Kind::call && (e.name == "l" || e.name == "f" || e.name == "d");
}

std::optional<double> constant(const Expression& e) {
  if (e.kind == Expression::Kind::number) return e.number;
  if (e.kind == Expression::Kind::unary && e.name == "-")
    if (const auto inner = constant(*e.arguments[0].value)) return -*inner;
  return std::nullopt;
}

ExpressionPtr number(double value, TextRange where) {
  auto expression = std::make_shared<Expression>();
  expression->number = value;
  expression->where = where;
  return expression;
}

// The steps of l(x, 1:3), l(x, c(1, 4)), l(x, 2) or l(x).
std::vector<double> steps_of(const Cursor& cursor, const Expression& call) {
  const std::string usage = call.name + "(column, steps) with whole steps such as 1, 1:4 or c(1, 4)";
  const bool named =
      std::any_of(call.arguments.begin(), call.arguments.end(), [](const Argument& a) { return !a.name.empty(); });
  if (named || call.arguments.empty() || call.arguments.size() > 2)
    cursor.fail_at(call.where.begin, "expected " + usage);
  if (call.arguments.size() == 1) return {1};
  const Expression& steps = *call.arguments[1].value;
  std::vector<double> values;
  if (steps.kind == Expression::Kind::range) {
    const auto from = constant(*steps.arguments[0].value), to = constant(*steps.arguments[1].value);
    if (!from || !to || std::abs(*to - *from) > kLongestStep) cursor.fail_at(steps.where.begin, "expected " + usage);
    const double direction = *to >= *from ? 1 : -1;
    for (double step = *from; direction * (*to - step) > -1e-9; step += direction) values.push_back(step);
  } else if (steps.kind == Expression::Kind::call && steps.name == "c") {
    for (const Argument& argument : steps.arguments) values.push_back(constant(*argument.value).value_or(std::nan("")));
  } else {
    values.push_back(constant(steps).value_or(std::nan("")));
  }
  if (values.empty()) cursor.fail_at(steps.where.begin, "expected " + usage);
  for (const double value : values)
    if (!(value == std::floor(value)) || std::abs(value) > kLongestStep)
      cursor.fail_at(steps.where.begin, "expected " + usage);
  return values;
}

// Normalises every time operator below `e`; a range is allowed at the top of a factor only.
ExpressionPtr with_steps(const Cursor& cursor, const ExpressionPtr& e) {
  auto copy = std::make_shared<Expression>(*e);
  for (Argument& argument : copy->arguments) argument.value = with_steps(cursor, argument.value);
  if (is_time_operator(*copy)) {
    const std::vector<double> steps = steps_of(cursor, *copy);
    if (steps.size() != 1)
      cursor.fail_at(copy->where.begin,
                     "several steps of " + copy->name + "() inside another expression; write one term each");
    copy->arguments.resize(1);
    copy->arguments.push_back({"", number(steps[0], copy->where)});
  }
  return copy;
}

Terms factor_terms(const Cursor& cursor, const ExpressionPtr& factor) {
  if (!is_time_operator(*factor)) return {make_term({with_steps(cursor, factor)}, factor->where)};
  Terms terms;
  for (const double step : steps_of(cursor, *factor)) {
    auto single = std::make_shared<Expression>(*factor);
    single->arguments.resize(1);
    single->arguments[0].value = with_steps(cursor, single->arguments[0].value);
    single->arguments.push_back({"", number(step, factor->where)});
    add(terms, make_term({single}, factor->where));
  }
  return terms;
}

Terms parse_terms_sum(Cursor& cursor);

Terms parse_primary(Cursor& cursor) {
  const Cursor::Depth depth(cursor);
  if (cursor.take_if("(")) {
    Terms inner = parse_terms_sum(cursor);
    cursor.expect(")", "to close the bracket");
    return inner;
  }
  if (cursor.peek().kind == Token::Kind::number)
    cursor.fail("a column or a function; a number alone has no coefficient");
  const ExpressionPtr factor = parse_factor(cursor);
  if (factor->kind == Expression::Kind::text)
    cursor.fail_at(factor->where.begin, "expected a column or a function, found a text");
  if (factor->kind == Expression::Kind::call && is_stepwise(factor->name))
    cursor.fail_at(factor->where.begin, factor->name + "() stands alone between plus signs, not inside another term");
  return factor_terms(cursor, factor);
}

Terms parse_power(Cursor& cursor) {
  const std::size_t begin = cursor.peek().where.begin;
  Terms base = parse_primary(cursor);
  if (cursor.peek().is("/"))
    cursor.fail_at(cursor.peek().where.begin, "'/' between terms has no meaning here; for a quotient write I(a / b)");
  for (const char* comparison : {"==", "!=", "<", "<=", ">", ">="})
    if (cursor.peek().is(comparison))
      cursor.fail_at(cursor.peek().where.begin, std::string("a comparison goes inside I(): write I(") + base[0].text +
                                                    " " + comparison + " value)");
  if (!cursor.peek().is("^")) return base;
  cursor.take();
  const Token power = cursor.take();
  if (base.size() == 1)
    cursor.fail_at(begin, "a power of a column goes inside I(): write I(" + base[0].text + "^" +
                              (power.kind == Token::Kind::number ? power.text : "power") + ")");
  if (power.kind != Token::Kind::number || power.number < 1 || power.number > 4 ||
      power.number != std::floor(power.number))
    cursor.fail_at(power.where.begin, "expected a whole power from 1 to 4 of a sum of terms");
  Terms result = base;
  for (int i = 1; i < static_cast<int>(power.number); ++i) {
    const Terms crossed = interactions(cursor, result, base);
    for (const Term& term : crossed) add(result, term);
  }
  return result;
}

Terms parse_interaction(Cursor& cursor) {
  Terms left = parse_power(cursor);
  while (cursor.take_if(":")) left = interactions(cursor, left, parse_power(cursor));
  return left;
}

Terms parse_crossing(Cursor& cursor) {
  Terms left = parse_interaction(cursor);
  while (cursor.take_if("*")) {
    const Terms right = parse_interaction(cursor);
    const Terms both = interactions(cursor, left, right);
    for (const Term& term : right) add(left, term);
    for (const Term& term : both) add(left, term);
  }
  return left;
}

Terms parse_terms_sum(Cursor& cursor) {
  const Cursor::Depth depth(cursor);
  Terms sum = parse_crossing(cursor);
  while (cursor.take_if("+")) {
    for (const Term& term : parse_crossing(cursor)) add(sum, term);
    refuse_many(cursor, sum.size());
  }
  return sum;
}

void refuse_many_steps(const Cursor& cursor, std::size_t steps) {
  if (steps > kMostSteps)
    cursor.fail_at(cursor.peek().where.begin, "more than " + std::to_string(kMostSteps) + " steps; write fewer");
}

Alternatives parse_stepwise(Cursor& cursor) {
  const std::string function = cursor.take().text;
  cursor.expect("(", "after " + function);
  std::vector<Terms> arguments;
  do {
    arguments.push_back(parse_terms_sum(cursor));
    refuse_many_steps(cursor, arguments.size());
  } while (cursor.take_if(","));
  if (!cursor.take_if(")")) cursor.fail("',' or ')'");
  return {stepwise(function, arguments), false};
}

bool starts_stepwise(const Cursor& cursor) {
  return cursor.peek().kind == Token::Kind::name && is_stepwise(cursor.peek().text) && cursor.peek(1).is("(");
}

EffectTerm parse_effect(Cursor& cursor) {
  EffectTerm effect;
  effect.where.begin = cursor.peek().where.begin;
  std::vector<std::string> keys;
  do {
    const ExpressionPtr key = parse_factor(cursor);
    if (key->kind != Expression::Kind::column && key->kind != Expression::Kind::call)
      cursor.fail_at(key->where.begin, "expected the column of an effect, such as trust or type^quarter");
    effect.keys.push_back(with_steps(cursor, key));
    keys.push_back(to_text(*key));
  } while (cursor.take_if("^"));
  effect.text = joined(keys, "^");
  const bool slopes_only = cursor.peek().is("[[");
  if (slopes_only || cursor.peek().is("[")) {
    cursor.take();
    effect.intercept = !slopes_only;
    std::vector<std::string> slopes;
    do {
      const ExpressionPtr slope = with_steps(cursor, parse_arithmetic(cursor));
      effect.slopes.push_back(slope);
      slopes.push_back(to_text(*slope));
    } while (cursor.take_if(","));
    cursor.expect("]", "after the slopes of an effect");
    if (slopes_only) cursor.expect("]", "twice after slopes without levels");
    effect.text += (slopes_only ? "[[" : "[") + joined(slopes, ", ") + (slopes_only ? "]]" : "]");
  }
  effect.where.end = cursor.end_of_last();
  if (cursor.peek().is(":") || cursor.peek().is("*"))
    cursor.fail_at(cursor.peek().where.begin, "effects are crossed with '^', as in type^quarter");
  return effect;
}

std::vector<EffectTerm> parse_effect_sum(Cursor& cursor) {
  std::vector<EffectTerm> effects{parse_effect(cursor)};
  while (cursor.take_if("+")) effects.push_back(parse_effect(cursor));
  return effects;
}

}  // namespace

bool same_term(const Term& a, const Term& b) {
  if (a.text == b.text) return true;
  const bool reordered = a.factors.size() == b.factors.size() && a.factors.size() > 1 && a.text.size() == b.text.size();
  return reordered && sorted_factors(a) == sorted_factors(b);
}

bool is_stepwise(const std::string& function) {
  return function == "sw" || function == "sw0" || function == "csw" || function == "csw0";
}

RightHandSide parse_right_hand_side(Cursor& cursor) {
  RightHandSide side;
  bool minus = cursor.take_if("-");
  if (!minus) cursor.take_if("+");
  for (;;) {
    const Token& token = cursor.peek();
    const bool alone = token.kind == Token::Kind::number && (token.number == 0 || token.number == 1) &&
                       !cursor.peek(1).is(":") && !cursor.peek(1).is("*");
    if (alone) {
      side.intercept = (cursor.take().number == 1) != minus;
    } else if (starts_stepwise(cursor)) {
      if (minus) cursor.fail("a term after '-'");
      side.pieces.push_back(parse_stepwise(cursor));
    } else {
      side.pieces.push_back({{parse_crossing(cursor)}, minus});
    }
    refuse_many(cursor, side.pieces.size());
    if (cursor.take_if("+"))
      minus = false;
    else if (cursor.take_if("-"))
      minus = true;
    else
      return side;
  }
}

std::vector<EffectAlternatives> parse_effects(Cursor& cursor) {
  std::vector<EffectAlternatives> pieces;
  if (cursor.peek().kind == Token::Kind::number && (cursor.peek().number == 0 || cursor.peek().number == 1)) {
    cursor.take();  // "| 0 |" and "| 1 |": no effects
    return pieces;
  }
  do {
    if (starts_stepwise(cursor)) {
      const std::string function = cursor.take().text;
      cursor.expect("(", "after " + function);
      std::vector<std::vector<EffectTerm>> arguments;
      do {
        arguments.push_back(parse_effect_sum(cursor));
        refuse_many_steps(cursor, arguments.size());
      } while (cursor.take_if(","));
      if (!cursor.take_if(")")) cursor.fail("',' or ')'");
      pieces.push_back({stepwise(function, arguments)});
    } else {
      pieces.push_back({{{parse_effect(cursor)}}});
    }
  } while (cursor.take_if("+"));
  return pieces;
}

std::vector<Term> parse_terms(std::string_view text) {
  Cursor cursor(text);
  Terms terms = parse_terms_sum(cursor);
  if (!cursor.at_end()) cursor.fail("'+', ':', '*' or the end");
  return terms;
}

}  // namespace headwater
