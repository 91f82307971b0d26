// Canonical text of expressions, as R deparses them, and the columns they read.
#include <algorithm>

#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/formula/formula.hpp"

namespace headwater {
namespace {

int precedence(const Expression& e) {
  if (e.kind == Expression::Kind::range) return 6;
  if (e.kind == Expression::Kind::unary) return e.name == "!" ? 2 : 7;
  if (e.kind != Expression::Kind::binary) return 9;
  if (e.name == "|") return 0;
  if (e.name == "&") return 1;
  if (e.name == "+" || e.name == "-") return 4;
  if (e.name == "*" || e.name == "/") return 5;
  if (e.name == "^") return 8;
  return 3;  // comparisons
}

std::string bracketed(const Expression& inner, bool needed) {
  return needed ? "(" + to_text(inner) + ")" : to_text(inner);
}

std::string binary_text(const Expression& e) {
  const Expression& left = *e.arguments[0].value;
  const Expression& right = *e.arguments[1].value;
  const int own = precedence(e);
  const bool right_associative = e.name == "^";
  const bool tight = e.name == "^" || e.name == "/" || e.kind == Expression::Kind::range;
  const std::string gap = tight ? "" : " ";
  return bracketed(left, precedence(left) < own || (right_associative && precedence(left) == own)) + gap + e.name +
         gap + bracketed(right, precedence(right) < own || (!right_associative && precedence(right) == own));
}

std::string call_text(const Expression& e) {
  std::string text = quoted_name(e.name) + "(";
  for (std::size_t i = 0; i < e.arguments.size(); ++i) {
    if (i > 0) text += ", ";
    if (!e.arguments[i].name.empty()) text += quoted_name(e.arguments[i].name) + " = ";
    text += to_text(*e.arguments[i].value);
  }
  return text + ")";
}

void collect(const Expression& e, std::vector<std::string>& names) {
  if (e.kind == Expression::Kind::column && std::find(names.begin(), names.end(), e.name) == names.end())
    names.push_back(e.name);
  for (const Argument& argument : e.arguments) collect(*argument.value, names);
}

}  // namespace

std::string to_text(const Expression& e) {
  switch (e.kind) {
    case Expression::Kind::number: return shortest(e.number);
    case Expression::Kind::text: return quoted_text(e.name);
    case Expression::Kind::column: return quoted_name(e.name);
    case Expression::Kind::call: return call_text(e);
    case Expression::Kind::unary:
      return e.name + bracketed(*e.arguments[0].value, precedence(*e.arguments[0].value) < precedence(e));
    case Expression::Kind::binary:
    case Expression::Kind::range: return binary_text(e);
  }
  return "";
}

TimeOperator time_operator(const Expression& e) {
  if (e.kind != Expression::Kind::call) return TimeOperator::none;
  if (e.name == "l" || e.name == "lag") return TimeOperator::lag;
  if (e.name == "f" || e.name == "lead") return TimeOperator::lead;
  return e.name == "d" || e.name == "diff" ? TimeOperator::difference : TimeOperator::none;
}

ExpressionPtr column_expression(const std::string& name) {
  auto column = std::make_shared<Expression>();
  column->kind = Expression::Kind::column;
  column->name = name;
  return column;
}

std::vector<std::string> columns_of(const Expression& expression) {
  std::vector<std::string> names;
  collect(expression, names);
  return names;
}

}  // namespace headwater
