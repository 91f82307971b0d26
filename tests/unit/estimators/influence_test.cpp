#include <gtest/gtest.h>

#include <cmath>

#include "headwater/estimators/fit.hpp"
#include "headwater/linalg/tails.hpp"

namespace headwater {
namespace {

// A pooled fit as influence() sees it.
Fit pooled_fit(const Matrix& X, const Vector& y, const Vector& weights) {
  const LeastSquares solution = least_squares(X, y, weights);
  Fit fit;
  fit.atoms.n = X.rows();
  fit.coefficients = solution.coefficients;
  fit.linear = LinearRows{true, std::make_shared<const Matrix>(X), y, solution.residuals};
  fit.weights = weights;
  fit.bread = solution.bread;
  const Vector& e = solution.residuals;
  fit.scores = {fit.linear->regressors, weights.size() > 0 ? Vector(weights.cwiseProduct(e)) : e};
  return fit;
}

// Robust and clustered errors are sums of squares of ψ: columns with mean 1e8 have the ψ of the same columns near zero.
TEST(Influence, KeepsTwelveDigitsFarFromZero) {
  const Index n = 48;
  Matrix near(n, 3);
  Vector y(n), w(n);
  for (Index i = 0; i < n; ++i) {
    const auto at = static_cast<double>(i);
    near.row(i) << 2, std::round(1000 * std::sin(at)) / 1024, std::round(1000 * std::cos(3 * at)) / 512;
    y(i) = std::round(1024 * (near(i, 1) - 2 * near(i, 2) + std::sin(7 * at))) / 1024;
    w(i) = 1 + std::fmod(at, 3);
  }
  Matrix far = near;
  far.col(1).array() += 1e8;
  far.col(2).array() -= 3e7;
  for (const Vector& weights : {Vector(), w}) {
    const Matrix wanted = influence(pooled_fit(near, y, weights)), got = influence(pooled_fit(far, y, weights));
    for (Index j = 1; j < 3; ++j) EXPECT_LT((got.col(j) - wanted.col(j)).norm(), 1e-12 * wanted.col(j).norm()) << j;
    const Vector constant = wanted.col(0) - 5e7 * wanted.col(1) + 1.5e7 * wanted.col(2);
    EXPECT_LT((got.col(0) - constant).norm(), 1e-12 * constant.norm());
    EXPECT_LT(std::abs(got.col(1).sum()), 1e-12 * got.col(1).cwiseAbs().sum());
  }
}

TEST(Influence, IsTheScoresTimesTheBreadNearZero) {
  Matrix X(4, 2);
  X << 1, 2, 1, 3, 1, 5, 1, 4;
  Vector y(4);
  y << 1, 3, 2, 7;
  const Fit fit = pooled_fit(X, y, Vector());
  EXPECT_EQ(influence(fit), fit.scores.rows() * fit.bread);
}

}  // namespace
}  // namespace headwater
