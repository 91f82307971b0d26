// Hypothesis in words, statistic, degrees of freedom, p, and a confidence set where there is one.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/covariances/carriers.hpp"
#include "headwater/covariances/covariance.hpp"

namespace headwater {

struct Test {
  std::string name;        // "wald", "linear_combination", "hausman"
  std::string hypothesis;  // in words: "all capital coefficients are zero"
  double statistic = 0;
  std::string distribution;  // "F(3, 205)", "t(205)", "chi2(3)"
  double df1 = 0, df2 = 0;
  double p_value = 0;
  // For one linear combination:
  bool has_estimate = false;
  double estimate = 0, std_error = 0;
  double mde = 0;                              // at the spec's power
  Carriers carriers;                           // of the combination of coefficients which decides the test
  std::vector<std::pair<double, double>> set;  // confidence set, possibly several or unbounded intervals
  Notes notes;
};

// F test that some coefficients are all zero.
Test zero_test(const Fit& fit, const Covariance& covariance, const std::vector<Index>& members, std::string hypothesis);
// Joint Wald test that every coefficient of a driver slot is zero, F with the covariance's df.
std::vector<Test> driver_tests(const Fit& fit, const Covariance& covariance);
// Long-run sum of each distributed lag, x itself included where it is a regressor: one test a variable.
std::vector<Test> long_run_sums(const Fit& fit, const Covariance& covariance);

// Of a fit with random effects, else none: breusch_pagan and honda that the effects have no variance, hausman and
// mundlak that they have nothing to do with the regressors.
std::vector<Test> random_effects_tests(const Fit& fit, const Covariance& covariance);

// The units whose removal would move each coefficient most, from the influence, no refit (one-step approximation).
struct Movers {
  struct Entry {
    std::string term, unit;
    double change;        // approximate change of the coefficient when the unit is left out
    double change_in_se;  // in standard errors
  };
  std::vector<Entry> entries;  // the `top` per coefficient, largest first
};
Movers influential_units(const Fit& fit, const Covariance& covariance, int top = 3);

// Standard errors of the same model under other covariance rules and small-sample profiles; NaN with a reason where one
// cannot be had. With every_profile of the spec all profiles are among them, each on the rows that its program keeps.
struct OtherCovariances {
  std::vector<std::string> rules;     // the reported one first
  std::vector<std::string> profiles;  // of each
  std::vector<std::string> arithmetic;
  std::vector<std::int64_t> rows;  // used
  std::vector<double> df;
  std::vector<std::string> reasons;
  Matrix std_error;            // rules × k
  bool every_profile = false;  // all are there
};
OtherCovariances other_covariances(const Fit& fit, const Covariance& own, const Panel& panel);

// Coefficient table with intervals at the spec's level. Coefficients without a standard error have NaN in all but the
// estimate.
struct CoefficientTable {
  Names names;
  Vector estimate, std_error, df, statistic, p_value, conf_low, conf_high;
  std::vector<Carriers> carriers;  // how many clusters carry each; unknown under iid
  Notes notes;                     // errors that rest on a handful of clusters
};
CoefficientTable coefficient_table(const Fit& fit, const Covariance& covariance);

// Per coefficient: what a null result could have missed.
struct Detectable {
  Names names;
  Vector mde;                // smallest |effect| found with the spec's power at its level, in the coefficient's unit
  Vector within_sd;          // standard deviation of the regressor after the estimator's transformation
  Vector mde_per_within_sd;  // mde · within_sd, in units of the outcome
};
Detectable minimum_detectable_effects(const Fit& fit, const Covariance& covariance, const CoefficientTable& table);

// Variation of every regressor: total, between units, within units, and after absorbing the effects.
struct Variation {
  Names names;
  Vector mean, sd_total, sd_between, sd_within, sd_absorbed;
};
Variation variation(const Fit& fit);

// A statistic that is χ² with `df` degrees of freedom under the hypothesis.
Test chi_squared_test(const char* name, std::string hypothesis, double statistic, double df);

const std::vector<MethodCard>& diagnostics();

Tree describe(const std::vector<Test>& tests);
Tree describe(const Detectable& detectable);
Tree describe(const Movers& movers);
Tree describe(const OtherCovariances& others);
Tree describe(const CoefficientTable& table);
Tree describe(const Variation& variation);

}  // namespace headwater
