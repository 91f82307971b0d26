// Sums over many rows against sums in extended precision, and normal equations against the refined QR.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "headwater/core/threads.hpp"
#include "headwater/linalg/compensated.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/linalg/tails.hpp"

namespace headwater {
namespace {

__extension__ typedef __int128 Whole;  // NOLINT(modernize-use-using)

Matrix made(Index rows, Index columns, std::uint64_t seed) {
  Matrix X(rows, columns);
  std::uint64_t state = seed;
  for (Index j = 0; j < columns; ++j)
    for (Index i = 0; i < rows; ++i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      X(i, j) = static_cast<double>(state >> 11) * 0x1p-53 - 0.3;
    }
  return X;
}

long double exact(const Matrix& X, const Matrix& Y, const Vector& w, Index i, Index j) {
  long double sum = 0;
  for (Index r = 0; r < X.rows(); ++r)
    sum += static_cast<long double>(X(r, i)) * Y(r, j) * (w.size() > 0 ? static_cast<long double>(w(r)) : 1.0L);
  return sum;
}

TEST(CrossProduct, EqualsSumsInExtendedPrecision) {
  for (const Index rows : {1, 7, 8, 9, 511, 512, 513, 1200, 40000})
    for (const Index columns : {1, 2, 3, 4, 5, 7, 12}) {
      const Matrix X = made(rows, columns, 1), Y = made(rows, 3, 2);
      const Vector w = made(rows, 1, 3).col(0).cwiseAbs();
      for (const Vector& weights : {Vector(), w}) {
        const Matrix own = cross_product(X, weights), other = cross_product(X, Y, weights);
        EXPECT_EQ(own, own.transpose());
        for (Index i = 0; i < columns; ++i) {
          for (Index j = 0; j < columns; ++j)
            EXPECT_NEAR(own(i, j), static_cast<double>(exact(X, X, weights, i, j)), 2e-15 * static_cast<double>(rows));
          for (Index j = 0; j < 3; ++j)
            EXPECT_NEAR(other(i, j), static_cast<double>(exact(X, Y, weights, i, j)),
                        2e-15 * static_cast<double>(rows));
        }
      }
    }
  EXPECT_EQ(cross_product(Matrix(0, 2), Vector()), Matrix::Zero(2, 2));
}

TEST(CrossProduct, HasTheSameBitsForAnyNumberOfThreads) {
  const Matrix X = made(100'003, 6, 4);
  set_threads(1);
  const Matrix one = cross_product(X, Vector());
  for (const int count : {2, 7}) {
    set_threads(count);
    EXPECT_EQ(one, cross_product(X, Vector()));
  }
  set_threads(0);
}

// Whole numbers whose products and sums are exact in 128 bits: what is left after rounding must be the nearest double.
TEST(Compensated, IsTheNearestDouble) {
  constexpr Index kRowsOfAll = 5003;
  const Matrix A = (made(kRowsOfAll, 3, 5) * 0x1p40).array().round();
  const Vector b = (made(3, 1, 6).col(0) * 0x1p20).array().round(),
               y = (made(kRowsOfAll, 1, 7).col(0) * 0x1p50).array().round();
  const Vector r = compensated_residuals(A, Matrix(), y, b, Vector());
  const auto whole = [](double value) { return static_cast<Whole>(value); };
  for (Index i = 0; i < kRowsOfAll; ++i) {
    Whole sum = whole(y(i));
    for (Index j = 0; j < 3; ++j) sum -= whole(A(i, j)) * whole(b(j));
    EXPECT_EQ(r(i), static_cast<double>(sum)) << i;
    EXPECT_EQ(compensated_residuals(A.row(i), Matrix(), y.segment(i, 1), b, y.segment(i, 1))(0),
              static_cast<double>(sum - whole(y(i))));
  }
  const Vector products = compensated_products(A, Matrix(), y);
  for (Index j = 0; j < 3; ++j) {
    Whole sum = 0;
    for (Index i = 0; i < kRowsOfAll; ++i) sum += whole(A(i, j)) * whole(y(i));
    EXPECT_EQ(products(j), static_cast<double>(sum)) << j;
  }
}

TEST(Compensated, TakesTails) {
  const Matrix A = made(700, 2, 8), tails = made(700, 2, 9) * 1e-17;
  const Vector b = made(2, 1, 10).col(0), y = A * b;
  const Vector r = compensated_residuals(A, tails, y, b, Vector());
  for (Index i = 0; i < 700; ++i) {
    long double sum = y(i);
    for (Index j = 0; j < 2; ++j) sum -= (static_cast<long double>(A(i, j)) + tails(i, j)) * b(j);
    EXPECT_NEAR(r(i), static_cast<double>(sum), 1e-18);
  }
  EXPECT_NEAR(compensated_products(A, tails, y)(1) - compensated_products(A, Matrix(), y)(1),
              static_cast<double>(exact(tails, y, Vector(), 1, 0)), 1e-13);
}

// Tails of zero send the same columns through the refined QR.
void expect_the_same_as_qr(const Matrix& X, const Vector& y, const Vector& weights) {
  const LeastSquares fast = least_squares(X, y, weights);
  const LeastSquares slow = least_squares(X, Matrix::Zero(X.rows(), X.cols()), y, weights);
  ASSERT_EQ(fast.kept, slow.kept);
  EXPECT_LE((fast.coefficients - slow.coefficients).cwiseAbs().maxCoeff(),
            4e-16 * slow.coefficients.cwiseAbs().maxCoeff());
  EXPECT_LE((fast.residuals - slow.residuals).cwiseAbs().maxCoeff(), 1e-15 * y.cwiseAbs().maxCoeff());
  EXPECT_LE((fast.bread - slow.bread).cwiseAbs().maxCoeff(), 1e-12 * slow.bread.cwiseAbs().maxCoeff());
}

TEST(NormalEquations, EqualTheRefinedQr) {
  Matrix X = made(30'000, 5, 11);
  const Vector y = X * made(5, 1, 12).col(0) + made(30'000, 1, 13).col(0), w = made(30'000, 1, 14).col(0).cwiseAbs();
  for (const Vector& weights : {Vector(), w}) expect_the_same_as_qr(X, y, weights);
  X.col(1) *= 1e9;
  X.col(3) *= 1e-9;
  expect_the_same_as_qr(X, y, w);
  X.col(2) = X.col(0) + 0.1 * X.col(4);  // no second part of its own: left to the QR, which names the partners
  const LeastSquares fit = least_squares(X, y, w);
  EXPECT_EQ(fit.kept, (std::vector<Index>{0, 1, 2, 3}));
  ASSERT_EQ(fit.dropped.size(), 1u);
  EXPECT_EQ(fit.dropped[0].column, 4);
}

}  // namespace
}  // namespace headwater
