// Question: are all coefficients of a driver zero together? Is a linear combination of coefficients what a hypothesis
// says? W = (Rβ − r)'(RVR')⁻(Rβ − r); F = W/q with q the rank of RVR' and the covariance's degrees of freedom (as
// fixest wald() and Stata test after cluster-robust fits). For one combination, t and an interval. A joint test finds
// the combination c = (RVR')⁻(Rβ − r) that speaks loudest; where a handful of units carry it, clustered errors of it
// are far too small whatever the number of clusters, so their effective number (Carter, Schnepel and Steigerwald 2017,
// for the combination) stands beside the p value.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/formula/formula.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

std::string distribution_text(const char* family, const std::vector<double>& df) {
  std::vector<std::string> parts;
  parts.reserve(df.size());
  for (const double d : df) parts.push_back(d == std::floor(d) ? shortest(d) : significant(d, 4));
  return std::string(family) + "(" + joined(parts, ", ") + ")";
}

// What carries the combination `weights` of the coefficients, and a note when that is a handful.
void count_carriers(Test& test, const Fit& fit, const Covariance& covariance, const Vector& weights) {
  test.carriers = carriers_of(fit, covariance.rule, weights).front();
  const Carriers& c = test.carriers;
  if (covariance.gathers == Gathers::nothing || !is_handful(c)) return;
  test.notes.push_back({"test.few_units",
                        "the test '" + test.hypothesis + "' rests on " + significant(c.effective, 2) + " of " +
                            std::to_string(c.all) + " " + c.of + " in effect ('" + c.heaviest + "' carries " +
                            significant(100 * c.share, 2) +
                            " % of the combination that decides it): its p value is far too small, do not rely on it"});
}

// Members without a standard error leave a joint test without an answer.
Test without_answer(Test test, const Fit& fit, const std::vector<Index>& members, const Covariance& covariance) {
  Names lacking;
  for (const Index j : members)
    if (!covariance.estimable(j)) lacking.push_back(fit.names[static_cast<std::size_t>(j)]);
  test.statistic = test.p_value = std::nan("");
  test.df1 = static_cast<double>(members.size());
  test.df2 = covariance.df;
  test.distribution = "not estimable";
  test.notes.push_back({"test.not_estimable", "the test '" + test.hypothesis +
                                                  "' is not estimable: " + joined(lacking, ", ") +
                                                  (lacking.size() == 1 ? " has" : " have") + " no standard error"});
  return test;
}

Matrix unit_columns(const std::vector<Index>& members, Index k) {
  Matrix columns = Matrix::Zero(k, static_cast<Index>(members.size()));
  for (std::size_t i = 0; i < members.size(); ++i) columns(members[i], static_cast<Index>(i)) = 1;
  return columns;
}

// Where degrees of freedom depend on what is tested, restrictions that cannot be told apart leave none.
Covariance::Joint joint_degrees(const Covariance& covariance, const std::vector<Index>& members, int rank) {
  if (rank < static_cast<int>(members.size()))
    return {covariance.degrees ? std::nan("") : 1, covariance.degrees ? std::nan("") : covariance.df};
  return covariance.joint(unit_columns(members, covariance.matrix.rows()));
}

Test combination_test(const Fit& fit, const Covariance& covariance, const Vector& weights, double value,
                      std::string hypothesis) {
  const Spec& spec = fit.design->spec;
  Test test;
  test.name = "linear_combination";
  test.hypothesis = std::move(hypothesis);
  test.has_estimate = true;
  test.estimate = weights.dot(fit.coefficients);
  test.std_error = covariance.std_error(weights);
  test.statistic = (test.estimate - value) / test.std_error;
  test.df1 = 1;
  test.df2 = covariance.degrees_of_freedom(weights);
  test.distribution = distribution_text("t", {test.df2});
  test.p_value = student_two_sided(test.statistic, test.df2);
  const double reach = student_quantile(0.5 + spec.level / 2, test.df2);
  test.set = {{test.estimate - reach * test.std_error, test.estimate + reach * test.std_error}};
  test.mde = (reach + student_quantile(spec.power, test.df2)) * test.std_error;
  count_carriers(test, fit, covariance, weights);
  return test;
}

// A linear form over coefficients: weights and a constant.
struct LinearForm {
  Vector weights;
  double constant = 0;
};

class FormReader {
 public:
  FormReader(const Fit& fit, const std::string& text) : fit_(fit), text_(text) {}

