#include <gtest/gtest.h>

#include <cmath>

#include "unit/estimators/small_rows.hpp"

namespace headwater {
namespace {

using test::estimated;
using test::expect_error;
using test::expect_numbers;
using test::extra;
using test::keyless;
using test::small_rows;

Vector equal_errors(const Fit& fit) { return fit.equal_errors->covariance.diagonal().cwiseSqrt(); }

// Numbers of statsmodels 0.15 RLM, cov H1.
TEST(RobustM, EqualsStatsmodels) {
  const Fit huber = estimated(small_rows(), "v ~ x + z", "robust_m", "", "iid");
  expect_numbers(huber.coefficients, {2.668621616360677, 1.4861834582973692, -1.7944482018152823}, 1e-11);
  expect_numbers(equal_errors(huber), {0.8413543562417501, 0.4428403299685715, 0.6782547660167225}, 1e-10);
  EXPECT_NEAR(extra(huber, "scale"), 1.8078870122047512, 1e-11);
  const Fit tukey = estimated(small_rows(), "v ~ x + z", "robust_m(loss = bisquare)", "", "iid");
  expect_numbers(tukey.coefficients, {2.6590359661135077, 1.5345168412543337, -1.7891269017674827}, 1e-11);
  expect_numbers(equal_errors(tukey), {0.9110559097574269, 0.47952720123656223, 0.7344444208512826}, 1e-10);
  EXPECT_NEAR(extra(tukey, "scale"), 1.7699908297595468, 1e-11);
}

// ψ beyond every row is that of least squares, whatever the scale.
TEST(RobustM, FarTuningIsLeastSquares) {
  for (const std::string loss : {"huber", "bisquare"}) {
    const Fit far = estimated(small_rows(), "v ~ x + z", "robust_m(loss = " + loss + ", tuning = 1e7)", "", "robust"),
              plain = estimated(small_rows(), "v ~ x + z", "pooled", "", "robust");
    for (Index j = 0; j < 3; ++j) EXPECT_NEAR(far.coefficients(j), plain.coefficients(j), 1e-10);
    const Matrix ours = influence(far), theirs = influence(plain);
    EXPECT_LE((ours - theirs).cwiseAbs().maxCoeff(), 1e-10 * theirs.cwiseAbs().maxCoeff());
  }
}

// Scores sum to zero, and the bread is the inverse of their derivative at a fixed scale.
TEST(RobustM, ScoresAndBread) {
  const Panel panel = small_rows();
  const Fit fit = estimated(panel, "v ~ x + z", "robust_m(loss = bisquare)", "", "robust");
  const double scale = extra(fit, "scale");
  const auto sum_at = [&](const Vector& b) {
    Vector sum = Vector::Zero(3);
    for (Index i = 0; i < fit.n(); ++i) {
      const double u = (fit.design->y(i) - fit.design->X.row(i).dot(b)) / scale, left = 1 - u * u / (4.685 * 4.685);
      if (std::abs(u) < 4.685) sum += scale * u * left * left * fit.design->X.row(i).transpose();
    }
    return sum;
  };
  EXPECT_LE(sum_at(fit.coefficients).cwiseAbs().maxCoeff(), 1e-10);
  Matrix derivative(3, 3);
  for (Index j = 0; j < 3; ++j) {
    const Vector step = 1e-5 * Vector::Unit(3, j);
    derivative.col(j) = (sum_at(fit.coefficients - step) - sum_at(fit.coefficients + step)) / 2e-5;
  }
  EXPECT_LE((derivative * fit.bread - Matrix::Identity(3, 3)).cwiseAbs().maxCoeff(), 1e-7);
}

TEST(RobustM, TellsHowManyRowsCountLess) {
  Panel panel = keyless("y,x\n1.1,1\n1.9,2\n3.2,3\n3.9,4\n5.1,5\n6.2,6\n50,7\n7.8,8\n");
  const Fit fit = estimated(panel, "y ~ x", "robust_m", "", "robust");
  EXPECT_EQ(fit.notes.back().message, "1 row of 8 counts less than half, being far from the fit");
  EXPECT_NEAR(fit.coefficients(1), 1, 0.1);
}

TEST(RobustM, RefusesWhatHasNoAnswer) {
  expect_error(
      ErrorKind::identification,
      "half of the rows of y are fitted exactly, so nothing tells which of the others lie far off; use pooled or "
      "quantile",
      [] {
        estimated(keyless("y,x\n0,0\n0,1\n0,0\n0,1\n0,0\n0,1\n0,0\n1,1\n0,0\n0,0\n"), "y ~ x", "robust_m", "", "iid");
      });
  expect_error(
      ErrorKind::usage,
      "tuning is 0 in robust_m(tuning = 0); it is how many deviations from the fit a row begins to lose weight "
      "at, above 0",
      [] { estimated(small_rows(), "v ~ x", "robust_m(tuning = 0)", "", "iid"); });
  expect_error(ErrorKind::numerical,
               "the weights of robust_m(loss = bisquare, tuning = 0.01) have not settled, because the rows that keep a "
               "weight do "
               "not tell all regressors apart; use loss = huber, a larger tuning, or fewer regressors",
               [] { estimated(small_rows(), "v ~ x + z", "robust_m(loss = bisquare, tuning = 0.01)", "", "iid"); });
  expect_error(ErrorKind::usage,
               "the estimator robust_m does not take effects, which the model v ~ x | unit has; use within",
               [] { estimated(small_rows(), "v ~ x | unit", "robust_m", "", "iid"); });
}

}  // namespace
}  // namespace headwater
