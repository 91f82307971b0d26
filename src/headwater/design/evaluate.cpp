// Expressions on every row of the panel, with R's arithmetic: a missing input gives a missing value. Lags, leads and
// differences go by time value within the unit, before any row is dropped.
#include <array>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/unknown_name.hpp"
#include "headwater/design/comparison.hpp"
#include "headwater/design/design.hpp"

namespace headwater {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLongestStep = 1e6;  // periods

struct Function {
  std::string_view name;
  double (*apply)(double);
};

double log_or_missing(double x) { return x > 0 ? std::log(x) : kNaN; }
double log10_or_missing(double x) { return x > 0 ? std::log10(x) : kNaN; }
double log2_or_missing(double x) { return x > 0 ? std::log2(x) : kNaN; }
double log1p_or_missing(double x) { return x > -1 ? std::log1p(x) : kNaN; }
double sqrt_or_missing(double x) { return x >= 0 ? std::sqrt(x) : kNaN; }
double same(double x) { return x; }

constexpr std::array<Function, 13> kFunctions = {{{"log", log_or_missing},
                                                  {"log10", log10_or_missing},
                                                  {"log2", log2_or_missing},
                                                  {"log1p", log1p_or_missing},
                                                  {"exp", [](double x) { return std::exp(x); }},
                                                  {"expm1", [](double x) { return std::expm1(x); }},
                                                  {"sqrt", sqrt_or_missing},
                                                  {"abs", [](double x) { return std::abs(x); }},
                                                  {"sin", [](double x) { return std::sin(x); }},
                                                  {"cos", [](double x) { return std::cos(x); }},
                                                  {"floor", [](double x) { return std::floor(x); }},
                                                  {"round", [](double x) { return std::nearbyint(x); }},
                                                  {"I", same}}};

class Evaluator {
 public:
  explicit Evaluator(const Panel& panel) : panel_(panel) {}

  Vector operator()(const Expression& e) const {
    switch (e.kind) {
      case Expression::Kind::number: return Vector::Constant(panel_.rows(), e.number);
      case Expression::Kind::column: return column(e);
      case Expression::Kind::unary: return unary(e);
      case Expression::Kind::binary: return binary(e);
      case Expression::Kind::call: return call(e);
      case Expression::Kind::text: formula_error("text", "the text \"" + e.name + "\" stands where a number is needed");
      case Expression::Kind::range: break;
    }
    formula_error("range", "a range such as " + to_text(e) + " is understood only as the steps of l(), f() or d()");
  }

 private:
  Vector column(const Expression& e) const {
    const Column& column = panel_.column(e.name);
    if (panel_.has_time() && e.name == panel_.keys().time && !counts_itself(panel_)) return position_in_time();
    if (column.type == Column::Type::number) return column.numbers;
    if (panel_.has_time() && e.name == panel_.keys().time) return position_in_time();
    std::string message = "column '" + e.name + "' of " + panel_.ledger().file + " holds text and is used as a number";
    if (!column.why_text.empty())
      message += ": " + column.why_text + "; correct it or mark it as missing";
    else if (e.name == panel_.keys().unit)
      message += "; it is the unit key, so use it as a factor or an effect";
    else
      message +=
          "; take it out of the columns that are to stay text where it is one, or use it as a factor or an effect";
    throw Error(ErrorKind::data, "data.not_a_number", message, {.file = panel_.ledger().file, .column = e.name});
  }

  // Periods count in steps of their frequency, whatever they look like: a trend rises by one a quarter, from 201912 to
  // 202001 too.
  Vector position_in_time() const {
    Vector result(panel_.rows());
    for (Index i = 0; i < panel_.rows(); ++i)
      result(i) = static_cast<double>(
          panel_.periods()[static_cast<std::size_t>(panel_.times().code[static_cast<std::size_t>(i)])].ordinal);
    return result;
  }

