// Oster (2019), proposition 2, as arithmetic on moments: which coefficients are compatible with selection on
// unobservables δ times as strong as on observables.
#pragma once

#include <vector>

namespace headwater {

struct OsterMoments {
  double brief;      // coefficient without the controls
  double full;       // with them
  double gained;     // (R̃² − R°²) σ_y²: variance that the controls explain
  double left;       // (R_max² − R̃²) σ_y²: variance that the unobservables would explain
  double treatment;  // variance of the regressor
  double residual;   // variance of the regressor given the controls
};

struct OsterRoot {
  double coefficient;
  bool same_direction;  // the unobservables do not flip the covariance of regressor and observables (assumption 3)
};

// δ that is compatible with a coefficient.
double oster_delta(const OsterMoments& moments, double coefficient);
// Every real root, nearest to the full coefficient first: one, two or three.
std::vector<OsterRoot> oster_coefficients(const OsterMoments& moments, double delta);
// Derivatives of a root in brief, full, gained, left, treatment, residual.
std::vector<double> oster_gradient(const OsterMoments& moments, double delta, double coefficient);

}  // namespace headwater
