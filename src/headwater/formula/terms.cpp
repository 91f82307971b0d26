// The algebra of terms: + - : * and powers of sums, as R has it; lags written as ranges become one term each.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "headwater/core/text.hpp"
#include "headwater/formula/parser.hpp"

namespace headwater {
namespace {

using Terms = std::vector<Term>;

constexpr double kLongestStep = 1000;  // periods

std::string term_text(const std::vector<ExpressionPtr>& factors) {
  std::vector<std::string> parts;
  parts.reserve(factors.size());
  for (const ExpressionPtr& factor : factors) parts.push_back(to_text(*factor));
  return joined(parts, ":");
}

Term make_term(std::vector<ExpressionPtr> factors, TextRange where) {
  std::string text = term_text(factors);
  return {std::move(factors), std::move(text), where};
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
  DistinctTerms result;
  for (const Term& left : a)
    for (const Term& right : b) result.add(product(left, right));
  return result.terms();
}

bool is_time_operator(const Expression& e) { return time_operator(e) != TimeOperator::none; }

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

}  // namespace

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

namespace {

Terms factor_terms(const Cursor& cursor, const ExpressionPtr& factor) {
  if (!is_time_operator(*factor)) return {make_term({with_steps(cursor, factor)}, factor->where)};
  DistinctTerms terms;
  for (const double step : steps_of(cursor, *factor)) {
    auto single = std::make_shared<Expression>(*factor);
    single->arguments.resize(1);
    single->arguments[0].value = with_steps(cursor, single->arguments[0].value);
    single->arguments.push_back({"", number(step, factor->where)});
    terms.add(make_term({single}, factor->where));
  }
  return terms.terms();
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

Terms parse_terms_power(Cursor& cursor) {
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
  DistinctTerms result(base);
  for (int i = 1; i < static_cast<int>(power.number); ++i) result.add(interactions(cursor, result.terms(), base));
  return result.terms();
}

Terms parse_interaction(Cursor& cursor) {
  Terms left = parse_terms_power(cursor);
  while (cursor.take_if(":")) left = interactions(cursor, left, parse_terms_power(cursor));
  return left;
}

Terms parse_crossing(Cursor& cursor) {
  DistinctTerms left(parse_interaction(cursor));
  while (cursor.take_if("*")) {
    const Terms right = parse_interaction(cursor);
    const Terms both = interactions(cursor, left.terms(), right);
    left.add(right);
    left.add(both);
    refuse_many(cursor, left.terms().size());
  }
  return left.terms();
}

Terms parse_terms_sum(Cursor& cursor) {
  const Cursor::Depth depth(cursor);
  DistinctTerms sum(parse_crossing(cursor));
  while (cursor.take_if("+")) {
    sum.add(parse_crossing(cursor));
    refuse_many(cursor, sum.terms().size());
  }
  return sum.terms();
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

}  // namespace

DistinctTerms::DistinctTerms(const std::vector<Term>& terms) { add(terms); }

void DistinctTerms::add(const Term& term) {
  if (keys_.insert(key(term)).second) terms_.push_back(term);
}

void DistinctTerms::add(const std::vector<Term>& terms) {
  for (const Term& term : terms) add(term);
}

void DistinctTerms::remove(const std::vector<Term>& terms) {
  for (const Term& term : terms) keys_.erase(key(term));
  std::erase_if(terms_, [&](const Term& term) { return keys_.count(key(term)) == 0; });
}

std::vector<std::string> DistinctTerms::key(const Term& term) {
  std::vector<std::string> factors;
  for (const ExpressionPtr& factor : term.factors) factors.push_back(to_text(*factor));
  std::sort(factors.begin(), factors.end());
  return factors;
}

void order_factors(std::vector<Term>& terms) {
  std::map<std::string, std::size_t> main_effect;
  for (const Term& term : terms)
    if (term.factors.size() == 1) main_effect.emplace(term.text, main_effect.size());
  for (Term& term : terms) {
    if (term.factors.size() < 2) continue;
    std::vector<std::pair<std::size_t, ExpressionPtr>> ordered;
    for (const ExpressionPtr& factor : term.factors)
      if (const auto found = main_effect.find(to_text(*factor)); found != main_effect.end())
        ordered.emplace_back(found->second, factor);
    if (ordered.size() < term.factors.size()) continue;
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t f = 0; f < ordered.size(); ++f) term.factors[f] = ordered[f].second;
    term.text = term_text(term.factors);
  }
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
      break;
  }
  return side;
}

std::vector<Term> parse_terms(std::string_view text) {
  Cursor cursor(text);
  Terms terms = parse_terms_sum(cursor);
  if (!cursor.at_end()) cursor.fail("'+', ':', '*' or the end");
  return terms;
}

}  // namespace headwater
