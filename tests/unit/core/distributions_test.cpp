#include "headwater/core/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace headwater {
namespace {

// R 4.2: qt(0.975, 49), 2 * pt(-2.1, 7), pf(3, 2, 9, lower = FALSE).
TEST(Distributions, EqualR) {
  EXPECT_NEAR(student_quantile(0.975, 49), 2.0095752371292392, 1e-14);
  EXPECT_NEAR(student_two_sided(2.1, 7), 0.073871196212922693, 1e-15);
  EXPECT_NEAR(f_upper(3, 2, 9), 0.10038772833369623, 1e-15);
}

TEST(Distributions, AnswerEveryArgument) {
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(student_quantile(1, 49), infinite);
  EXPECT_EQ(student_quantile(0, 49), -infinite);
  EXPECT_EQ(normal_quantile(1), infinite);
  EXPECT_TRUE(std::isnan(student_quantile(0.975, 0)));
  EXPECT_TRUE(std::isnan(student_quantile(std::nan(""), 49)));
  const double odd[] = {std::nan(""), 0, -1, 5e-324, 1e-300, 0.5, 1, 2, 1e308, infinite, -infinite};
  for (const double a : odd)
    for (const double b : odd) {
      EXPECT_NO_THROW(student_quantile(a, b)) << a << " " << b;
      EXPECT_NO_THROW(student_two_sided(a, b)) << a << " " << b;
      EXPECT_NO_THROW(chi_squared_upper(a, b)) << a << " " << b;
      for (const double c : odd) EXPECT_NO_THROW(f_upper(a, b, c)) << a << " " << b << " " << c;
    }
  for (const double a : odd) EXPECT_NO_THROW(static_cast<void>(normal_cdf(a) + normal_quantile(a))) << a;
}

}  // namespace
}  // namespace headwater
