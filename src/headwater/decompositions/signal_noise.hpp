// Question: what share of the spread between units lasts, how long does noise last, and how sure are both?
// Model: that of restricted_likelihood.hpp. Estimator: quadrature over the restricted likelihood times a prior, the
// same bits for any number of threads; no parameter is used as if it were known, so intervals hold where a share is
// estimated as 0 and where few periods say little about ρ. Priors: density ¾(1 − ρ²) for ρ, flat for log σ, and for
// the share s = τ²/(τ² + σ²) of a row's variance
//   levels (shrinkage, s itself): flat on (0, 1);
//   noise (errors of unshrunken levels): two thirds on s = 0, the rest flat. A share cannot be negative, so one whose
//   truth is 0 is always overestimated and the noise understated; without that mass intervals of unshrunken levels
//   cover 90 % at three periods and ρ = 0.7.
// Coverage over periods, ρ and shares: docs/reliability.md, made by tests/slow/reliability_coverage_test.cpp. The
// likeliest values are those of the restricted likelihood alone, which nlme::lme(correlation = corAR1()) and, at ρ = 0,
// lme4 and the analysis of variance report.
#pragma once

#include <optional>
#include <vector>

#include "headwater/decompositions/restricted_likelihood.hpp"

namespace headwater {

struct Hyper {
  double autocorrelation = 0;  // ρ, of neighbouring periods
  double signal = 0;           // τ², variance of the units' lasting levels
  double noise = 0;            // σ², variance of one row's noise
  double weight = 0;           // for questions about levels; all sum to 1
  double noise_weight = 0;     // for questions about noise; all sum to 1

  double share() const { return signal / (signal + noise); }
};

struct SignalNoise {
  std::vector<Hyper> nodes;  // by increasing autocorrelation
  Hyper likeliest;           // at the maximum of the restricted likelihood
  double df = 0;             // of σ² at each node; infinite where it was declared
};

// Integrated over ρ, or at the one that is known.
SignalNoise signal_noise(const RestrictedLikelihood& likelihood, std::optional<double> autocorrelation);

// How the levels vary where the noise variance is declared and `model` says how noise goes together over time: the
// variance of levels is integrated over the restricted likelihood of `values`, each with noise variance `noise` times
// its row of `by_gap` times powers(ρ).
SignalNoise with_declared_noise(const SignalNoise& model, double noise, const UnitTimes& times, const Vector& values,
                                const Matrix& by_gap);

// Autocovariances of the noise by gap, their mean over the nodes.
Vector expected_autocovariances(const SignalNoise& model, const UnitTimes& times);

// Posterior mean and quantile of a function of the parameters, for questions about levels.
using OfHyper = double (*)(const Hyper&);
double mean_over(const SignalNoise& model, OfHyper of);
double quantile_over(const SignalNoise& model, OfHyper of, double p);

}  // namespace headwater
