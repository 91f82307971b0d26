// Coefficients of a linear model whose regressors are partly endogenous, by instruments: two-stage least squares, the
// k-class (LIML and Fuller's among it), two-step and continuously updated GMM. A way to solve what pooled, within,
// between and the differences have transformed, instruments and regressors alike.
#pragma once

#include "headwater/estimators/least_squares.hpp"

namespace headwater {

// `iv` and what belongs to it; after the options of the estimator's own.
std::vector<OptionCard> instrument_option_cards();
std::vector<OptionCard> with_instrument_options(std::vector<OptionCard> own);

// The model has endogenous regressors, so that least squares does not solve it.
bool by_instruments(const Design& design);
// Two-stage least squares of what `data` has, whatever the estimator's options say. Throws Error{identification,
// "iv.no_endogenous" | "iv.too_few_instruments" | "iv.rank"}.
Fit solve_two_stage(std::shared_ptr<const Design> design, const Transformed& data);
// The rows on which the equations of a linear fit were solved: its own, whitened where it has random effects.
LinearRows solved_rows(const Fit& fit);
// Throws Error{usage, "estimator.no_instruments"} where options of instruments are given without any.
void refuse_instrument_options(const MethodCall& call);

// Least squares of `y` on the columns of X, both absorbed already, with the atoms, weights, effects and degrees of
// freedom of `like`: first stages, reduced forms, and regressions with first-stage residuals.
Fit auxiliary_fit(const Fit& like, Matrix X, Vector y, Names names, const std::string& what);

// What the k-class takes of the residuals of the first stages: LIML's, the smallest root of |Y*'M₁Y* − κ Y*'MY*| = 0.
double smallest_root(const Matrix& short_squares, const Matrix& long_squares);

}  // namespace headwater