  // 1 where a cell is missing, also one of text.
  Vector is_missing(const Expression& e) const {
    require(e, 1);
    const Expression& inside = *e.arguments[0].value;
    const Column* column = inside.kind == Expression::Kind::column ? panel_.find(inside.name) : nullptr;
    if (!column || column->type == Column::Type::number)
      return (*this)(inside).unaryExpr([](double x) { return std::isnan(x) ? 1.0 : 0.0; });
    Vector result(panel_.rows());
    for (Index i = 0; i < panel_.rows(); ++i) result(i) = column->codes[static_cast<std::size_t>(i)] < 0;
    return result;
  }

  Vector unary(const Expression& e) const {
    Vector x = (*this)(*e.arguments[0].value);
    if (e.name == "-") return -x;
    for (double& value : x) value = std::isnan(value) ? kNaN : value == 0;
    return x;
  }

  // Three truth values, as in R: false & missing is false, true | missing is true.
  static double conjunction(double a, double b) {
    if (a == 0 || b == 0) return 0;
    return std::isnan(a) || std::isnan(b) ? kNaN : 1;
  }
  static double disjunction(double a, double b) {
    if ((!std::isnan(a) && a != 0) || (!std::isnan(b) && b != 0)) return 1;
    return std::isnan(a) || std::isnan(b) ? kNaN : 0;
  }

  static double apply(const std::string& op, double a, double b) {
    switch (op[0]) {
      case '+': return a + b;
      case '-': return a - b;
      case '*': return a * b;
      case '/': return b == 0 ? kNaN : a / b;
      case '^': return std::pow(a, b);
      case '=': return a == b;
      case '!': return a != b;
      case '<': return op == "<" ? a < b : a <= b;
      default: return op == ">" ? a > b : a >= b;
    }
  }

  Vector binary(const Expression& e) const {
    if (is_comparison(e))
      if (auto result = text_or_period_comparison(panel_, e)) return *result;
    const Vector a = (*this)(*e.arguments[0].value), b = (*this)(*e.arguments[1].value);
    if (e.name == "&") return a.binaryExpr(b, &Evaluator::conjunction);
    if (e.name == "|") return a.binaryExpr(b, &Evaluator::disjunction);
    Vector result(a.size());
    for (Index i = 0; i < a.size(); ++i)
      result(i) = std::isnan(a(i)) || std::isnan(b(i)) ? kNaN : apply(e.name, a(i), b(i));
    return result;
  }

  Vector call(const Expression& e) const {
    if (time_operator(e) != TimeOperator::none) return shifted(e);
    if (e.name == "is.na") return is_missing(e);
    if (e.name == "ifelse") return choice(e);
    if (e.name == "pmin" || e.name == "pmax") return extreme(e);
    for (const Function& function : kFunctions)
      if (function.name == e.name) {
        require(e, 1);
        return (*this)(*e.arguments[0].value).unaryExpr([&](double x) {
          return std::isnan(x) ? kNaN : function.apply(x);
        });
      }
    unknown_function(e);
  }

  [[noreturn]] static void unknown_function(const Expression& e) {
    std::vector<std::string> known = {"l",    "f",      "d",     "lag",    "lead", "diff", "i",
                                      "poly", "factor", "is.na", "ifelse", "pmin", "pmax"};
    for (const Function& function : kFunctions) known.emplace_back(function.name);
    if (e.name == "i" || e.name == "poly" || e.name == "factor")
      formula_error("nested",
                    e.name + "() makes several columns and must stand as a term of its own, not inside " + to_text(e));
    if (e.name == "ratio" || e.name == "growth" || e.name == "c")
      formula_error("nested", e.name +
                                  "() stands for several outcomes and must stand alone left of ~, not inside another "
                                  "expression: " +
                                  to_text(e) +
                                  (e.name == "ratio"    ? "; a ratio as a number is a / b"
                                   : e.name == "growth" ? "; its logarithm as a number is log1p(a) - log1p(r)"
                                                        : ""));
    if (is_stepwise(e.name))
      formula_error("nested", e.name +
                                  "() stands for several models and must stand alone between plus signs, not inside "
                                  "another expression: " +
                                  to_text(e));
    static const std::vector<NameElsewhere> elsewhere = {
        {"c", "factor"},     {"as.factor", "factor"}, {"ln", "log"},  {"np.log", "log"}, {"np.exp", "exp"},
        {"np.sqrt", "sqrt"}, {"np.abs", "abs"},       {"shift", "l"}, {"bs", "poly"},    {"ns", "poly"}};
    formula_error("unknown_function",
                  "there is no function '" + e.name + "' in formulas" + advice_on_name(e.name, known, elsewhere));
  }

