// Variances from quadratic forms q of residuals: E q = Σ_c m_c σ²_c over the rows' own errors and the effects, solved
// for σ². With B_q the means of effect q on the rows, Q the rows less every effect, e the residuals of
//   swamy_arora      Q on Q, B_q on B_q        Swamy and Arora (1972); unbalanced Baltagi and Chang (1994), eq. 14–17
//   wallace_hussain  least squares             Wallace and Hussain (1969), eq. 2.14; Baltagi and Chang (1994), eq. 10
//   amemiya          Q on Q, in levels         Amemiya (1971), eq. 2.10; unbalanced as Baltagi and Chang
// q_0 = e'Qe and q_q = e'B_q e. Balanced, Wallace–Hussain and Amemiya keep their divisors (rows less effects, levels);
// unbalanced, m holds the exact expectations under the model. Nerlove (1971): within errors over n, and the variance of
// the estimated effects about their mean. Stata's harmonic mean: the between regression on unweighted means, less own
// variance over n/Σ(1/n_i). With instruments Swamy–Arora's two regressions are two-stage least squares (Balestra and
// Varadharajan-Krishnakumar 1987). Hausman and Taylor (1981), 3.2: own variance of the within regression, over rows
// less units; the means of its residuals on the regressors constant within units, by 2SLS with all exogenous regressors
// in rows, leave e with E Σe² = n σ²_u + N σ²_e. A negative variance is set to zero and the others stay, as plm and
// Stata do. Equal to plm 2.6.2's ercomp to 1e-12 relative on nine data sets, to Stata 13 xtreg, re to its 12 printed
// digits.
#include "headwater/estimators/error_components.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kVaries = 1e-9;  // share of a column's spread that lies within groups

// A quadratic form and what multiplies each variance in its expectation: own errors first, then the effects.
struct Form {
  double value = 0;
  Vector expected;
};

Form form(const ComponentData& data, double value, double own) {
  Form result{value, Vector::Zero(static_cast<Index>(data.groups.size()) + 1)};
  result.expected(0) = own;
  return result;
}

[[noreturn]] void no_degrees(const std::string& what, bool instrumented = false) {
  throw Error(ErrorKind::identification, "random.no_degrees_of_freedom",
              what + ", which leaves no degrees of freedom for a variance; use fewer regressors, or " +
                  (instrumented ? "within, which needs none"
                                : "other components: wallace_hussain, amemiya, nerlove or maximum_likelihood"));
}

ErrorComponents solved(const std::vector<Form>& forms) {
  const auto m = static_cast<Index>(forms.size());
  Matrix expected(m, m);
  Vector values(m);
  for (Index i = 0; i < m; ++i) {
    expected.row(i) = forms[static_cast<std::size_t>(i)].expected.transpose();
    values(i) = forms[static_cast<std::size_t>(i)].value;
  }
  const LeastSquares system = least_squares(expected, values, Vector());
  if (!system.dropped.empty()) no_degrees("the expectations of the quadratic forms depend on one another");
  ErrorComponents result;
  result.own = system.coefficients(0);
  result.unbounded = system.coefficients.tail(m - 1);
  result.effects = result.unbounded.cwiseMax(0);
  return result;
}

Matrix means_on_rows(const Matrix& rows, const Grouping& groups) {
  const Matrix means = sums_by(rows, groups).array().colwise() / level_sizes(groups).array();
  return on_rows(means, groups);
}

// e'B e: Σ over levels of (Σ e)²/n.
double between_squares(const Vector& e, const Grouping& groups) {
  return sums_by(e, groups).col(0).cwiseAbs2().cwiseQuotient(level_sizes(groups)).sum();
}

double within_squares(const ComponentData& data, const Vector& e) {
  return Absorber(effects_of_groups(data), Vector(), data.n()).project(e).columns.squaredNorm();
}

Matrix inner_sums(const Matrix& rows, const Grouping& groups) {
  const Matrix sums = sums_by(rows, groups);
  return sums.transpose() * sums;
}

double trace_of(const Matrix& a, const Matrix& b) { return a.cwiseProduct(b.transpose()).sum(); }

// tr(B_q S_r), S_r = D_rD_r': the rows where q = r, else the levels of q, since no two rows share both.
double crossing(const ComponentData& data, std::size_t q, std::size_t r) {
  return q == r ? static_cast<double>(data.n()) : static_cast<double>(data.groups[q].count);
}

