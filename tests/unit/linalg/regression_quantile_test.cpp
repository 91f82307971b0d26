#include "headwater/linalg/regression_quantile.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"

namespace headwater {
namespace {

struct Rows {
  Matrix X;
  Vector y;
};

// Regressors and outcomes; `step` rounds them, so that rows are tied.
Rows drawn(std::uint64_t seed, Index n, Index p, double step) {
  RandomStream draws(seed, 0, 0);
  Rows rows{Matrix::Ones(n, p), Vector(n)};
  for (Index i = 0; i < n; ++i) {
    for (Index j = 1; j < p; ++j) rows.X(i, j) = draws.normal();
    rows.y(i) = draws.normal() * (1 + std::abs(rows.X(i, p - 1)));
    if (step == 0) continue;
    for (Index j = 1; j < p; ++j) rows.X(i, j) = step * std::round(rows.X(i, j) / step);
    rows.y(i) = step * std::round(rows.y(i) / step);
  }
  return rows;
}

double loss_at(const Rows& rows, const Vector& b, double tau) {
  double sum = 0;
  for (Index i = 0; i < rows.y.size(); ++i) {
    const double e = rows.y(i) - rows.X.row(i).dot(b);
    sum += e * (tau - (e < 0 ? 1 : 0));
  }
  return sum;
}

// The least over every vertex.
double by_enumeration(const Rows& rows, double tau) {
  double least = INFINITY;
  const Index n = rows.y.size();
  for (Index a = 0; a < n; ++a)
    for (Index b = a + 1; b < n; ++b)
      for (Index c = b + 1; c < n; ++c) {
        const std::vector<Index> own = {a, b, c};
        const Matrix X = rows.X(own, Eigen::all);
        if (std::abs(X.determinant()) < 1e-9) continue;
        least = std::min(least, loss_at(rows, X.fullPivLu().solve(Vector(rows.y(own))), tau));
      }
  return least;
}

void expect_optimal(const Rows& rows, const RegressionQuantile& found, double tau) {
  EXPECT_LE((rows.X.transpose() * found.signs).cwiseAbs().maxCoeff(), 1e-9 * rows.X.cwiseAbs().sum());
  for (Index i = 0; i < rows.y.size(); ++i) {
    EXPECT_GE(found.signs(i), tau - 1 - 1e-9);
    EXPECT_LE(found.signs(i), tau + 1e-9);
    if (found.residuals(i) != 0) {
      EXPECT_EQ(found.signs(i), found.residuals(i) > 0 ? tau : tau - 1);
    }
  }
  EXPECT_EQ(static_cast<Index>(found.vertex.size()), rows.X.cols());
  EXPECT_NEAR(found.objective, loss_at(rows, found.coefficients, tau), 1e-10 * found.objective);
}

TEST(RegressionQuantile, IsTheLeastOfAllVertices) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5})
    for (const double step : {0.0, 0.5, 1.0})
      for (const double tau : {0.07, 0.25, 0.5, 0.8}) {
        const Rows rows = drawn(seed, 17, 3, step);
        const RegressionQuantile found = regression_quantile(rows.X, rows.y, tau);
        EXPECT_NEAR(found.objective, by_enumeration(rows, tau), 1e-11 * (1 + found.objective)) << seed << " " << step;
        expect_optimal(rows, found, tau);
      }
}

TEST(RegressionQuantile, OfRowsThatOccurTwice) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6})
    for (const double tau : {0.2, 0.5, 0.75}) {
      Rows rows = drawn(seed, 18, 3, 0);
      for (Index i = 0; i < 12; ++i) {
        rows.X.row(i) = rows.X.row(12 + i / 3);
        rows.y(i) = rows.y(12 + i / 3);
      }
      const RegressionQuantile found = regression_quantile(rows.X, rows.y, tau);
      EXPECT_NEAR(found.objective, by_enumeration(rows, tau), 1e-11 * (1 + found.objective));
      expect_optimal(rows, found, tau);
    }
}

TEST(RegressionQuantile, OfManyRowsMeetsItsConditions) {
  for (const double tau : {0.01, 0.5, 0.95})
    for (const double step : {0.0, 0.25}) {
      const Rows rows = drawn(9, 4000, 6, step);
      const RegressionQuantile found = regression_quantile(rows.X, rows.y, tau);
      expect_optimal(rows, found, tau);
      EXPECT_LE(found.steps, 200);
    }
}

TEST(RegressionQuantile, SizesOfColumnsDoNotMatter) {
  Rows rows = drawn(4, 60, 4, 0);
  const RegressionQuantile plain = regression_quantile(rows.X, rows.y, 0.3);
  rows.X.col(1) *= 1e9;
  rows.X.col(2).array() += 1e5;
  rows.y *= 1e-6;
  const RegressionQuantile scaled = regression_quantile(rows.X, rows.y, 0.3);
  EXPECT_NEAR(scaled.coefficients(1) * 1e15, plain.coefficients(1), 1e-10);
  EXPECT_NEAR(scaled.coefficients(2) * 1e6, plain.coefficients(2), 1e-9);
  EXPECT_EQ(std::vector<Index>(scaled.vertex).size(), plain.vertex.size());
}

TEST(RegressionQuantile, OfAConstantIsASampleQuantileAndMayBeOneOfMany) {
  const Vector y = (Vector(4) << 4, 1, 3, 2).finished();
  const RegressionQuantile half = regression_quantile(Matrix::Ones(4, 1), y, 0.5);
  EXPECT_GE(half.coefficients(0), 2);
  EXPECT_LE(half.coefficients(0), 3);
  EXPECT_FALSE(half.unique);
  const RegressionQuantile low = regression_quantile(Matrix::Ones(4, 1), y, 0.3);
  EXPECT_EQ(low.coefficients(0), 2);
  EXPECT_TRUE(low.unique);
  EXPECT_NEAR(regression_quantile(Matrix(4, 0), y, 0.3).objective, 3.0, 1e-14);
}

TEST(RegressionQuantile, AnOutcomeThatIsFittedExactly) {
  Rows rows = drawn(5, 30, 3, 0);
  rows.y = rows.X * (Vector(3) << 1, 2, -3).finished();
  const RegressionQuantile found = regression_quantile(rows.X, rows.y, 0.4);
  EXPECT_NEAR(found.coefficients(2), -3, 1e-12);
  EXPECT_EQ(found.residuals.cwiseAbs().maxCoeff(), 0);
}

TEST(RegressionQuantile, RefusesColumnsThatDependOnOneAnother) {
  Rows rows = drawn(6, 20, 3, 0);
  rows.X.col(2) = rows.X.col(1) * 2;
  try {
    regression_quantile(rows.X, rows.y, 0.5);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "a regressor depends on those before it, so no rows determine the coefficients of a quantile");
  }
}

}  // namespace
}  // namespace headwater
