// The influence of atoms on coefficients, and whether it is what the scores say.
#pragma once

#include "headwater/estimators/fit.hpp"

namespace headwater {

// ψ is scores times bread to the last digit: no constant stands beside columns far from zero.
bool is_scores_times_bread(const Fit& fit);

}  // namespace headwater
