// Estimates with t intervals at the spec's level, and what a null result could have missed.
// MDE = (t_{1−α/2, df} + t_{power, df}) · SE: the smallest true effect that the test at level α finds with the given
// power (Bloom 1995, eq. 1). Without it a null says nothing.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/diagnostics/test.hpp"

namespace headwater {
namespace {

double column_sd(const Matrix& X, Index j, const Vector& weights) {
  const double mass = weights.size() > 0 ? weights.sum() : static_cast<double>(X.rows());
  const double mean = (weights.size() > 0 ? X.col(j).dot(weights) : X.col(j).sum()) / mass;
  const Vector centred = X.col(j).array() - mean;
  const double squares = weights.size() > 0 ? centred.cwiseAbs2().dot(weights) : centred.squaredNorm();
  return std::sqrt(squares / mass);
}

// The interval on the parameter's own scale, carried back (delta method there). Zero is where it cannot be, or its
// boundary, so there is no t test of it.
void stay_inside(CoefficientTable& table, Index j, ParameterScale scale, double reach) {
  if (scale == ParameterScale::linear) return;
  table.statistic(j) = table.p_value(j) = std::nan("");
  const double x = table.estimate(j), half = reach * table.std_error(j);
  if (scale == ParameterScale::log) {
    table.conf_low(j) = x * std::exp(-half / x);
    table.conf_high(j) = x * std::exp(half / x);
  } else {
    const double at = std::log(x / (1 - x)), moved = half / (x * (1 - x));
    table.conf_low(j) = 1 / (1 + std::exp(moved - at));
    table.conf_high(j) = 1 / (1 + std::exp(-moved - at));
  }
}

// One note for all coefficients that a handful of clusters carries; the number of each stands in the table.
Notes few_carriers(const CoefficientTable& table, const Covariance& covariance) {
  Names few;
  const Carriers* some = nullptr;
  for (std::size_t j = 0; j < table.carriers.size(); ++j) {
    const Carriers& c = table.carriers[j];
    if (!is_handful(c) || !covariance.estimable(static_cast<Index>(j))) continue;
    few.push_back(table.names[j] + " (" + significant(c.effective, 2) + " of " + std::to_string(c.all) + " in effect)");
    some = &c;
  }
  if (few.empty()) return {};
  return {{"covariance.few_carriers",
           "few " + some->of + " carry " + joined(few, ", ") +
               ": the standard error is far too small, and neither p value nor interval is to be relied on, whatever "
               "the number of " +
               some->of}};
}

}  // namespace

CoefficientTable coefficient_table(const Fit& fit, const Covariance& covariance) {
  CoefficientTable table;
  table.names = fit.names;
  table.estimate = fit.coefficients;
  table.std_error.resize(fit.k());
  table.df.resize(fit.k());
  for (Index j = 0; j < fit.k(); ++j) table.std_error(j) = covariance.std_error(j);
  parallel_for(static_cast<std::size_t>(fit.k()), [&](std::size_t j) {
    table.df(static_cast<Index>(j)) = covariance.degrees_of_freedom(static_cast<Index>(j));
  });
  table.statistic = table.estimate.cwiseQuotient(table.std_error);
  table.p_value.resize(fit.k());
  Vector reach(fit.k());
  for (Index j = 0; j < fit.k(); ++j) reach(j) = student_quantile(0.5 + fit.design->spec.level / 2, table.df(j));
  table.conf_low = table.estimate - reach.cwiseProduct(table.std_error);
  table.conf_high = table.estimate + reach.cwiseProduct(table.std_error);
  for (Index j = 0; j < fit.k(); ++j) table.p_value(j) = student_two_sided(table.statistic(j), table.df(j));
  for (std::size_t j = 0; j < fit.scales.size(); ++j)
    stay_inside(table, static_cast<Index>(j), fit.scales[j], reach(static_cast<Index>(j)));
  table.carriers.resize(static_cast<std::size_t>(fit.k()));
  if (covariance.gathers != Gathers::nothing)
    table.carriers = carriers_of(fit, covariance.rule, Matrix::Identity(fit.k(), fit.k()));
  table.notes = few_carriers(table, covariance);
  return table;
}

Detectable minimum_detectable_effects(const Fit& fit, const Covariance& covariance, const CoefficientTable& table) {
  const Spec& spec = fit.design->spec;
  Detectable result;
  result.names = fit.names;
  result.mde.resize(fit.k());
  for (Index j = 0; j < fit.k(); ++j)
    result.mde(j) = (student_quantile(0.5 + spec.level / 2, table.df(j)) + student_quantile(spec.power, table.df(j))) *
                    covariance.std_error(j);
  result.within_sd = Vector::Zero(fit.k());
  const Matrix* columns = fit.linear ? fit.linear->regressors.get() : moving_columns(fit);
  if (columns)
    for (Index j = 0; j < fit.k(); ++j) result.within_sd(j) = column_sd(*columns, j, fit.weights);
  for (std::size_t j = 0; j < fit.scales.size(); ++j)
    if (fit.scales[j] != ParameterScale::linear) result.mde(static_cast<Index>(j)) = std::nan("");
  result.mde_per_within_sd = result.mde.cwiseProduct(result.within_sd);
  return result;
}

Tree describe(const CoefficientTable& table) {
  Tree tree;
  tree.vector("std_error", "term", table.std_error, "standard error", "outcome per regressor");
  tree.vector("term_df", "term", table.df, "degrees of freedom of the coefficient's t (infinite: normal)",
              "degrees of freedom");
  tree.vector("statistic", "term", table.statistic, "estimate / std_error");
  tree.vector("p_value", "term", table.p_value, "two-sided p-value of the t test that the coefficient is zero");
  tree.vector("conf_low", "term", table.conf_low, "lower end of the confidence interval", "outcome per regressor");
  tree.vector("conf_high", "term", table.conf_high, "upper end of the confidence interval", "outcome per regressor");
  Vector effective(static_cast<Index>(table.carriers.size()));
  std::vector<std::string> of;
  std::vector<std::int64_t> all, few;
  for (const Carriers& c : table.carriers) {
    effective(static_cast<Index>(all.size())) = c.effective;
    of.push_back(c.of);
    all.push_back(c.all);
    few.push_back(is_handful(c) && !std::isnan(table.std_error(static_cast<Index>(few.size()))));
  }
  tree.vector("carriers", "term", effective,
              "units, periods or clusters that carry the coefficient, in effect; NaN under iid");
  tree.integers("carriers_all", "term", all, "how many of them there are");
  tree.text("carriers_of", "term", of, "what they are");
  tree.integers("few_carriers", "term", few, "1: they are so few that the standard error is far too small");
  return tree;
}

Tree describe(const Detectable& detectable) {
  Tree tree;
  tree.vector("mde", "term", detectable.mde, "minimum detectable effect at the stated power", "outcome per regressor");
  tree.vector("within_sd", "term", detectable.within_sd,
              "standard deviation of the regressor after the estimator's transformation", "regressor");
  tree.vector("mde_per_within_sd", "term", detectable.mde_per_within_sd,
              "minimum detectable effect of one such standard deviation", "outcome");
  return tree;
}

}  // namespace headwater