Form own_form(const ComponentData& data, const WithinStep& step) {
  const double left = static_cast<double>(data.n() - step.fit.effects_rank.rank - step.fit.k());
  return form(data, step.fit.goodness.rss, left);
}

// Regression of means on means, each level weighed by its rows: by least squares, or by two-stage least squares with
// the means of the instruments. The bread is that of the regressors themselves, with instruments too, as Baltagi and
// Chang (2000), plm and Stata have it.
LeastSquares between_step(const ComponentData& data, const Matrix& means, const Vector& outcome, const Grouping& groups,
                          const Vector& size) {
  LeastSquares plain = least_squares(means, outcome, size);
  if (data.levels.instruments.cols() == 0) return plain;
  const Matrix X = means(Eigen::all, plain.kept);
  std::vector<Index> exogenous;
  for (const Index j : plain.kept)
    if (data.design->origins[static_cast<std::size_t>(j)].role == Role::exogenous) exogenous.push_back(j);
  const Matrix excluded = sums_by(data.levels.instruments, groups).array().colwise() / size.array();
  Matrix Z(means.rows(), static_cast<Index>(exogenous.size()) + excluded.cols());
  Z << means(Eigen::all, exogenous), excluded;
  Matrix fitted = X;
  for (Index j = 0; j < X.cols(); ++j) fitted.col(j) -= least_squares(Z, X.col(j), size).residuals;
  const LeastSquares second = least_squares(fitted, outcome, size);
  if (!second.dropped.empty())
    throw Error(ErrorKind::identification, "random.between_instruments",
                "the means of the instruments by " + groups.name +
                    " do not move the means of the endogenous regressors each in its own way, so that swamy_arora has "
                    "no variance of the effects; give instruments that differ between the levels of " +
                    groups.name);
  plain.coefficients = second.coefficients;
  plain.residuals = outcome - X * second.coefficients;
  return plain;
}

Form between_form(const ComponentData& data, std::size_t q) {
  const Grouping& groups = data.groups[q];
  const Vector size = level_sizes(groups);
  const Matrix means = sums_by(data.levels.X, groups).array().colwise() / size.array();
  const Vector outcome = sums_by(data.levels.y, groups).col(0).cwiseQuotient(size);
  const LeastSquares fit = between_step(data, means, outcome, groups, size);
  const auto k = static_cast<Index>(fit.kept.size());
  if (groups.count <= k)
    no_degrees("the between regression has " + std::to_string(k) + " coefficients in the means of " +
                   std::to_string(groups.count) + " levels of " + groups.name,
               data.levels.instruments.cols() > 0);
  const Matrix rows = on_rows(means(Eigen::all, fit.kept), groups);
  Form result = form(data, fit.residuals.cwiseAbs2().dot(size), static_cast<double>(groups.count - k));
  for (std::size_t r = 0; r < data.groups.size(); ++r)
    result.expected(static_cast<Index>(r) + 1) =
        crossing(data, q, r) - trace_of(fit.bread, inner_sums(rows, data.groups[r]));
  return result;
}

std::vector<Form> classical_forms(const ComponentData& data, double own, const Vector& e, std::int64_t rank) {
  std::vector<Form> forms = {form(data, own, static_cast<double>(data.n() - rank))};
  for (std::size_t q = 0; q < data.groups.size(); ++q) {
    forms.push_back(form(data, between_squares(e, data.groups[q]), static_cast<double>(data.groups[q].count)));
    forms.back().expected(static_cast<Index>(q) + 1) = static_cast<double>(data.n());
  }
  return forms;
}

// E e'Ae for e = My, M = I − Z(Z'Z)⁻¹Z': tr(A S) − 2 tr(G Z'A S Z) + tr(G Z'AZ G Z'S Z), with G = (Z'Z)⁻¹.
double expected_of(double trace, const Matrix& bread, const Matrix& ZASZ, const Matrix& ZAZ, const Matrix& ZSZ) {
  return trace - 2 * trace_of(bread, ZASZ) + trace_of(bread * ZAZ, bread * ZSZ);
}