  LinearForm operator()(const Expression& e) const {
    if (const std::optional<Index> at = coefficient_index(fit_, to_text(e))) return unit(*at);
    switch (e.kind) {
      case Expression::Kind::number: return {Vector::Zero(fit_.k()), e.number};
      case Expression::Kind::unary: return scaled((*this)(*e.arguments[0].value), -1);
      case Expression::Kind::binary: return binary(e);
      case Expression::Kind::range: return interaction(e);
      default: break;
    }
    if (const std::optional<Index> at = coefficient_index(fit_, e.name)) return unit(*at);
    unknown(to_text(e));
  }

 private:
  LinearForm unit(Index at) const { return {Vector::Unit(fit_.k(), at), 0}; }
  static LinearForm scaled(const LinearForm& form, double by) { return {form.weights * by, form.constant * by}; }

  LinearForm interaction(const Expression& e) const {
    const std::optional<Index> at = coefficient_index(fit_, to_text(e));
    if (!at) unknown(to_text(e));
    return unit(*at);
  }

  LinearForm binary(const Expression& e) const {
    const LinearForm a = (*this)(*e.arguments[0].value), b = (*this)(*e.arguments[1].value);
    if (e.name == "+") return {a.weights + b.weights, a.constant + b.constant};
    if (e.name == "-") return {a.weights - b.weights, a.constant - b.constant};
    if (e.name == "*" && a.weights.isZero(0)) return scaled(b, a.constant);
    if (e.name == "*" && b.weights.isZero(0)) return scaled(a, b.constant);
    if (e.name == "/" && b.weights.isZero(0) && b.constant != 0) return scaled(a, 1 / b.constant);
    throw Error(ErrorKind::usage, "test.not_linear",
                "'" + text_ + "' is not linear in the coefficients; add, subtract or multiply by numbers only");
  }

  [[noreturn]] void unknown(const std::string& name) const {
    const std::string near = nearest(name, fit_.names);
    throw Error(ErrorKind::usage, "test.unknown_term",
                "the test '" + text_ + "' names '" + name + "', which is not a coefficient of the model" +
                    (near.empty() ? "; they are " + joined(fit_.names, ", ") : "; did you mean '" + near + "'?"));
  }

  const Fit& fit_;
  const std::string& text_;
};

// The next "=" at or behind `from` that is no letter of a quoted name.
std::size_t equals_sign(const std::string& text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '=') return at;
    if (text[at] != '`' && text[at] != '"' && text[at] != '\'') continue;
    at = closing_quote(text, at);
    if (at == std::string::npos) break;
  }
  return std::string::npos;
}

// Left and right of the one "=" of a test.
std::pair<std::string, std::string> sides(const std::string& text) {
  const std::size_t equals = equals_sign(text, 0);
  if (equals == std::string::npos) return {text, "0"};
  if (equals_sign(text, equals + 1) != std::string::npos)
    throw Error(ErrorKind::usage, "test.syntax", "the test '" + text + "' has more than one '='; write a + b = 0");
  const std::string left(trimmed(text.substr(0, equals))), right(trimmed(text.substr(equals + 1)));
  if (left.empty() || right.empty())
    throw Error(ErrorKind::usage, "test.syntax",
                "the test '" + text + "' has nothing on one side of its '='; write a + b = 0");
  return {left, right};
}

}  // namespace

Test zero_test(const Fit& fit, const Covariance& covariance, const std::vector<Index>& members,
               std::string hypothesis) {
  const auto q = static_cast<Index>(members.size());
  Test test;
  test.name = "wald";
  test.hypothesis = std::move(hypothesis);
  if (!std::all_of(members.begin(), members.end(), [&](Index j) { return covariance.estimable(j); }))
    return without_answer(std::move(test), fit, members, covariance);
  const Quadratic wald = quadratic_pseudo_inverse(covariance.matrix(members, members), fit.coefficients(members));
  test.df1 = wald.rank;
  const Covariance::Joint joint = joint_degrees(covariance, members, wald.rank);
  test.df2 = joint.df;
  test.statistic = wald.rank > 0 ? joint.scale * wald.value / wald.rank : std::nan("");
  test.distribution = std::isnan(test.df2) ? "not estimable" : distribution_text("F", {test.df1, test.df2});
  test.p_value = std::isnan(test.statistic) ? test.statistic : f_upper(test.statistic, test.df1, test.df2);
  if (std::isnan(test.df2) && wald.rank == q)
    test.notes.push_back({"test.few_degrees", "'" + test.hypothesis + "' has " + std::to_string(q) +
                                                  " restrictions, and " + covariance.text +
                                                  " leaves fewer degrees of freedom than that: too few clusters are "
                                                  "behind them to test them together"});
  if (wald.rank < q)
    test.notes.push_back({"test.rank", "'" + test.hypothesis + "' has " + std::to_string(q) +
                                           " restrictions of which " + std::to_string(wald.rank) +
                                           " can be told apart with these clusters"});
  Vector weights = Vector::Zero(fit.k());
  for (Index i = 0; i < q; ++i) weights(members[static_cast<std::size_t>(i)]) = wald.solution(i);
  count_carriers(test, fit, covariance, weights);
  return test;
}

