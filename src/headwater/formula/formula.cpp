// y ~ x | effects | endogenous ~ instruments, and what its multiplicities expand to.
#include "headwater/formula/formula.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/formula/parser.hpp"

namespace headwater {
namespace {

void refuse_many_models(const Cursor& cursor, std::size_t models) {
  if (models > kMostModels)
    cursor.fail_at(0, "it stands for more than " + std::to_string(kMostModels) +
                          " models; use fewer alternatives in sw() and csw()");
}

// Cartesian product, the first piece varying slowest.
template <class Items, class Piece, class Combine>
std::vector<Items> combinations(const Cursor& cursor, const std::vector<Piece>& pieces, const Combine& combine) {
  std::vector<Items> result(1);
  for (const Piece& piece : pieces) {
    refuse_many_models(cursor, result.size() * piece.choices.size());
    std::vector<Items> next;
    for (Items& so_far : result) {
      for (std::size_t c = 0; c + 1 < piece.choices.size(); ++c) {
        next.push_back(so_far);
        combine(next.back(), piece.choices[c], piece);
      }
      next.push_back(std::move(so_far));
      combine(next.back(), piece.choices.back(), piece);
    }
    result = std::move(next);
  }
  return result;
}

void combine_terms(DistinctTerms& terms, const std::vector<Term>& choice, const Alternatives& piece) {
  if (piece.removed)
    terms.remove(choice);
  else
    terms.add(choice);
}

void combine_effects(std::vector<EffectTerm>& effects, const std::vector<EffectTerm>& choice,
                     const EffectAlternatives&) {
  for (const EffectTerm& effect : choice)
    if (std::none_of(effects.begin(), effects.end(),
                     [&](const EffectTerm& other) { return other.text == effect.text; }))
      effects.push_back(effect);
}

ExpressionPtr call_of(const char* function, const ExpressionPtr& e) {
  auto call = std::make_shared<Expression>();
  call->kind = Expression::Kind::call;
  call->name = function;
  call->arguments.push_back({"", e});
  call->where = e->where;
  call->height = e->height + 1;
  return call;
}

void add_outcomes(const Cursor& cursor, const ExpressionPtr& e, std::vector<Formula::Outcome>& outcomes) {
  if (e->kind == Expression::Kind::call && (e->name == "c" || e->name == "sw")) {
    for (const Argument& argument : e->arguments) add_outcomes(cursor, argument.value, outcomes);
    if (e->arguments.empty()) cursor.fail_at(e->where.begin, e->name + "() holds no outcome");
    return;
  }
  if (e->kind == Expression::Kind::call && e->name == "ratio") {
    if (e->arguments.size() != 2) cursor.fail_at(e->where.begin, "expected ratio(activity, resource) with two columns");
    outcomes.push_back({nullptr, e->arguments[0].value, e->arguments[1].value});
    return;
  }
  // Published growth, as fractions: (1 + activity)/(1 + resource) - 1 is productivity's, exactly, in logarithms.
  if (e->kind == Expression::Kind::call && e->name == "growth") {
    if (e->arguments.size() != 2)
      cursor.fail_at(e->where.begin, "expected growth(activity, resource) with two columns of growth as fractions");
    outcomes.push_back({nullptr, call_of("log1p", e->arguments[0].value), call_of("log1p", e->arguments[1].value)});
    return;
  }
  outcomes.push_back({e, nullptr, nullptr});
}

// Endogenous regressors or instruments.
std::vector<Term> single(const Cursor& cursor, const RightHandSide& side, const char* what) {
  DistinctTerms terms;
  for (const Alternatives& piece : side.pieces) {
    if (piece.choices.size() != 1 || piece.removed) cursor.fail(std::string("plain terms among the ") + what);
    terms.add(piece.choices[0]);
  }
  return terms.terms();
}

// `endogenous ~ 1` has no instruments of its own: an estimator makes them from the model's regressors.
void parse_instruments(Cursor& cursor, Formula& formula) {
  formula.endogenous = single(cursor, parse_right_hand_side(cursor), "endogenous regressors");
  cursor.expect("~", "between endogenous regressors and instruments");
  const RightHandSide side = parse_right_hand_side(cursor);
  formula.instruments = single(cursor, side, "instruments");
  if (formula.endogenous.empty() || (formula.instruments.empty() && !side.intercept))
    cursor.fail("endogenous ~ instruments with a column on either side, or endogenous ~ 1");
}

// True when the part that starts here has a '~' before the next '|' at the same level.
bool is_instrument_part(const Cursor& cursor) {
  int depth = 0;
  for (std::size_t ahead = 0; cursor.peek(ahead).kind != Token::Kind::end; ++ahead) {
    const Token& token = cursor.peek(ahead);
    if (token.is("(") || token.is("[")) ++depth;
    if (token.is("[[")) depth += 2;
    if (token.is(")") || token.is("]")) --depth;
    if (depth == 0 && token.is("|")) return false;
    if (depth == 0 && token.is("~")) return true;
  }
  return false;
}

ExpressionPtr log_of(const ExpressionPtr& e) {
  const bool logged = e->kind == Expression::Kind::call && (e->name == "log" || e->name == "log1p");
  return logged ? e : call_of("log", e);
}

struct ResolvedOutcome {
  ExpressionPtr expression;
  std::string role;
};

std::vector<ResolvedOutcome> resolve(const Formula::Outcome& outcome) {
  if (outcome.expression) return {{outcome.expression, ""}};
  const ExpressionPtr activity = log_of(outcome.activity), resource = log_of(outcome.resource);
  auto ratio = std::make_shared<Expression>();
  ratio->kind = Expression::Kind::binary;
  ratio->name = "-";
  ratio->arguments = {{"", activity}, {"", resource}};
  return {{activity, "activity"}, {resource, "resource"}, {ratio, "ratio"}};
}

template <class Item>
std::string sum_text(const std::vector<Item>& items) {
  std::vector<std::string> parts;
  parts.reserve(items.size());
  for (const Item& item : items) parts.push_back(item.text);
  return joined(parts, " + ");
}

bool is_offset(const Expression& e) {
  return e.kind == Expression::Kind::call && (e.name == "offset" || e.name == "exposure");
}

bool holds_offset(const Expression& e) {
  return std::any_of(e.arguments.begin(), e.arguments.end(),
                     [](const Argument& a) { return is_offset(*a.value) || holds_offset(*a.value); });
}

// The offset that a summand is, or null. Throws where one is part of something larger.
ExpressionPtr offset_alone(const Cursor& cursor, const Alternatives& piece) {
  ExpressionPtr found;
  for (const std::vector<Term>& choice : piece.choices)
    for (const Term& term : choice)
      for (const ExpressionPtr& factor : term.factors) {
        const bool alone =
            piece.choices.size() == 1 && choice.size() == 1 && term.factors.size() == 1 && !piece.removed;
        if (is_offset(*factor) && alone) found = factor;
        if (holds_offset(*factor) || (is_offset(*factor) && !alone))
          cursor.fail_at(factor->where.begin,
                         "offset() and exposure() stand alone between plus signs, not inside another term");
      }
  return found;
}

// What offset(x) or exposure(x) adds to the linear predictor: x or log(x).
ExpressionPtr offset_of(const Cursor& cursor, const Expression& call) {
  if (call.arguments.size() != 1 || !call.arguments[0].name.empty())
    cursor.fail_at(call.where.begin, "expected " + call.name + "(column) with one column or expression");
  const ExpressionPtr& inner = call.arguments[0].value;
  return call.name == "offset" ? inner : call_of("log", inner);
}

ExpressionPtr sum_of(const ExpressionPtr& a, const ExpressionPtr& b) {
  if (!a) return b;
  auto sum = std::make_shared<Expression>();
  sum->kind = Expression::Kind::binary;
  sum->name = "+";
  sum->arguments = {{"", a}, {"", b}};
  sum->where = a->where;
  sum->height = 1 + std::max(a->height, b->height);
  return sum;
}

// Offsets leave the summands.
ExpressionPtr take_offsets(const Cursor& cursor, RightHandSide& side) {
  ExpressionPtr offset;
  std::erase_if(side.pieces, [&](const Alternatives& piece) {
    const ExpressionPtr call = offset_alone(cursor, piece);
    if (call) offset = sum_of(offset, offset_of(cursor, *call));
    return call != nullptr;
  });
  return offset;
}

std::vector<Term> terms_of_role(const ModelFormula& model, bool endogenous) {
  std::vector<Term> own;
  for (const Term& term : model.terms)
    if (term.endogenous == endogenous) own.push_back(term);
  return own;
}

std::string model_text(const ModelFormula& model) {
  const std::vector<Term> exogenous = terms_of_role(model, false), endogenous = terms_of_role(model, true);
  std::string text = model.outcome_name + " ~ ";
  if (exogenous.empty())
    text += model.intercept ? "1" : "0";
  else
    text += sum_text(exogenous) + (model.intercept ? "" : " - 1");
  if (model.offset) text += " + offset(" + to_text(*model.offset) + ")";
  if (!model.effects.empty()) text += " | " + sum_text(model.effects);
  if (!endogenous.empty())
    text += " | " + sum_text(endogenous) + " ~ " + (model.instruments.empty() ? "1" : sum_text(model.instruments));
  return text;
}

void add_endogenous(std::vector<Term>& terms, const std::vector<Term>& endogenous) {
  for (Term term : endogenous) {
    const bool twice = std::any_of(terms.begin(), terms.end(), [&](const Term& t) { return t.text == term.text; });
    if (twice)
      formula_error("endogenous", "'" + term.text +
                                      "' is among the regressors and among the endogenous ones; write it left of the "
                                      "instruments' '~' alone");
    term.endogenous = true;
    terms.push_back(std::move(term));
  }
}

}  // namespace

Formula parse_formula(std::string_view text) {
  Cursor cursor(text);
  Formula formula;
  formula.source = std::string(text);
  const ExpressionPtr outcome = parse_arithmetic(cursor);
  add_outcomes(cursor, outcome, formula.outcomes);
  if (!cursor.take_if("~")) cursor.fail("'~' between the outcome and the regressors");
  RightHandSide side = parse_right_hand_side(cursor);
  formula.offset = take_offsets(cursor, side);
  formula.intercept = side.intercept;
  for (const DistinctTerms& terms : combinations<DistinctTerms>(cursor, side.pieces, combine_terms)) {
    formula.regressors.push_back(terms.terms());
    order_factors(formula.regressors.back());
  }
  formula.effects = {{}};
  if (cursor.take_if("|")) {
    if (is_instrument_part(cursor)) {
      parse_instruments(cursor, formula);
    } else {
      formula.effects = combinations<std::vector<EffectTerm>>(cursor, parse_effects(cursor), combine_effects);
      if (cursor.take_if("|")) parse_instruments(cursor, formula);
    }
  }
  if (!cursor.at_end()) cursor.fail("'+', '|' or the end");
  refuse_many_models(cursor, formula.outcomes.size() * formula.regressors.size() * formula.effects.size());
  return formula;
}

std::vector<ModelFormula> expand(const Formula& formula) {
  std::vector<ModelFormula> models;
  for (const std::vector<EffectTerm>& effects : formula.effects)
    for (const Formula::Outcome& outcome : formula.outcomes)
      for (const std::vector<Term>& terms : formula.regressors)
        for (const ResolvedOutcome& resolved : resolve(outcome)) {
          ModelFormula model;
          model.outcome = resolved.expression;
          model.outcome_name = to_text(*resolved.expression);
          model.role = resolved.role;
          model.terms = terms;
          add_endogenous(model.terms, formula.endogenous);
          model.intercept = formula.intercept;
          model.offset = formula.offset;
          model.effects = effects;
          model.instruments = formula.instruments;
          model.text = model_text(model);
          models.push_back(std::move(model));
        }
  return models;
}

std::vector<ModelFormula> expand_split(const ModelFormula& model, const std::string& column,
                                       const std::vector<std::string>& values, bool with_full_sample) {
  std::vector<ModelFormula> models;
  const auto add = [&](const std::string& value) {
    models.push_back(model);
    models.back().split_column = column;
    models.back().split_value = value;
  };
  if (with_full_sample) add("");
  for (const std::string& value : values) add(value);
  return models;
}

void formula_error(const std::string& code, const std::string& message) {
  throw Error(ErrorKind::formula, "formula." + code, message);
}

}  // namespace headwater