std::vector<Form> least_squares_forms(const ComponentData& data, const LeastSquares& pooled, std::int64_t rank) {
  const Matrix Z = data.levels.X(Eigen::all, pooled.kept);
  const Matrix within = Absorber(effects_of_groups(data), Vector(), data.n()).project(Z).columns;
  const Matrix& G = pooled.bread;
  const Matrix inner = within.transpose() * within;
  std::vector<Matrix> sums;
  for (const Grouping& groups : data.groups) sums.push_back(inner_sums(Z, groups));
  std::vector<Form> forms = {
      form(data, within_squares(data, pooled.residuals), static_cast<double>(data.n() - rank) - trace_of(G, inner))};
  for (std::size_t r = 0; r < sums.size(); ++r)
    forms[0].expected(static_cast<Index>(r) + 1) = trace_of(G * inner, G * sums[r]);
  for (std::size_t q = 0; q < sums.size(); ++q) {
    const Matrix means = means_on_rows(Z, data.groups[q]);
    const Matrix between = means.transpose() * means;
    Form own = form(data, between_squares(pooled.residuals, data.groups[q]),
                    static_cast<double>(data.groups[q].count) - trace_of(G, between));
    for (std::size_t r = 0; r < sums.size(); ++r) {
      const Matrix crossed = sums_by(means, data.groups[r]).transpose() * sums_by(Z, data.groups[r]);
      own.expected(static_cast<Index>(r) + 1) = expected_of(crossing(data, q, r), G, crossed, between, sums[r]);
    }
    forms.push_back(std::move(own));
  }
  return forms;
}

// The within residuals hold the effects whole: E e'B_q e adds what the slopes' own error does to the means.
std::vector<Form> within_forms(const ComponentData& data, const WithinStep& step) {
  std::vector<Form> forms = {own_form(data, step)};
  const auto n = static_cast<double>(data.n());
  for (std::size_t q = 0; q < data.groups.size(); ++q) {
    const Matrix X = data.levels.X(Eigen::all, step.columns);
    const Matrix means = means_on_rows(X.rowwise() - X.colwise().mean(), data.groups[q]);
    Form own =
        form(data, between_squares(step.residuals, data.groups[q]),
             static_cast<double>(data.groups[q].count - 1) + trace_of(step.fit.bread, means.transpose() * means));
    for (std::size_t r = 0; r < data.groups.size(); ++r)
      own.expected(static_cast<Index>(r) + 1) = crossing(data, q, r) - level_sizes(data.groups[r]).squaredNorm() / n;
    forms.push_back(std::move(own));
  }
  return forms;
}

}  // namespace

bool varies_within(const Vector& column, const Grouping& groups) {
  const Matrix means = means_on_rows(column, groups);
  return (column - means.col(0)).norm() > kVaries * (column.array() - column.mean()).matrix().norm() &&
         column.maxCoeff() > column.minCoeff();
}

bool ComponentData::balanced() const {
  if (design->has_time && design->has_unit)
    return n() == static_cast<Index>(design->unit.count) * static_cast<Index>(design->time.count);
  const Vector size = level_sizes(groups.front());
  return size.minCoeff() == size.maxCoeff();
}

std::vector<Effect> effects_of_groups(const ComponentData& data) {
  std::vector<Effect> effects;
  for (const Grouping& groups : data.groups) {
    effects.emplace_back();
    effects.back().levels = groups;
  }
  return effects;
}

WithinStep within_step(const ComponentData& data) {
  Transformed rows = data.levels;
  rows.effects = effects_of_groups(data);
  for (std::size_t j = 0; j < rows.origins.size(); ++j) rows.origins[j] = {static_cast<Index>(j)};
  const bool instrumented = rows.instruments.cols() > 0;
  WithinStep step{instrumented ? solve_two_stage(data.design, rows) : solve_least_squares(data.design, std::move(rows)),
                  {},
                  data.levels.y};
  for (const CoefficientOrigin& origin : step.fit.origins) step.columns.push_back(*origin.column);
  if (fits_exactly(step.fit) || !(step.fit.goodness.rss > 0))
    throw Error(ErrorKind::data, "random.no_own_variance",
                "the regressors explain everything that varies within " + data.groups.front().name +
                    ", so the rows have no variance of their own to weigh the effects against; use within");
  if (!step.columns.empty()) step.residuals -= data.levels.X(Eigen::all, step.columns) * step.fit.coefficients;
  step.residuals.array() -= step.residuals.mean();
  return step;
}

ErrorComponents swamy_arora(const ComponentData& data) {
  std::vector<Form> forms = {own_form(data, within_step(data))};
  for (std::size_t q = 0; q < data.groups.size(); ++q) forms.push_back(between_form(data, q));
  return solved(forms);
}

