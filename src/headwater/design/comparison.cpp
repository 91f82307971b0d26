#include "headwater/design/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bool is_literal(const Expression& e) { return e.kind == Expression::Kind::text; }

const Column* column_of(const Panel& panel, const Expression& e) {
  return e.kind == Expression::Kind::column ? panel.find(e.name) : nullptr;
}

bool is_text(const Column* column) { return column && column->type == Column::Type::text; }

std::string mirrored(const std::string& op) {
  if (op[0] == '<') return ">" + op.substr(1);
  if (op[0] == '>') return "<" + op.substr(1);
  return op;
}

// With the literal, where there is one, on the right.
struct Sides {
  const Expression* left;
  const Expression* right;
  std::string op;
};

Sides sides_of(const Expression& e) {
  const Expression &a = *e.arguments[0].value, &b = *e.arguments[1].value;
  if (is_literal(a) && !is_literal(b)) return {&b, &a, mirrored(e.name)};
  return {&a, &b, e.name};
}

bool holds(const std::string& op, std::int64_t a, std::int64_t b) {
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  return op == ">" ? a > b : a >= b;
}

bool by_equality(const std::string& op) { return op == "==" || op == "!="; }

// A column that is not there beside a column of texts: a value without its quotes.
void refuse_unquoted(const Panel& panel, const Sides& sides) {
  for (const auto& [word, other] : {std::pair{sides.right, sides.left}, std::pair{sides.left, sides.right}}) {
    if (word->kind != Expression::Kind::column || panel.find(word->name)) continue;
    const Column* column = column_of(panel, *other);
    if (!is_text(column) && !(column && column->name == panel.keys().time)) continue;
    formula_error("unquoted", "there is no column '" + word->name + "' in " + panel.ledger().file +
                                  "; where it is a value of '" + other->name + "', put quotes round " + word->name +
                                  ": " + to_text(*other) + " " + sides.op + " " + quoted_text(word->name));
  }
}

bool is_time_key(const Panel& panel, const std::string& name) { return panel.has_time() && name == panel.keys().time; }

// What is written as a period of the column: of the time key in any spelling it has, else of the same frequency.
std::optional<std::int64_t> as_period(const Panel& panel, const std::string& column, const std::string& text,
                                      Frequency frequency) {
  const std::optional<Period> period = is_time_key(panel, column) ? panel.period_of(text) : parse_period(text);
  return period && period->frequency == frequency ? std::optional(period->ordinal) : std::nullopt;
}

std::string example(const PeriodColumn& column) {
  for (const auto& ordinal : column.ordinals)
    if (ordinal) return to_text(Period{column.frequency, *ordinal});
  return "";
}

Vector against_period(const PeriodColumn& column, const std::string& op, std::int64_t wanted) {
  Vector result(static_cast<Index>(column.ordinals.size()));
  for (std::size_t i = 0; i < column.ordinals.size(); ++i)
    result(static_cast<Index>(i)) = column.ordinals[i] ? holds(op, *column.ordinals[i], wanted) : kMissing;
  return result;
}

Vector between_periods(const PeriodColumn& a, const std::string& op, const PeriodColumn& b) {
  Vector result(static_cast<Index>(a.ordinals.size()));
  for (std::size_t i = 0; i < a.ordinals.size(); ++i)
    result(static_cast<Index>(i)) =
        a.ordinals[i] && b.ordinals[i] ? holds(op, *a.ordinals[i], *b.ordinals[i]) : kMissing;
  return result;
}

Vector against_text(const Column& column, const std::string& op, const std::string& wanted) {
  Vector result(column.size());
  for (Index i = 0; i < column.size(); ++i) {
    const std::int32_t code = column.codes[static_cast<std::size_t>(i)];
    result(i) = code < 0 ? kMissing : (column.levels[static_cast<std::size_t>(code)] == wanted) == (op == "==");
  }
  return result;
}

Vector between_texts(const Column& a, const std::string& op, const Column& b) {
  Vector result(a.size());
  for (Index i = 0; i < a.size(); ++i) {
    const std::int32_t x = a.codes[static_cast<std::size_t>(i)], y = b.codes[static_cast<std::size_t>(i)];
    result(i) = x < 0 || y < 0
                    ? kMissing
                    : (a.levels[static_cast<std::size_t>(x)] == b.levels[static_cast<std::size_t>(y)]) == (op == "==");
  }
  return result;
}

[[noreturn]] void refuse_order(const Expression& e, const std::string& column) {
  formula_error("text", to_text(e) + " asks for an order, which the texts of '" + column +
                            "' do not have; compare them with == or !=");
}

[[noreturn]] void refuse_period(const Expression& e, const std::string& wanted, const std::string& column,
                                const PeriodColumn& periods) {
  formula_error("period", to_text(e) + ": " + wanted + " is no period of '" + column +
                              "', which holds periods such as " + example(periods) + "; write it like them");
}

