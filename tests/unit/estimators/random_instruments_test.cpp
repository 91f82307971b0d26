// Random effects by instruments against every matrix written out: n × n projections, the root of V by its eigenvectors,
// two-stage least squares by a pseudo-inverse of the instruments.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater {
namespace {

// x1, x3 are exogenous; x2 and the lasting t2 go with the unit's level, e with the rows' errors; z moves e, t1 lasts.
Panel panel_of(std::uint64_t seed, bool balanced) {
  RandomStream random(seed, 0, 0);
  std::string csv = "id,year,y,x1,x2,x3,t1,t2,e,z,s\n";
  for (int unit = 0; unit < 21; ++unit) {
    const double alpha = 1.5 * random.normal(), m = 2 * random.normal(), t1 = random.normal(),
                 t2 = m + 0.7 * alpha + random.normal();
    for (int year = 0; year < 5; ++year) {
      const double u = random.normal(), x1 = m + random.normal(), x2 = alpha + random.normal(),
                   x3 = random.normal() + 0.3 * t1, z = random.normal() + m, e = 0.8 * z + u + random.normal();
      const double y = 1 + 0.5 * x1 - x2 + 0.2 * x3 + t1 + 0.6 * t2 + 0.4 * e + alpha + u;
      if (!balanced && random.uniform() < 0.25) continue;
      csv += std::to_string(unit) + "," + std::to_string(2000 + year);
      for (const double v : {y, x1, x2, x3, t1, t2, e, z, 3 * x1 - 1}) csv += "," + shortest(v);
      csv += "\n";
    }
  }
  RawTable table = parse_csv(csv, "panel.csv", ',', {});
  return Panel(std::move(table.columns), Panel::Keys{.unit = "id", .time = "year"}, std::move(table.source_rows),
               std::move(table.ledger));
}

Matrix pseudo_inverse(const Matrix& A) {
  const SymmetricEigen eigen = symmetric_eigen(A);
  const double least = 1e-11 * eigen.values.maxCoeff();
  const Vector inverse = eigen.values.unaryExpr([&](double v) { return v > least ? 1 / v : 0.0; });
  return eigen.vectors * inverse.asDiagonal() * eigen.vectors.transpose();
}

struct Written {
  Matrix D, P, Q, X1, X2, Z, all, periods;
  Vector y;
  Index n = 0, units = 0;
};

struct Estimated {
  Vector coefficients;
  double own = 0, effect = 0, rss = 0;
  Matrix bread;
};

// Columns in the order of the coefficients: exogenous with the constant first, then endogenous.
Written written(const Fit& fit) {
  const Design& design = *fit.design;
  Written w;
  w.n = design.n();
  w.units = design.unit.count;
  w.D = Matrix::Zero(w.n, w.units);
  w.periods = Matrix::Zero(w.n, design.time.count);
  for (Index i = 0; i < w.n; ++i) {
    w.D(i, design.unit.code[static_cast<std::size_t>(i)]) = 1;
    w.periods(i, design.time.code[static_cast<std::size_t>(i)]) = 1;
  }
  w.P = w.D * pseudo_inverse(w.D.transpose() * w.D) * w.D.transpose();
  w.Q = Matrix::Identity(w.n, w.n) - w.P;
  const std::vector<Index> endogenous = design.endogenous();
  std::vector<Index> exogenous;
  for (Index j = 0; j < design.k(); ++j)
    if (std::find(endogenous.begin(), endogenous.end(), j) == endogenous.end()) exogenous.push_back(j);
  w.X1 = design.X(Eigen::all, exogenous);
  w.X2 = design.X(Eigen::all, endogenous);
  w.Z = design.instruments;
  w.y = design.y;
  return w;
}

Matrix side_by_side(const std::vector<Matrix>& parts) {
  Matrix all(parts.front().rows(), 0);
  for (const Matrix& part : parts) {
    all.conservativeResize(Eigen::NoChange, all.cols() + part.cols());
    all.rightCols(part.cols()) = part;
  }
  return all;
}

Matrix fitted_by(const Matrix& Z, const Matrix& X) {
  Matrix scaled = Z;
  for (Index j = 0; j < Z.cols(); ++j)
    if (Z.col(j).norm() > 1e-10) scaled.col(j) /= Z.col(j).norm();
  return scaled * pseudo_inverse(scaled.transpose() * scaled) * (scaled.transpose() * X);
}

Vector two_stage(const Vector& y, const Matrix& X, const Matrix& Z) {
  const Matrix fitted = fitted_by(Z, X);
  return pseudo_inverse(fitted.transpose() * fitted) * (fitted.transpose() * y);
}

std::vector<Index> varying_of(const Matrix& X, const Matrix& Q, bool varies) {
  std::vector<Index> some;
  for (Index j = 0; j < X.cols(); ++j)
    if (((Q * X.col(j)).norm() > 1e-8 * X.col(j).norm()) == varies) some.push_back(j);
  return some;
}

// Values of a column in one period, on all rows of the unit.
Matrix in_each_period(const Written& w, const Matrix& X) {
  Matrix all(w.n, 0);
  for (Index j = 0; j < X.cols(); ++j)
    for (Index t = 0; t < w.periods.cols(); ++t) {
      const Vector own = X.col(j).cwiseProduct(w.periods.col(t));
      all.conservativeResize(Eigen::NoChange, all.cols() + 1);
      all.rightCols(1) = w.D * (w.D.transpose() * own);
    }
  return all;
}

void swamy_arora_of(const Written& w, Estimated& e) {
  const Matrix X = side_by_side({w.X1, w.X2}), Z = side_by_side({w.X1, w.Z});
  const std::vector<Index> varying = varying_of(X, w.Q, true);
  const Matrix QX = w.Q * X(Eigen::all, varying);
  const Vector within = w.Q * w.y - QX * two_stage(w.Q * w.y, QX, w.Q * Z);
  e.own = within.squaredNorm() / static_cast<double>(w.n - w.units - QX.cols());
  const Matrix PX = w.P * X;
  const Vector between = w.P * w.y - PX * two_stage(w.P * w.y, PX, w.P * Z);
  const double trace = (pseudo_inverse(PX.transpose() * PX) * (X.transpose() * w.D * w.D.transpose() * X)).trace();
  e.effect =
      (between.squaredNorm() - static_cast<double>(w.units - X.cols()) * e.own) / (static_cast<double>(w.n) - trace);
}

void hausman_taylor_of(const Written& w, Estimated& e) {
  const Matrix X = side_by_side({w.X1, w.X2});
  const std::vector<Index> varying = varying_of(X, w.Q, true), lasting = varying_of(X, w.Q, false);
  const Matrix QX = w.Q * X(Eigen::all, varying), T = X(Eigen::all, lasting);
  const Vector b = pseudo_inverse(QX.transpose() * QX) * (QX.transpose() * w.y);
  e.own = (w.Q * w.y - QX * b).squaredNorm() / static_cast<double>(w.n - w.units);
  const Vector left = w.P * (w.y - X(Eigen::all, varying) * b);
  const Vector apart = left - T * two_stage(left, T, w.X1);
  e.effect = (apart.squaredNorm() - static_cast<double>(w.units) * e.own) / static_cast<double>(w.n);
}

Estimated by_hand(const Written& w, const std::string& how) {
  Estimated e;
  if (how == "g2sls" || how == "ec2sls")
    swamy_arora_of(w, e);
  else
    hausman_taylor_of(w, e);
  const Matrix V = Matrix::Identity(w.n, w.n) + std::max(0.0, e.effect) / e.own * w.D * w.D.transpose();
  const SymmetricEigen eigen = symmetric_eigen(V);
  const Matrix W = eigen.vectors * eigen.values.cwiseSqrt().cwiseInverse().asDiagonal() * eigen.vectors.transpose();
  const Matrix X = side_by_side({w.X1, w.X2});
  std::vector<Matrix> Z = {w.X1};
  if (how == "g2sls") Z = {w.X1, w.Z};
  if (how == "ec2sls") Z = {w.Q * w.X1, w.P * w.X1, w.Q * w.Z, w.P * w.Z};
  if (how != "g2sls" && how != "ec2sls") Z = {w.Q * X, w.P * w.X1};
  if (how == "amemiya_macurdy" || how == "breusch_mizon_schmidt") Z.push_back(in_each_period(w, w.X1));
  if (how == "breusch_mizon_schmidt") Z.push_back(in_each_period(w, w.Q * w.X2));
  e.coefficients = two_stage(W * w.y, W * X, W * side_by_side(Z));
  const Matrix projected = fitted_by(W * side_by_side(Z), W * X);
  e.bread = pseudo_inverse(projected.transpose() * projected);
  e.rss = (W * (w.y - X * e.coefficients)).squaredNorm();
  return e;
}

Fit fitted(const Panel& panel, const std::string& formula, const std::string& method) {
  return test::estimated(panel, formula, method, "", "iid");
}

void compare(const Fit& fit, const std::string& how) {
  const Estimated e = by_hand(written(fit), how);
  ASSERT_EQ(fit.k(), e.coefficients.size());
  EXPECT_NEAR(fit.random->own_variance, e.own, 1e-11 * e.own) << how;
  EXPECT_NEAR(fit.random->effects[0].unbounded, e.effect, 1e-9 * std::abs(e.effect)) << how;
  EXPECT_LT((fit.coefficients - e.coefficients).norm(), 1e-8 * e.coefficients.norm()) << how;
  EXPECT_NEAR(fit.goodness.rss, e.rss, 1e-8 * e.rss) << how;
  EXPECT_LT((fit.bread - e.bread).norm(), 1e-8 * e.bread.norm()) << how;
  // Levels less predicted effects leave the residual of the linear rows.
  EXPECT_LT((fit.linear->outcome - *fit.linear->regressors * fit.coefficients - fit.linear->residuals).norm(), 1e-10);
  const Vector rows = fit.scores.rows().colwise().sum();
  EXPECT_LT(rows.norm(), 1e-8 * fit.scores.rows().norm()) << how;
}

TEST(RandomInstruments, EveryWayEqualsItsMatrices) {
  for (const std::uint64_t seed : {1, 2, 3})
    for (const bool balanced : {true, false}) {
      const Panel panel = panel_of(seed, balanced);
      for (const std::string how : {"g2sls", "ec2sls"}) {
        compare(fitted(panel, "y ~ x1 + x3 + t1 | e ~ z", "random(iv = " + how + ")"), how);
        compare(fitted(panel, "y ~ x1 + t1 | e + x2 ~ z + x3 + l(x2, 1)", "random(iv = " + how + ")"), how);
      }
      for (const std::string how : {"hausman_taylor", "amemiya_macurdy", "breusch_mizon_schmidt"})
        if (balanced || how == "hausman_taylor") {
          compare(fitted(panel, "y ~ x1 + x3 + t1 | x2 + t2 ~ 1", "random(iv = " + how + ")"), how);
          compare(fitted(panel, "y ~ x1 + x3 + e | x2 ~ 1", "random(iv = " + how + ")"), how);
        }
    }
}

// With no endogenous regressor that lasts and none exogenous at all, what varies within units instruments itself.
TEST(RandomInstruments, HausmanTaylorOfAllEndogenousIsWithin) {
  const Panel panel = panel_of(4, true);
  const Fit random = fitted(panel, "y ~ 1 | x1 + x2 + e ~ 1", "random(iv = hausman_taylor)"),
            within = fitted(panel, "y ~ x1 + x2 + e | id", "within");
  for (const std::string name : {"x1", "x2", "e"})
    EXPECT_NEAR(random.coefficients(*coefficient_index(random, name)),
                within.coefficients(*coefficient_index(within, name)), 1e-10);
}

// Regressors that are their own instruments: random effects without any.
TEST(RandomInstruments, ByThemselvesAreRandomEffects) {
  const Panel panel = panel_of(5, false);
  const Fit plain = fitted(panel, "y ~ x1 + x3 + t1", "random");
  for (const std::string how : {"g2sls", "ec2sls"}) {
    const Fit own = fitted(panel, "y ~ x3 + t1 | x1 ~ x1", "random(iv = " + how + ")");
    EXPECT_NEAR(own.random->effects[0].variance, plain.random->effects[0].variance, 1e-11);
    for (const std::string name : {"(Intercept)", "x1", "x3", "t1"})
      EXPECT_NEAR(own.coefficients(*coefficient_index(own, name)), plain.coefficients(*coefficient_index(plain, name)),
                  1e-10)
          << how << name;
  }
}

TEST(RandomInstruments, AnInstrumentThatAddsNothingIsNamed) {
  const Fit fit = fitted(panel_of(6, true), "y ~ x1 + t1 | e ~ z + s", "random(iv = ec2sls)");
  ASSERT_EQ(fit.not_identified.size(), 1u);
  EXPECT_EQ(fit.not_identified.front().term, "s");
  EXPECT_EQ(fit.first_stages->fits.front().names,
            (Names{"(Intercept)", "x1", "t1", "mean(x1)", "within(z)", "mean(z)"}));
}

std::string message_of(const std::string& formula, const std::string& method, bool balanced = true) {
  try {
    fitted(panel_of(7, balanced), formula, method);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(RandomInstruments, RefusesWhatItCannotDo) {
  EXPECT_EQ(message_of("y ~ x1 | t2 + e ~ 1", "pooled"),
            "2 endogenous regressors (t2, e) and 0 instruments left out of the equation: there must be as many "
            "instruments as endogenous regressors; give more, or take a regressor out");
  EXPECT_EQ(
      message_of("y ~ x1 | e ~ 1", "random"),
      "g2sls needs instruments after the '~' of y ~ x1 | e ~ 1; name some, or use iv = hausman_taylor, which makes "
      "them of the model's regressors");
  EXPECT_EQ(
      message_of("y ~ x1 | e ~ z", "random(iv = hausman_taylor)"),
      "hausman_taylor makes its instruments of the model's regressors, and the formula names z; write endogenous ~ "
      "1, or use iv = g2sls or ec2sls");
  EXPECT_EQ(
      message_of("y ~ t1 | x2 + t2 ~ 1", "random(iv = hausman_taylor)"),
      "hausman_taylor moves endogenous regressors that are constant within units (t2) by exogenous ones that vary "
      "there, of which there are none; there must be as many");
  EXPECT_EQ(message_of("y ~ x1 | t1 + t2 ~ 1", "random(iv = hausman_taylor)"),
            "hausman_taylor moves endogenous regressors that are constant within units (t1, t2) by exogenous ones that "
            "vary there, of which there is one (x1); there must be as many");
  EXPECT_EQ(
      message_of("y ~ x1 | t2 ~ 1", "random(iv = amemiya_macurdy)", false),
      "amemiya_macurdy takes the value of each period as an instrument, so every unit needs a row in every period, "
      "and 79 rows of 21 units are used; use iv = hausman_taylor");
  EXPECT_EQ(message_of("y ~ x1 | e ~ z", "random(iv = g2sls, components = amemiya)"),
            "random(iv = g2sls) has its variances by components = swamy_arora alone, and components is amemiya");
  EXPECT_EQ(message_of("y ~ x1 | e ~ 1", "random(iv = hausman_taylor, components = swamy_arora)"),
            "random(iv = hausman_taylor) has its variances of its own, from within residuals, and components is "
            "swamy_arora");
  EXPECT_EQ(message_of("y ~ x1 | e ~ z", "random(effect = both)"),
            "random(iv = g2sls) is for one effect, of the unit or of time, and effect is both");
  EXPECT_EQ(message_of("y ~ x1 | e ~ 1", "random(effect = time, iv = hausman_taylor)"),
            "random(iv = hausman_taylor) is for effects of the unit, and effect is time");
  EXPECT_EQ(
      message_of("y ~ x1 | e ~ z", "random(means = unit)"),
      "random(iv = g2sls) does not take means = unit: unit means of endogenous regressors are endogenous too; use "
      "within, which needs no assumption on the levels of units");
  EXPECT_EQ(
      message_of("y ~ x1", "random(iv = ec2sls)"),
      "option 'iv' of random is about instruments, and the formula has none; write y ~ x | effects | endogenous ~ "
      "instruments");
}

}  // namespace
}  // namespace headwater