ErrorComponents hausman_taylor(const ComponentData& data) {
  const WithinStep step = within_step(data);
  const Grouping& groups = data.groups.front();
  const auto n = static_cast<double>(data.n());
  std::vector<Index> lasting, exogenous;
  for (Index j = 0; j < data.levels.X.cols(); ++j) {
    if (!varies_within(data.levels.X.col(j), groups)) lasting.push_back(j);
    if (data.design->origins[static_cast<std::size_t>(j)].role == Role::exogenous) exogenous.push_back(j);
  }
  const Matrix Z = data.levels.X(Eigen::all, exogenous), left = means_on_rows(step.residuals, groups);
  const std::vector<Index> kept = least_squares(data.levels.X(Eigen::all, lasting), left.col(0), Vector()).kept;
  const Matrix X = data.levels.X(Eigen::all, lasting)(Eigen::all, kept);
  Matrix fitted = X;
  for (Index j = 0; j < X.cols(); ++j) fitted.col(j) -= least_squares(Z, X.col(j), Vector()).residuals;
  const LeastSquares second = least_squares(fitted, left.col(0), Vector());
  if (!second.dropped.empty())
    throw Error(ErrorKind::identification, "random.lasting_instruments",
                "the exogenous regressors do not move the endogenous ones that are constant within " + groups.name +
                    " each in its own way; give more exogenous regressors, or take one of those out");
  ErrorComponents result;
  result.own = step.fit.goodness.rss / (n - static_cast<double>(step.fit.effects_rank.rank));
  const double squares = (left.col(0) - X * second.coefficients).squaredNorm();
  result.unbounded = Vector::Constant(1, (squares - groups.count * result.own) / n);
  result.effects = result.unbounded.cwiseMax(0);
  return result;
}

ErrorComponents harmonic_mean(const ComponentData& data) {
  const Grouping& groups = data.groups.front();
  const Vector size = level_sizes(groups);
  const WithinStep step = within_step(data);
  const Matrix means = sums_by(data.levels.X, groups).array().colwise() / size.array();
  const LeastSquares between =
      least_squares(means, sums_by(data.levels.y, groups).col(0).cwiseQuotient(size), Vector());
  const auto left = groups.count - static_cast<Index>(between.kept.size());
  if (left <= 0)
    no_degrees("the between regression has " + std::to_string(between.kept.size()) + " coefficients in the means of " +
               std::to_string(groups.count) + " levels of " + groups.name);
  ErrorComponents result;
  result.own = step.fit.goodness.sigma2;
  const double rows = groups.count / size.cwiseInverse().sum();
  result.unbounded =
      Vector::Constant(1, between.residuals.squaredNorm() / static_cast<double>(left) - result.own / rows);
  result.effects = result.unbounded.cwiseMax(0);
  return result;
}

ErrorComponents wallace_hussain(const ComponentData& data) {
  const LeastSquares pooled = least_squares(data.levels.X, data.levels.y, Vector());
  const std::int64_t rank = Absorber(effects_of_groups(data), Vector(), data.n()).rank().rank;
  ErrorComponents result =
      solved(data.balanced() ? classical_forms(data, within_squares(data, pooled.residuals), pooled.residuals, rank)
                             : least_squares_forms(data, pooled, rank));
  if (!(result.own > 0)) no_degrees("the rows' own variance is estimated as " + significant(result.own, 3));
  return result;
}

ErrorComponents amemiya(const ComponentData& data) {
  const WithinStep step = within_step(data);
  return solved(data.balanced()
                    ? classical_forms(data, step.fit.goodness.rss, step.residuals, step.fit.effects_rank.rank)
                    : within_forms(data, step));
}

ErrorComponents nerlove(const ComponentData& data) {
  const WithinStep step = within_step(data);
  const auto n = static_cast<double>(data.n());
  const std::vector<Matrix> levels = Absorber(effects_of_groups(data), Vector(), data.n()).coefficients(step.residuals);
  ErrorComponents result;
  result.own = step.fit.goodness.rss / n;
  result.effects.resize(static_cast<Index>(data.groups.size()));
  for (std::size_t q = 0; q < data.groups.size(); ++q) {
    const Vector size = level_sizes(data.groups[q]), effect = levels[q].col(0);
    const Vector apart = effect.array() - effect.dot(size) / n;
    const auto count = static_cast<double>(data.groups[q].count);
    result.effects(static_cast<Index>(q)) = apart.cwiseAbs2().dot(size) / n * count / (count - 1);
  }
  result.unbounded = result.effects;
  return result;
}

}  // namespace headwater
