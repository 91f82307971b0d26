// Decompositions of fits with random effects: by levels, predictions in a part of their own, uncertainty against dense
// algebra; what rests on least squares refuses.
#include <gtest/gtest.h>

#include <cmath>

#include "headwater/covariances/error_variance.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

SmallModel random_model(const std::string& estimator, const std::string& covariance = "cluster(unit)") {
  return small_model(small_panel(11, 24, 5, 0.8), small_spec("y ~ x + z", estimator, "", covariance));
}

Vector mean_of(const Design& design, std::int32_t period) {
  Vector rows = Vector::Zero(design.n());
  for (Index i = 0; i < design.n(); ++i) rows(i) = design.time.code[static_cast<std::size_t>(i)] == period ? 1 : 0;
  return rows / rows.sum();
}

TEST(RandomEffectsParts, AreLevelsPredictionsAndWhatIsLeft) {
  for (const char* estimator : {"random", "random(effect = both)", "random(effect = time)", "random(means = unit)"}) {
    const SmallModel m = random_model(estimator);
    const OutcomeParts parts(m.fit);
    const Vector sum = parts.values().rowwise().sum().array() + parts.constant();
    EXPECT_LT((sum - m.design->y).cwiseAbs().maxCoeff(), 1e-12) << estimator;
    const Vector x = m.design->X.col(1) * m.fit.coefficients(1);
    EXPECT_LT((parts.values().col(0) - x).cwiseAbs().maxCoeff(), 1e-13) << estimator;
  }
  EXPECT_EQ(OutcomeParts(random_model("random(effect = both)").fit).names(),
            (Names{"first", "second", "effects: unit (random)", "effects: year (random)", "residual"}));
}

TEST(RandomEffectsParts, ChangeAndContributionsGoByLevels) {
  const SmallModel m = random_model("random(effect = both)");
  const Vector v = mean_of(*m.design, 4) - mean_of(*m.design, 0);
  const Decomposition change = m.run("change(from = 2010, to = 2014, reading = means)").front();
  EXPECT_NEAR(change.estimates.values(0), v.dot(m.design->X.col(1)) * m.fit.coefficients(1), 1e-13);
  EXPECT_NEAR(change.estimates.values(2), v.dot(on_rows(m.fit.random->effects[0].predicted, m.design->unit).col(0)),
              1e-13);
  EXPECT_NEAR(change.total, v.dot(m.design->y), 1e-13);
  // A unit's own effect does not change while it stays; that of the period does.
  const Names stayers = m.run("change(from = 2010, to = 2014)").front().estimates.names;
  EXPECT_EQ(std::count(stayers.begin(), stayers.end(), "effects: unit (random)"), 0);
  EXPECT_EQ(std::count(stayers.begin(), stayers.end(), "effects: year (random)"), 1);
  const Decomposition own = m.run("contributions(by = type)").front();
  EXPECT_NEAR(own.estimates.values.sum(), own.total, 1e-12);
  EXPECT_TRUE(std::none_of(own.extras.begin(), own.extras.end(),
                           [](const LabelledArray& array) { return array.name == "explained_total"; }));
}

// cov of the parts when u and e are drawn: coefficients L(u + e), own noise a'e.
TEST(RandomEffectsParts, IidCovarianceIsDenseAlgebras) {
  for (const char* estimator : {"random(components = amemiya)", "random(effect = both, components = nerlove)"}) {
    const SmallModel m = random_model(estimator, "iid");
    const Index n = m.design->n();
    Matrix V = Matrix::Identity(n, n);
    for (const RandomEffects::Effect& effect : m.fit.random->effects)
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j)
          if (effect.levels.code[static_cast<std::size_t>(i)] == effect.levels.code[static_cast<std::size_t>(j)])
            V(i, j) += effect.variance / m.fit.random->own_variance;
    const Matrix inverse = inverse_definite(V), X = m.design->X;
    const Matrix L = inverse_definite(X.transpose() * inverse * X) * X.transpose() * inverse;
    const Vector v = mean_of(*m.design, 4) - mean_of(*m.design, 0);
    const OutcomeParts parts(m.fit);
    const Index count = parts.size();
    Matrix through(count, n), own = Matrix::Zero(count, n);
    through.row(0) = v.dot(X.col(1)) * L.row(1);
    through.row(1) = v.dot(X.col(2)) * L.row(2);
    for (std::size_t q = 0; q < m.fit.random->effects.size(); ++q) {
      const Vector gathered = on_rows(sums_by(v, m.fit.random->effects[q].levels), m.fit.random->effects[q].levels);
      const Vector a = m.fit.random->effects[q].variance / m.fit.random->own_variance * (inverse * gathered);
      own.row(2 + static_cast<Index>(q)) = a.transpose();
      through.row(2 + static_cast<Index>(q)) = -(a.transpose() * X) * L;  // the constant's error too
    }
    own.row(count - 1) = -own.topRows(count - 1).colwise().sum();
    through.row(count - 1) = -through.topRows(count - 1).colwise().sum();
    const Matrix crossed = through * own.transpose();
    const Matrix expected = error_variance(m.fit, m.rule.factor) *
                            (through * V * through.transpose() + crossed + crossed.transpose() + own * own.transpose());
    EXPECT_LT((parts.iid_covariance(v, m.rule) - expected).cwiseAbs().maxCoeff(),
              1e-12 * expected.cwiseAbs().maxCoeff());
  }
}

TEST(RandomEffectsParts, WhatRestsOnLeastSquaresRefuses) {
  const SmallModel m = random_model("random");
  for (const char* call :
       {"shapley", "importance", "dominance", "bma", "gelbach(base = x)", "oster", "robustness_value",
        "errors_in_variables(term = x, reliability = 0.8)", "missing_bounds(term = x)", "provider",
        "oaxaca(groups = q, cut = 0)", "rif(groups = q, cut = 0)", "dfl(groups = q, cut = 0)"}) {
    try {
      m.run(call);
      ADD_FAILURE() << call << " answered";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << call;
      const std::string message = error.message();
      EXPECT_TRUE(message.find("estimator") != std::string::npos || message.find("least-squares") != std::string::npos)
          << call << ": " << message;
    }
  }
}

}  // namespace
}  // namespace headwater
