// Whether instruments move the regressors that they are to move, and whether they move the outcome otherwise.
#pragma once

#include <optional>

#include "headwater/diagnostics/test.hpp"

namespace headwater {

// Coefficients of the first stages under the rule of the fit.
struct FirstStageTable {
  Names endogenous, term;  // m each
  Vector estimate, std_error, statistic, p_value;
};

struct InstrumentStrength {
  Names endogenous;
  std::vector<Test> first_stage;  // F of the instruments left out, one an endogenous regressor
  FirstStageTable table;
  double cragg_donald = 0;  // F, under equal variances
  double rk_wald = 0, rk_lm = 0, rk_f = 0;
  double rk_df = 0;
  double effective = 0, critical = 0;  // F of Montiel Olea and Pflueger and where 10 % bias begins; NaN with several
  double kappa = 1;
  Notes notes;  // that they are weak
};
// Nothing without instruments.
std::optional<InstrumentStrength> instrument_strength(const Fit& fit, const Covariance& covariance);
// Underidentification, Anderson-Rubin with its set where there is one endogenous regressor, exogeneity (Wu-Hausman) and
// overidentification (Sargan under equal variances, else Hansen's J).
std::vector<Test> instrument_tests(const Fit& fit, const Covariance& covariance, const InstrumentStrength& strength);
Test anderson_rubin(const Fit& fit, const Covariance& covariance);

// Both without what exogenous regressors explain.
struct Partialled {
  Matrix instruments, endogenous;  // n × q, n × p
};
Partialled partialled(const Fit& fit);

Tree describe(const InstrumentStrength& strength);

}  // namespace headwater