std::vector<Test> driver_tests(const Fit& fit, const Covariance& covariance) {
  const DriverPartition partition = partition_drivers(*fit.design);
  std::vector<Test> tests;
  if (fit.design->spec.drivers.empty()) return tests;
  for (std::size_t slot = 0; slot < partition.slots.size(); ++slot) {
    std::vector<Index> members;
    for (Index j = 0; j < fit.k(); ++j) {
      const CoefficientOrigin& origin = fit.origins[static_cast<std::size_t>(j)];
      if (origin.column && !origin.unit_means && partition.slot[static_cast<std::size_t>(*origin.column)] == slot)
        members.push_back(j);
    }
    if (members.empty()) continue;
    tests.push_back(zero_test(fit, covariance, members,
                              "every coefficient of " + partition.slots[slot] + " is zero (" +
                                  counted(static_cast<long long>(members.size()), "term") + ")"));
  }
  if (!tests.empty()) merge(tests.front().notes, partition.notes);
  return tests;
}

LinearNull linear_null(const Fit& fit, const std::string& text) {
  const auto [left, right] = sides(text);
  const FormReader reader(fit, text);
  const LinearForm a = reader(*parse_expression(left)), b = reader(*parse_expression(right));
  const Vector weights = a.weights - b.weights;
  if (weights.isZero(0))
    throw Error(ErrorKind::usage, "test.empty",
                "the test '" + text + "' names no coefficient, or each of them cancels");
  return {weights, b.constant - a.constant, text};
}

Test linear_test(const Fit& fit, const Covariance& covariance, const LinearNull& null) {
  return combination_test(fit, covariance, null.weights, null.value, null.text);
}

namespace {

// A variable with its lags: the coefficients of l(x, 1), l(x, 2), ... and of x itself.
struct Lags {
  std::string variable;
  std::vector<Index> lagged;
  Index current = -1;
};

const Expression* single_factor(const Fit& fit, Index coefficient) {
  const std::optional<std::size_t> term =
      fit.origins[static_cast<std::size_t>(coefficient)].unit_means ? std::nullopt : term_of(fit, coefficient);
  if (!term) return nullptr;
  const Term& found = fit.design->spec.formula.terms[*term];
  return found.factors.size() == 1 ? found.factors.front().get() : nullptr;
}

std::vector<Lags> distributed_lags(const Fit& fit) {
  std::vector<Lags> found;
  for (Index j = 0; j < fit.k(); ++j) {
    const Expression* factor = single_factor(fit, j);
    if (!factor || time_operator(*factor) != TimeOperator::lag) continue;
    const std::string variable = to_text(*factor->arguments[0].value);
    auto known = std::find_if(found.begin(), found.end(), [&](const Lags& lags) { return lags.variable == variable; });
    if (known == found.end()) known = found.insert(found.end(), {variable, {}, -1});
    known->lagged.push_back(j);
  }
  for (Index j = 0; j < fit.k(); ++j)
    if (const Expression* factor = single_factor(fit, j))
      for (Lags& lags : found)
        if (to_text(*factor) == lags.variable) lags.current = j;
  return found;
}

}  // namespace

std::vector<Test> long_run_sums(const Fit& fit, const Covariance& covariance) {
  std::vector<Test> tests;
  for (const Lags& lags : distributed_lags(fit)) {
    if (lags.lagged.size() + (lags.current >= 0 ? 1 : 0) < 2) continue;
    Vector weights = Vector::Zero(fit.k());
    for (const Index j : lags.lagged) weights(j) = 1;
    if (lags.current >= 0) weights(lags.current) = 1;
    const std::string count = counted(static_cast<long long>(lags.lagged.size()), "lag");
    tests.push_back(combination_test(fit, covariance, weights, 0,
                                     lags.current >= 0
                                         ? "the sum over " + lags.variable + " and " + count + " of it is zero"
                                         : "the sum over " + count + " of " + lags.variable + " is zero"));
  }
  return tests;
}

}  // namespace headwater
