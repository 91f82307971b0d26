// Text -> terms. Pure: knows no data. The grammar is fixest's, as R and pyfixest users type it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headwater {

// Half-open range of bytes in the formula's text, for messages.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Argument {
  std::string name;  // empty when positional
  ExpressionPtr value;
};

// An arithmetic expression over columns.
struct Expression {
  enum class Kind { number, text, column, call, unary, binary, range };
  Kind kind = Kind::number;
  double number = 0;  // number
  std::string name;   // column name, function name, text, or operator: + - * / ^ ( ** is ^ ) < <= == != & | : for range
  std::vector<Argument> arguments;  // call: its arguments; unary: 1; binary and range: 2
  TextRange where;
  int height = 1;  // of the tree; the parser bounds it, so that recursion over an expression is safe
};

// Canonical text, R's spelling: log(x), I(x^2), l(x, 1), d(log(x), 4), i(year, x).
std::string to_text(const Expression& expression);
// The column of this name, whatever characters it holds.
ExpressionPtr column_expression(const std::string& name);
// A call that looks at other periods of the same unit: fixest's l(), f(), d() or R's and plm's lag(), lead(), diff().
enum class TimeOperator { none, lag, lead, difference };
TimeOperator time_operator(const Expression& expression);
// Names of the columns an expression reads, in order of first use, without repeats.
std::vector<std::string> columns_of(const Expression& expression);

// A product of factors: one factor is a main effect, several an interaction a:b.
struct Term {
  std::vector<ExpressionPtr> factors;
  std::string text;  // canonical, e.g. "l(log(fte), 1)", "x:z"
  TextRange where;
  bool endogenous = false;  // a regressor that stands left of the instruments' ~
};

// An absorbed effect: keys joined by ^, with varying slopes fe[s1, s2]; fe[[s]] has slopes only.
struct EffectTerm {
  std::vector<ExpressionPtr> keys;
  std::vector<ExpressionPtr> slopes;
  bool intercept = true;
  std::string text;  // e.g. "trust", "type^quarter", "trust[trend]"
  TextRange where;
};

// One resolved model: no multiplicity left. `ratio` members are filled by expand() for outcomes ratio(a, r).
struct ModelFormula {
  ExpressionPtr outcome;
  std::string outcome_name;  // canonical text of the outcome, or "log(a) - log(r)" for the ratio of a triplet
  std::vector<Term> terms;   // regressors, in the order written; endogenous ones last
  bool intercept = true;
  std::vector<EffectTerm> effects;
  ExpressionPtr offset;           // of the linear predictor, with coefficient one; null: none
  std::vector<Term> instruments;  // that are no regressors
  std::string split_column;       // non-empty: only rows where split_column == split_value
  std::string split_value;        // "" with a split_column means the full sample of fsplit
  std::string role;               // of a triplet: "activity", "resource" or "ratio"; else empty
  std::string text;               // the resolved formula
};

// The parsed text, with its multiplicities. Every token is used, or parsing failed.
struct Formula {
  std::string source;
  struct Outcome {
    ExpressionPtr expression;          // plain outcome, or
    ExpressionPtr activity, resource;  // ratio(activity, resource): log(activity) - log(resource), fitted as a triplet
  };
  std::vector<Outcome> outcomes;
  // One alternative for each member of the cartesian product of sw/sw0/csw/csw0, in fixest's order.
  std::vector<std::vector<Term>> regressors;
  ExpressionPtr offset;  // the sum of offset(x) and of log(x) for every exposure(x); null: none
  bool intercept = true;
  std::vector<std::vector<EffectTerm>> effects;
  std::vector<Term> endogenous;
  std::vector<Term> instruments;
};

// Throws Error{formula, "formula.syntax"}; the message shows the text, a caret under the spot and what was expected.
Formula parse_formula(std::string_view text);
// True of sw, sw0, csw and csw0.
bool is_stepwise(const std::string& function);
// Right-hand side alone, "x1 + l(x2, 1:2)": used for driver groups and gelbach's `added`.
std::vector<Term> parse_terms(std::string_view text);
ExpressionPtr parse_expression(std::string_view text);
// Keys of an effect joined by ^, "type^quarter": the columns whose values make groups.
std::vector<ExpressionPtr> parse_keys(std::string_view text);

// Effect alternatives × outcomes × regressor alternatives, the last varying fastest, as fixest orders them; a ratio
// outcome gives three models side by side (activity, resource, ratio). split is "" or "column" ("fsplit" adds the full
// sample); its values are only known with the data, so the caller passes them.
std::vector<ModelFormula> expand(const Formula& formula);
std::vector<ModelFormula> expand_split(const ModelFormula& model, const std::string& column,
                                       const std::vector<std::string>& values, bool with_full_sample);

// Throws Error{formula, "formula." + code}: for what is well formed and yet means nothing on the data.
[[noreturn]] void formula_error(const std::string& code, const std::string& message);

}  // namespace headwater
