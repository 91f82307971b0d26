// Derivatives of the logarithm of the gamma function.
#pragma once

namespace headwater {

double digamma(double x);   // first, x > 0
double trigamma(double x);  // second, x > 0

}  // namespace headwater