// The time key against a number, where its periods are not numbers themselves: month >= 201910.
std::optional<Vector> against_number(const Panel& panel, const Expression& e) {
  const Expression &a = *e.arguments[0].value, &b = *e.arguments[1].value;
  const bool first = a.kind == Expression::Kind::column && is_time_key(panel, a.name);
  const Expression &key = first ? a : b, &number = first ? b : a;
  if (key.kind != Expression::Kind::column || !is_time_key(panel, key.name)) return std::nullopt;
  if (number.kind != Expression::Kind::number || counts_itself(panel)) return std::nullopt;
  const PeriodColumn periods = *period_column(panel, key.name);
  const auto wanted = as_period(panel, key.name, to_text(number), periods.frequency);
  if (!wanted) refuse_period(e, to_text(number), key.name, periods);
  return against_period(periods, first ? e.name : mirrored(e.name), *wanted);
}

Vector with_literal(const Panel& panel, const Expression& e, const Sides& sides) {
  const std::string& wanted = sides.right->name;
  const Column* column = column_of(panel, *sides.left);
  if (!column && sides.left->kind == Expression::Kind::column)
    panel.column(sides.left->name);  // says that it is not there
  if (!column) formula_error("text", to_text(e) + " compares a number with a text");
  if (const auto periods = period_column(panel, column->name)) {
    if (const auto period = as_period(panel, column->name, wanted, periods->frequency))
      return against_period(*periods, sides.op, *period);
    if (!is_text(column) || !by_equality(sides.op) || is_time_key(panel, column->name))
      refuse_period(e, quoted_text(wanted), column->name, *periods);
  }
  if (!is_text(column))
    formula_error("text", to_text(e) + " compares a number with a text; '" + column->name +
                              "' holds numbers, so write the value without quotes");
  if (!by_equality(sides.op)) refuse_order(e, column->name);
  return against_text(*column, sides.op, wanted);
}

// A column of texts against a number: keys of digits are texts.
[[noreturn]] void refuse_number(const Panel& panel, const Expression& e, const Sides& sides) {
  const Expression &texts = is_text(column_of(panel, *sides.left)) ? *sides.left : *sides.right,
                   &number = &texts == sides.left ? *sides.right : *sides.left;
  const std::string& name = texts.name;
  const bool key = name == panel.keys().unit;
  std::string advice = "; compare it with a text";
  if (number.kind == Expression::Kind::number)
    advice = "; write " + to_text(texts) + " " + (&texts == sides.left ? sides.op : mirrored(sides.op)) + " " +
             quoted_text(to_text(number));
  formula_error("text",
                to_text(e) + ": '" + name + "' " + (key ? "is a key, which is kept as text" : "holds text") + advice);
}

}  // namespace

bool counts_itself(const Panel& panel) {
  const Frequency frequency = panel.periods().empty() ? Frequency::integer : panel.periods().front().frequency;
  return frequency == Frequency::integer || frequency == Frequency::year;
}

std::optional<PeriodColumn> period_column(const Panel& panel, const std::string& name) {
  PeriodColumn result;
  const auto rows = static_cast<std::size_t>(panel.rows());
  if (is_time_key(panel, name)) {
    result.frequency = panel.periods().empty() ? Frequency::integer : panel.periods().front().frequency;
    for (std::size_t i = 0; i < rows; ++i)
      result.ordinals.emplace_back(panel.periods()[static_cast<std::size_t>(panel.times().code[i])].ordinal);
    return result;
  }
  const Column* column = panel.find(name);
  if (!is_text(column) || column->levels.empty()) return std::nullopt;
  std::vector<std::int64_t> of_level;
  for (const std::string& level : column->levels) {
    const std::optional<Period> period = parse_period(level);
    if (!period || period->frequency == Frequency::integer) return std::nullopt;
    if (!of_level.empty() && period->frequency != result.frequency) return std::nullopt;
    result.frequency = period->frequency;
    of_level.push_back(period->ordinal);
  }
  for (const std::int32_t code : column->codes)
    result.ordinals.push_back(code < 0 ? std::nullopt : std::optional(of_level[static_cast<std::size_t>(code)]));
  return result;
}

bool is_comparison(const Expression& e) {
  return e.kind == Expression::Kind::binary &&
         (by_equality(e.name) || e.name == "<" || e.name == "<=" || e.name == ">" || e.name == ">=");
}

std::optional<Vector> text_or_period_comparison(const Panel& panel, const Expression& e) {
  const Sides sides = sides_of(e);
  refuse_unquoted(panel, sides);
  if (is_literal(*sides.left)) formula_error("text", to_text(e) + " compares two texts and no column");
  if (is_literal(*sides.right)) return with_literal(panel, e, sides);
  if (auto result = against_number(panel, e)) return result;
  const Column *left = column_of(panel, *sides.left), *right = column_of(panel, *sides.right);
  if (!is_text(left) && !is_text(right)) return std::nullopt;
  if (left && right) {
    const auto a = period_column(panel, left->name), b = period_column(panel, right->name);
    if (a && b && a->frequency == b->frequency) return between_periods(*a, sides.op, *b);
  }
  if (!is_text(left) || !is_text(right)) refuse_number(panel, e, sides);
  if (!by_equality(sides.op)) refuse_order(e, left->name);
  return between_texts(*left, sides.op, *right);
}

}  // namespace headwater
