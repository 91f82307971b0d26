#include "headwater/linalg/tails.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace headwater {
namespace {

// Slopes 1..k on columns with mean 1e8 and spread 1; the same columns about 1e8 have the same (X'X)⁻¹ of slopes.
TEST(LeastSquaresFarFromZero, HasTheErrorsOfTheColumnsAboutTheirMiddle) {
  const Index n = 60;
  Matrix near(n, 3);
  Vector y(n), w(n);
  for (Index i = 0; i < n; ++i) {
    const auto at = static_cast<double>(i);
    near.row(i) << 1, std::round(1000 * std::sin(at)) / 1024, std::round(1000 * std::cos(3 * at)) / 512;
    y(i) = near(i, 1) - 2 * near(i, 2) + std::sin(7 * at);
    w(i) = 1 + std::fmod(at, 3);
  }
  Matrix far = near;
  far.col(1).array() += 1e8;
  far.col(2).array() -= 3e7;
  for (const Vector& weights : {Vector(), w}) {
    const Matrix wanted = least_squares(near, y, weights).bread, got = least_squares(far, y, weights).bread;
    for (Index i = 1; i < 3; ++i)
      for (Index j = 1; j < 3; ++j) EXPECT_NEAR(got(i, j), wanted(i, j), 1e-13 * std::abs(wanted(i, i)));
    const double constant = wanted(0, 0) - 2e8 * wanted(0, 1) + 6e7 * wanted(0, 2) + 1e16 * wanted(1, 1) +
                            9e14 * wanted(2, 2) - 6e15 * wanted(1, 2);
    EXPECT_NEAR(got(0, 0), constant, 1e-12 * constant);
  }
}

// x² less a line is known to 1e-30, and only with its tails: beside 1 and x, 1e8 times as large as what is left.
TEST(LeastSquaresWithTails, KeepsWhatRoundingTookFromPowers) {
  const Index n = 40;
  Matrix X(n, 3), tails = Matrix::Zero(n, 3);
  Vector y(n);
  for (Index i = 0; i < n; ++i) {
    const double x = 1e6 + 0.1 * static_cast<double>(i);
    X.row(i) << 1, x, x * x;
    tails(i, 2) = std::fma(x, x, -X(i, 2));
    const double about = x - 1e6;
    y(i) = 0.75 * about * about;
  }
  const LeastSquares with = least_squares(X, tails, y, Vector(), 1e-18), without = least_squares(X, y, Vector(), 1e-18);
  ASSERT_EQ(with.kept.size(), 3u);
  EXPECT_NEAR(with.coefficients(2), 0.75, 1e-11);
  EXPECT_GT(std::abs(without.coefficients(2) - 0.75), 10 * std::abs(with.coefficients(2) - 0.75));
}

}  // namespace
}  // namespace headwater
