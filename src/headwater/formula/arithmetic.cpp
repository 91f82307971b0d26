// Arithmetic over columns with R's precedence: | & ! comparison + - * / : unary ^.
#include <algorithm>

#include "headwater/core/text.hpp"
#include "headwater/formula/parser.hpp"

namespace headwater {
namespace {

std::string found(const Token& token) {
  if (token.kind == Token::Kind::end) return "the end";
  return "'" + shortened(token.text, 40) + "'";
}

ExpressionPtr node(Expression::Kind kind, std::string name, std::vector<ExpressionPtr> parts, TextRange where) {
  auto expression = std::make_shared<Expression>();
  expression->kind = kind;
  expression->name = std::move(name);
  for (ExpressionPtr& part : parts) {
    expression->height = std::max(expression->height, part->height + 1);
    expression->arguments.push_back({"", std::move(part)});
  }
  expression->where = where;
  return expression;
}

ExpressionPtr binary(const Cursor& cursor, std::string op, ExpressionPtr left, ExpressionPtr right) {
  if (std::max(left->height, right->height) >= kTallest)
    cursor.fail_at(right->where.begin, "more than " + std::to_string(kTallest) +
                                           " operators in one expression; add a column to the data instead");
  const TextRange where{left->where.begin, right->where.end};
  const auto kind = op == ":" ? Expression::Kind::range : Expression::Kind::binary;
  return node(kind, std::move(op), {std::move(left), std::move(right)}, where);
}

Argument parse_argument(Cursor& cursor) {
  Argument argument;
  const Token::Kind kind = cursor.peek().kind;
  if ((kind == Token::Kind::name || kind == Token::Kind::text) && cursor.peek(1).is("=")) {
    argument.name = cursor.take().text;
    cursor.take();
  }
  argument.value = parse_arithmetic(cursor);
  return argument;
}

ExpressionPtr parse_call(Cursor& cursor, const Token& function) {
  auto call = std::make_shared<Expression>();
  call->kind = Expression::Kind::call;
  call->name = function.text;
  cursor.expect("(", "after a function's name");
  if (!cursor.peek().is(")")) {
    do {
      call->arguments.push_back(parse_argument(cursor));
      call->height = std::max(call->height, call->arguments.back().value->height + 1);
    } while (cursor.take_if(","));
  }
  if (!cursor.take_if(")")) cursor.fail("',' or ')'");
  call->where = {function.where.begin, cursor.end_of_last()};
  return call;
}

ExpressionPtr parse_unary(Cursor& cursor);

ExpressionPtr parse_power(Cursor& cursor) {
  ExpressionPtr base;
  if (cursor.take_if("(")) {
    base = parse_arithmetic(cursor);
    cursor.expect(")", "to close the bracket");
  } else {
    base = parse_factor(cursor);
  }
  if (!cursor.take_if("^")) return base;
  const Cursor::Depth depth(cursor);
  return binary(cursor, "^", base, parse_unary(cursor));  // right associative, and x^-1 is allowed
}

ExpressionPtr parse_unary(Cursor& cursor) {
  const Token& sign = cursor.peek();
  if (!sign.is("-") && !sign.is("+")) return parse_power(cursor);
  const Cursor::Depth depth(cursor);
  const std::size_t begin = sign.where.begin;
  const std::string op = cursor.take().text;
  ExpressionPtr inner = parse_unary(cursor);
  if (op == "+") return inner;
  const TextRange where{begin, inner->where.end};
  return node(Expression::Kind::unary, "-", {std::move(inner)}, where);
}

using Level = ExpressionPtr (*)(Cursor&);

template <std::size_t N>
ExpressionPtr left_associative(Cursor& cursor, Level inner, const char* const (&operators)[N]) {
  ExpressionPtr left = inner(cursor);
  for (;;) {
    const char* op = nullptr;
    for (const char* candidate : operators)
      if (cursor.peek().is(candidate)) op = candidate;
    if (!op) return left;
    cursor.take();
    left = binary(cursor, op, left, inner(cursor));
  }
}

ExpressionPtr parse_range(Cursor& cursor) { return left_associative(cursor, parse_unary, {":"}); }
ExpressionPtr parse_product(Cursor& cursor) { return left_associative(cursor, parse_range, {"*", "/"}); }
ExpressionPtr parse_sum(Cursor& cursor) { return left_associative(cursor, parse_product, {"+", "-"}); }
ExpressionPtr parse_comparison(Cursor& cursor) {
  return left_associative(cursor, parse_sum, {"==", "!=", "<", "<=", ">", ">="});
}

ExpressionPtr parse_not(Cursor& cursor) {
  if (!cursor.peek().is("!")) return parse_comparison(cursor);
  const Cursor::Depth depth(cursor);
  const std::size_t begin = cursor.take().where.begin;
  ExpressionPtr inner = parse_not(cursor);
  const TextRange where{begin, inner->where.end};
  return node(Expression::Kind::unary, "!", {std::move(inner)}, where);
}

ExpressionPtr parse_and(Cursor& cursor) { return left_associative(cursor, parse_not, {"&"}); }

}  // namespace

bool Cursor::take_if(std::string_view symbol) {
  if (!peek().is(symbol)) return false;
  take();
  return true;
}

void Cursor::expect(std::string_view symbol, const std::string& why) {
  if (!take_if(symbol)) fail("'" + std::string(symbol) + "' " + why);
}

void Cursor::fail(const std::string& expected) const {
  const bool name_before = at_ > 0 && tokens_[at_ - 1].kind == Token::Kind::name;
  std::string advice;
  if (name_before && peek().kind == Token::Kind::name)
    advice = "; a name of several words stands between back-quotes, a text between quotes";
  if (peek().is("=")) advice = "; equality is written ==";
  fail_at(peek().where.begin, "expected " + expected + ", found " + found(peek()) + advice);
}

Cursor::Depth::Depth(Cursor& cursor) : cursor_(cursor) {
  if (++cursor_.depth_ > kDeepest) {
    --cursor_.depth_;
    cursor_.fail_at(cursor_.peek().where.begin, "brackets are nested too deeply; write this part with fewer");
  }
}

ExpressionPtr parse_factor(Cursor& cursor) {
  const Token token = cursor.peek();
  if (token.kind == Token::Kind::number) {
    cursor.take();
    auto number = std::make_shared<Expression>();
    number->number = token.number;
    number->where = token.where;
    return number;
  }
  if (token.kind == Token::Kind::text) {
    cursor.take();
    return node(Expression::Kind::text, token.text, {}, token.where);
  }
  if (token.kind != Token::Kind::name) cursor.fail("a column, a function or a number");
  cursor.take();
  if (cursor.peek().is("(")) return parse_call(cursor, token);
  if (token.text == "." && cursor.source()[token.where.begin] == '.')
    cursor.fail_at(token.where.begin, "'.' does not stand for all other columns here; name the regressors");
  return node(Expression::Kind::column, token.text, {}, token.where);
}

ExpressionPtr parse_arithmetic(Cursor& cursor) {
  const Cursor::Depth depth(cursor);
  return left_associative(cursor, parse_and, {"|"});
}

ExpressionPtr parse_expression(std::string_view text) {
  Cursor cursor(text);
  ExpressionPtr expression = parse_arithmetic(cursor);
  if (!cursor.at_end()) cursor.fail("an operator or the end");
  return expression;
}

}  // namespace headwater
