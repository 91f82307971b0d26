// What a covariance rule does to a fit's scores before they are added up and squared, and the degrees of freedom that
// follow from it: the rules that look at leverage.
#pragma once

#include <memory>
#include <string>

#include "headwater/core/notes.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

// Degrees of freedom as a function of what is tested, under the working model of independent errors of one variance.
class ContrastDegrees {
 public:
  virtual ~ContrastDegrees() = default;
  // Of k × q contrasts together: for one, Satterthwaite's of the t test; for several, those of the Wishart matrix that
  // has the mean and the total variance of their covariance's estimate.
  virtual double of(const Matrix& contrasts) const = 0;
};

struct Adjusted {
  Matrix psi;                                      // atoms × k, influence after the adjustment
  std::shared_ptr<const ContrastDegrees> degrees;  // or null: the profile's
  std::string arithmetic;                          // what was done, one line
  Notes notes;
};

Adjusted hc2_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted hc3_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted hc4_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted hc4m_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted hc5_adjusted(const Fit& fit, const MethodCall& rule);
// With df = satterthwaite; else the influence as it is.
Adjusted cr1_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted cr2_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted cr3_adjusted(const Fit& fit, const MethodCall& rule);
Adjusted cv3_adjusted(const Fit& fit, const MethodCall& rule);

}  // namespace headwater
