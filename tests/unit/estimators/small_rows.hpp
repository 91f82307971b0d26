// 27 rows of six units, one to five years each missing: counts y and outcomes v with a few that lie far off.
#pragma once

#include "unit/estimators/linked_panel.hpp"

namespace headwater::test {

inline Panel small_rows() {
  return keyless(
      "unit,year,x,z,y,v\nu0,2010,0.03,1.0,2,0.39\nu0,2011,1.57,1.02,5,0.18\nu0,2012,0.39,0.97,0,0.05\n"
      "u0,2013,0.04,0.93,1,0.22\nu0,2014,1.04,1.8,0,2.52\nu1,2010,-0.66,1.39,0,-2.37\nu1,2011,0.82,0.11,3,3.46\n"
      "u1,2012,0.78,0.93,1,1.95\nu1,2013,0.49,1.61,0,1.64\nu2,2010,1.79,1.71,7,-0.11\nu2,2012,1.51,1.69,0,6.5\n"
      "u2,2013,-0.75,0.3,4,-1.27\nu2,2014,1.21,0.29,0,5.67\nu3,2010,-0.46,1.0,2,-0.57\nu3,2011,-0.35,1.29,3,-4.48\n"
      "u3,2012,-0.59,1.81,2,-4.45\nu3,2013,-0.49,1.44,0,-0.26\nu3,2014,-0.07,0.78,6,1.68\nu4,2010,0.56,1.35,3,1.83\n"
      "u4,2011,0.62,1.57,6,1.53\nu4,2012,-1.33,1.12,1,0.85\nu4,2013,-1.07,1.61,3,-2.43\nu4,2014,0.54,1.7,3,1.64\n"
      "u5,2010,-0.4,0.02,6,2.37\nu5,2011,-0.12,0.51,2,3.74\nu5,2012,-0.03,0.14,3,3.43\nu5,2014,-1.48,1.77,1,-0.72\n");
}

// The errors under a rule that adds up the scores of rows, or of units, without a factor.
inline Vector errors_by(const Fit& fit, bool units) {
  Matrix psi = influence(fit);
  if (units) {
    Matrix sums = Matrix::Zero(fit.design->clusters.front().count, fit.k());
    for (Index i = 0; i < psi.rows(); ++i)
      sums.row(fit.design->clusters.front().code[static_cast<std::size_t>(i)]) += psi.row(i);
    psi = sums;
  }
  return psi.colwise().norm().transpose();
}

inline void expect_numbers(const Vector& got, const std::vector<double>& wanted, double tolerance) {
  ASSERT_EQ(static_cast<std::size_t>(got.size()), wanted.size());
  for (Index j = 0; j < got.size(); ++j) {
    const double own = wanted[static_cast<std::size_t>(j)];
    EXPECT_NEAR(got(j), own, tolerance * std::abs(own)) << j;
  }
}

inline double extra(const Fit& fit, const std::string& name) {
  return std::get<std::vector<double>>(fit.extras.at(name).values).front();
}

}  // namespace headwater::test
