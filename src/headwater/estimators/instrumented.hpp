// Coefficients of a linear model whose regressors are partly endogenous, by instruments: two-stage least squares, the
// k-class (LIML and Fuller's among it) and two-step GMM. A way to solve what pooled, within, between and the
// differences have transformed, instruments and regressors alike.
#pragma once

#include "headwater/estimators/least_squares.hpp"

namespace headwater {

// `iv` and what belongs to it; after the options of the estimator's own.
std::vector<OptionCard> instrument_option_cards();
std::vector<OptionCard> with_instrument_options(std::vector<OptionCard> own);

// Throws Error{identification, "iv.too_few_instruments" | "iv.rank"}, Error{usage, "method.option_value"}.
Fit solve_instrumented(const EstimatorInput& input, Transformed data);
// Throws Error{usage, "estimator.no_instruments"} where options of instruments are given without any.
void refuse_instrument_options(const MethodCall& call);

// Least squares of `y` on the columns of X, both absorbed already, with the atoms, weights, effects and degrees of
// freedom of `like`: first stages, reduced forms, and regressions with first-stage residuals.
Fit auxiliary_fit(const Fit& like, Matrix X, Vector y, Names names, const std::string& what);

// What the k-class takes of the residuals of the first stages: LIML's, the smallest root of |Y*'M₁Y* − κ Y*'MY*| = 0.
double smallest_root(const Matrix& short_squares, const Matrix& long_squares);

}  // namespace headwater
