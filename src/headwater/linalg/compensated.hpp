// Residuals and gradients of least squares whose every product and sum is compensated: as accurate as twice the
// precision, rounded once. Dekker (1971) for products, by fused multiply-add; Knuth for sums; Ogita, Rump and Oishi
// (2005), algorithm 5.3. The same bits for any number of threads.
#pragma once

#include "headwater/core/matrix.hpp"

namespace headwater {

// y − Ab − r, n; `r` and `tails` may be empty. Tails (n × k) are what rounding took from A.
Vector compensated_residuals(const Matrix& A, const Matrix& tails, const Vector& y, const Vector& b, const Vector& r);
// A'v, k, with tails as above.
Vector compensated_products(const Matrix& A, const Matrix& tails, const Vector& v);

}  // namespace headwater
