#include "headwater/linalg/solve.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/linalg/gram.hpp"

namespace headwater {
namespace {

Matrix normals(Index rows, Index columns, std::uint32_t stream) {
  RandomStream random(42, 0, stream);
  Matrix X(rows, columns);
  for (Index i = 0; i < X.size(); ++i) X(i) = random.normal();
  return X;
}

TEST(LeastSquares, RecoversAnExactCombination) {
  const Matrix X = normals(50, 3, 1);
  const Vector b = Vector::LinSpaced(3, -2, 5);
  const LeastSquares fit = least_squares(X, X * b, Vector());
  ASSERT_EQ(fit.kept.size(), 3u);
  EXPECT_LT((fit.coefficients - b).norm(), 1e-14 * b.norm());
  EXPECT_LT(fit.residuals.norm(), 1e-13);
}

TEST(LeastSquares, SolvesTheWeightedNormalEquations) {
  const Matrix X = normals(60, 4, 2);
  const Vector y = normals(60, 1, 3).col(0), w = normals(60, 1, 4).col(0).array().exp();
  const LeastSquares fit = least_squares(X, y, w);
  const Vector gradient = X.transpose() * w.asDiagonal() * fit.residuals;
  EXPECT_LT(gradient.cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((fit.bread * (X.transpose() * w.asDiagonal() * X) - Matrix::Identity(4, 4)).norm(), 1e-12);
}

TEST(LeastSquares, DropsTheLaterOfCollinearColumnsAndNamesItsPartners) {
  Matrix X = normals(40, 5, 5);
  X.col(3) = 2 * X.col(0) - 1e-3 * X.col(2);
  const LeastSquares fit = least_squares(X, normals(40, 1, 6).col(0), Vector());
  EXPECT_EQ(fit.kept, (std::vector<Index>{0, 1, 2, 4}));
  ASSERT_EQ(fit.dropped.size(), 1u);
  EXPECT_EQ(fit.dropped[0].column, 3);
  EXPECT_EQ(fit.dropped[0].collinear_with, (std::vector<Index>{0, 2}));
}

TEST(LeastSquares, DecidesRankFreeOfScale) {
  Matrix X = normals(40, 3, 7);
  const Vector y = normals(40, 1, 8).col(0);
  const LeastSquares plain = least_squares(X, y, Vector());
  X.col(0) *= std::ldexp(1.0, 500);
  X.col(1) *= std::ldexp(1.0, -660);
  const LeastSquares scaled = least_squares(X, y, Vector());
  ASSERT_EQ(scaled.kept.size(), 3u);
  EXPECT_EQ(std::ldexp(scaled.coefficients(0), 500), plain.coefficients(0));
  EXPECT_EQ(std::ldexp(scaled.coefficients(1), -660), plain.coefficients(1));
  EXPECT_EQ(scaled.coefficients(2), plain.coefficients(2));
}

TEST(LeastSquares, KeepsNoMoreColumnsThanRows) {
  const LeastSquares fit = least_squares(normals(3, 5, 9), normals(3, 1, 10).col(0), Vector());
  EXPECT_EQ(fit.kept.size(), 3u);
  EXPECT_EQ(fit.dropped.size(), 2u);
}

TEST(LeastSquares, DropsAColumnOfZeros) {
  Matrix X = normals(10, 2, 11);
  X.col(0).setZero();
  const LeastSquares fit = least_squares(X, normals(10, 1, 12).col(0), Vector());
  EXPECT_EQ(fit.kept, std::vector<Index>{1});
  EXPECT_TRUE(fit.dropped[0].collinear_with.empty());
}

TEST(LeastSquares, RefusesInfiniteNumbers) {
  Matrix X = normals(10, 2, 13);
  X(4, 1) = INFINITY;
  try {
    least_squares(X, normals(10, 1, 14).col(0), Vector());
    FAIL() << "an infinite regressor was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::numerical);
    EXPECT_STREQ(error.what(), "a regressor holds an infinite or undefined value");
  }
}

TEST(CrossProduct, EqualsTheMatrixProduct) {
  const Matrix X = normals(1000, 3, 15), Y = normals(1000, 2, 16);
  const Vector w = normals(1000, 1, 17).col(0).array().exp();
  EXPECT_LT((cross_product(X, Y, w) - X.transpose() * w.asDiagonal() * Y).norm(), 1e-11);
  EXPECT_EQ(cross_product(X, w), cross_product(X, w).transpose());
}

TEST(SolveDefinite, SolvesSystemsOfAnyScaleAndRefusesIndefiniteOnes) {
  Matrix A(2, 2);
  A << 4, 1, 1, 9;
  const Vector scale = (Vector(2) << std::ldexp(1.0, 300), std::ldexp(1.0, -150)).finished();
  const Vector b = (Vector(2) << 6, 19).finished();  // A (1, 2)'
  const Vector x =
      scale.asDiagonal() * solve_definite(scale.asDiagonal() * A * scale.asDiagonal(), scale.asDiagonal() * b);
  EXPECT_NEAR(x(0), 1, 1e-14);
  EXPECT_NEAR(x(1), 2, 1e-14);
  A << 1, 2, 2, 1;
  EXPECT_THROW(solve_definite(A, Vector::Ones(2)), Error);
}

TEST(QuadraticPseudoInverse, CountsTheRankOfASingularCovariance) {
  const Matrix B = normals(4, 2, 18);
  const Vector b = B * Vector::Ones(2);
  const Quadratic quadratic = quadratic_pseudo_inverse(B * B.transpose(), b);
  EXPECT_EQ(quadratic.rank, 2);
  EXPECT_GT(quadratic.value, 0);
}

// Without anything eliminated before, b'A⁻¹b of a regular matrix.
TEST(QuadraticPseudoInverse, EqualsTheInverseWhenRegular) {
  const Matrix B = normals(9, 3, 19);
  const Matrix A = B.transpose() * B;
  const Vector b = normals(3, 1, 20).col(0);
  EXPECT_NEAR(quadratic_pseudo_inverse(A, b).value, b.dot(solve_definite(A, b).col(0)), 1e-12);
}

TEST(GramFactor, FindsTheRankInOrderAndSolvesInTheRange) {
  Matrix X = normals(30, 4, 21);
  X.col(2) = X.col(0) + X.col(1);
  const Matrix gram = X.transpose() * X;
  const GramFactor factor(gram, gram.diagonal());
  EXPECT_EQ(factor.rank(), 3);
  EXPECT_EQ(factor.redundant(), (std::vector<bool>{false, false, true, false}));
  const Vector b = gram * Vector::Ones(4);
  EXPECT_LT((gram * factor.solve(b) - b).norm(), 1e-11 * b.norm());
  EXPECT_EQ(factor.solve(b)(2), 0);
}

}  // namespace
}  // namespace headwater
