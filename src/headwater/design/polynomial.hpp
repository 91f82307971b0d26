// Orthogonal polynomials as R's poly() makes them: by the three-term recurrence of the data's own discrete measure.
#pragma once

#include <string>

#include "headwater/core/matrix.hpp"

namespace headwater {

class OrthogonalPolynomials {
 public:
  // Throws Error{data, "design.polynomial"} when x has no more than `degree` distinct values.
  OrthogonalPolynomials(const Vector& x, int degree, const std::string& label);

  // n × degree: degrees 1.., each with unit norm over the x it was built from.
  Matrix columns(const Vector& x) const;
  const Vector& alpha() const { return alpha_; }  // degree
  const Vector& norm2() const { return norm2_; }  // degree + 1

 private:
  Vector alpha_, norm2_;
};

}  // namespace headwater
