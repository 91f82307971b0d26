// Absorbed effects: keys joined by ^, varying slopes, and the alternatives of sw() and its kin.
#include "headwater/core/text.hpp"
#include "headwater/formula/parser.hpp"

namespace headwater {
namespace {

std::vector<ExpressionPtr> keys_at(Cursor& cursor) {
  std::vector<ExpressionPtr> keys;
  do {
    const ExpressionPtr key = parse_factor(cursor);
    if (key->kind != Expression::Kind::column && key->kind != Expression::Kind::call)
      cursor.fail_at(key->where.begin, "expected the column of an effect, such as trust or type^quarter");
    keys.push_back(with_steps(cursor, key));
  } while (cursor.take_if("^"));
  return keys;
}

EffectTerm parse_effect(Cursor& cursor) {
  EffectTerm effect;
  effect.where.begin = cursor.peek().where.begin;
  effect.keys = keys_at(cursor);
  std::vector<std::string> keys;
  for (const ExpressionPtr& key : effect.keys) keys.push_back(to_text(*key));
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

std::vector<ExpressionPtr> parse_keys(std::string_view text) {
  Cursor cursor(text);
  std::vector<ExpressionPtr> keys = keys_at(cursor);
  if (!cursor.at_end()) cursor.fail("'^' or the end");
  return keys;
}

bool is_stepwise(const std::string& function) {
  return function == "sw" || function == "sw0" || function == "csw" || function == "csw0";
}

bool starts_stepwise(const Cursor& cursor) {
  return cursor.peek().kind == Token::Kind::name && is_stepwise(cursor.peek().text) && cursor.peek(1).is("(");
}

void refuse_many_steps(const Cursor& cursor, std::size_t steps) {
  if (steps > kMostSteps)
    cursor.fail_at(cursor.peek().where.begin, "more than " + std::to_string(kMostSteps) + " steps; write fewer");
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

}  // namespace headwater