  static void require(const Expression& e, std::size_t count) {
    if (e.arguments.size() != count)
      formula_error("arguments", e.name + "() takes " + std::to_string(count) +
                                     (count == 1 ? " argument, " : " arguments, ") + to_text(e) + " has " +
                                     std::to_string(e.arguments.size()));
  }

  Vector choice(const Expression& e) const {
    require(e, 3);
    const Vector test = (*this)(*e.arguments[0].value), yes = (*this)(*e.arguments[1].value),
                 no = (*this)(*e.arguments[2].value);
    Vector result(test.size());
    for (Index i = 0; i < test.size(); ++i) result(i) = std::isnan(test(i)) ? kNaN : test(i) != 0 ? yes(i) : no(i);
    return result;
  }

  Vector extreme(const Expression& e) const {
    require(e, 2);
    const Vector a = (*this)(*e.arguments[0].value), b = (*this)(*e.arguments[1].value);
    Vector result(a.size());
    for (Index i = 0; i < a.size(); ++i)
      result(i) = std::isnan(a(i)) || std::isnan(b(i)) ? kNaN
                  : e.name == "pmin"                   ? std::min(a(i), b(i))
                                                       : std::max(a(i), b(i));
    return result;
  }

  Vector shifted(const Expression& e) const {
    if (!panel_.has_time() || !panel_.has_unit())
      formula_error(
          "needs_time",
          to_text(e) + " looks at other periods of the same unit, which needs the unit and time keys; name both");
    if (e.arguments.empty() || e.arguments.size() > 2)
      formula_error("arguments", e.name + "() takes a column and a step, " + to_text(e) + " has " +
                                     std::to_string(e.arguments.size()) + " arguments");
    const TimeOperator what = time_operator(e);
    const double step = e.arguments.size() > 1 ? signed_step(*e.arguments[1].value) : 1;
    const Vector x = (*this)(*e.arguments[0].value);
    const auto shift = static_cast<std::int64_t>(what == TimeOperator::lead ? step : -step) * panel_.time_step();
    Vector result(x.size());
    for (Index i = 0; i < x.size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const std::int64_t ordinal = panel_.periods()[static_cast<std::size_t>(panel_.times().code[at])].ordinal;
      const Index other = panel_.row_at(panel_.units().code[at], ordinal + shift);
      const double there = other < 0 ? kNaN : x(other);
      result(i) = what == TimeOperator::difference ? x(i) - there : there;
    }
    return result;
  }

  static double signed_step(const Expression& e) {
    if (e.kind == Expression::Kind::number && e.number == std::floor(e.number) && e.number < kLongestStep)
      return e.number;
    if (e.kind == Expression::Kind::unary && e.name == "-") return -signed_step(*e.arguments[0].value);
    formula_error("step", "the step of a lag must be a whole number, not " + to_text(e));
  }

  const Panel& panel_;
};

}  // namespace

Vector evaluate(const Panel& panel, const Expression& expression) {
  Vector values = Evaluator(panel)(expression);
  for (double& value : values)
    if (std::isinf(value)) value = kNaN;
  return values;
}

}  // namespace headwater
