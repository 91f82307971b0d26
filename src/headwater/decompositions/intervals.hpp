// Intervals for parts that are sums of products of two estimated numbers, such as a mean that moved times a
// coefficient.
#pragma once

#include <vector>

#include "headwater/covariances/covariance.hpp"

namespace headwater {

struct Interval {
  double low, high;
};

// A part as Σ_j left_j right_j, with what the uncertainty of its factors is made of; without pairs: no such sum.
struct ProductSum {
  Index pairs() const { return factors.values.size() / 2; }
  Estimates factors;  // 2k items: the k left factors, then the k right ones; influence on atoms, identity jacobian
  Matrix covariance;  // 2k × 2k of the factors under the decomposition's rule: finish() fills it
};

// Adds Σ_j left_j right_j; influences are atoms × k.
void append(ProductSum& sum, const Vector& left, const Matrix& left_influence, const Vector& right,
            const Matrix& right_influence);

struct ProductVariance {
  double first, second;  // of a normal θ̂: what the delta method has, and what it leaves out
};
ProductVariance product_variance(const ProductSum& sum, const Matrix& covariance);

// Least and greatest Σ_j left_j right_j over the ellipsoid (θ − θ̂)'V⁻¹(θ − θ̂) ≤ reach² of the factors θ = (left, right)
// with covariance V (2k × 2k): the profile-likelihood interval of a normal θ̂. Where the factors are clear of zero it is
// estimate ± reach · delta-method error; where both are near it, the product is skewed and so is the interval (Meeker
// and Escobar 1995; for products MacKinnon, Lockwood and Williams 2004).
Interval product_interval(const ProductSum& sum, const Matrix& covariance, double reach);

}  // namespace headwater
