// Continuously updated GMM against its definition: J at matrices written out, no lower point beside the minimum, LIML
// under equal variances, and the same answer whichever of two variables is called the outcome.
#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater {
namespace {

// `strength` is what z1 to z3 move e1 by; errors vary with z1 and go together by unit.
Panel panel_with(std::uint64_t seed, double strength, int units = 25) {
  RandomStream random(seed, 0, 0);
  std::string csv = "id,year,y,x,e1,z1,z2,z3,w\n";
  for (int unit = 0; unit < units; ++unit) {
    const double alpha = random.normal();
    for (int year = 0; year < 4; ++year) {
      const double z1 = random.normal(), z2 = random.normal(), z3 = random.normal(),
                   u = (random.normal() + 0.5 * alpha) * (1 + 0.5 * std::abs(z1)), x = random.normal(),
                   e1 = strength * (z1 + 0.5 * z2 - 0.5 * z3) + 0.8 * u + random.normal(), y = 0.5 * x + e1 + u;
      if (random.uniform() < 0.1) continue;
      csv += std::to_string(unit) + "," + std::to_string(2000 + year);
      for (const double v : {y, x, e1, z1, z2, z3, 0.5 + random.uniform()}) csv += "," + shortest(v);
      csv += "\n";
    }
  }
  RawTable table = parse_csv(csv, "panel.csv", ',', {});
  return Panel(std::move(table.columns), Panel::Keys{.unit = "id", .time = "year"}, std::move(table.source_rows),
               std::move(table.ledger));
}

// J of the definition, sums over groups taken one group at a time; "" groups by rows, "iid" takes σ² Z'WZ.
double objective(const Fit& fit, const Vector& coefficients, const std::string& weight) {
  const Matrix& Z = *fit.first_stages->fits.front().linear->regressors;
  const Vector w = fit.weights.size() > 0 ? fit.weights : Vector::Ones(fit.n());
  const Vector e = fit.linear->outcome - *fit.linear->regressors * coefficients;
  const Matrix u = Z.array().colwise() * w.cwiseProduct(e).array();
  const Vector g = u.colwise().sum();
  Matrix S = Matrix::Zero(Z.cols(), Z.cols());
  if (weight == "unadjusted")
    S = e.dot(w.cwiseProduct(e)) / static_cast<double>(fit.n()) * Z.transpose() * w.asDiagonal() * Z;
  if (weight == "rows") S = u.transpose() * u;
  if (weight == "clusters")
    for (std::int32_t c = 0; c < fit.design->unit.count; ++c) {
      Vector sum = Vector::Zero(Z.cols());
      for (Index i = 0; i < fit.n(); ++i)
        if (fit.design->unit.code[static_cast<std::size_t>(i)] == c) sum += u.row(i).transpose();
      S += sum * sum.transpose();
    }
  return g.dot(solve_definite(S, g).col(0));
}

Fit fitted(const Panel& panel, const std::string& formula, const std::string& estimator,
           const std::string& weights = "", const std::string& rule = "robust") {
  return test::estimated(panel, formula, estimator, weights, rule);
}

double of(const Fit& fit, const std::string& name) { return fit.coefficients(*coefficient_index(fit, name)); }

TEST(ContinuouslyUpdated, UnderEqualVariancesIsLiml) {
  for (const std::uint64_t seed : {1, 2, 3})
    for (const std::string weights : {"", "w"})
      for (const std::string method : {"pooled", "within"}) {
        const Panel panel = panel_with(seed, 0.6);
        const std::string formula = method == "pooled" ? "y ~ x | e1 ~ z1 + z2 + z3" : "y ~ x | id | e1 ~ z1 + z2 + z3";
        const Fit cue = fitted(panel, formula, method + "(iv = cue, weight = unadjusted)", weights),
                  liml = fitted(panel, formula, method + "(iv = liml)", weights);
        for (const std::string name : {"x", "e1"}) EXPECT_NEAR(of(cue, name), of(liml, name), 1e-9) << seed << name;
        const double n = static_cast<double>(cue.n());
        EXPECT_NEAR(*cue.first_stages->objective, n * (1 - 1 / liml.first_stages->kappa), 1e-9);
      }
}

TEST(ContinuouslyUpdated, NoPointBesideItIsLower) {
  for (const std::uint64_t seed : {4, 5})
    for (const std::string weights : {"", "w"})
      for (const std::string weight : {"unadjusted", "rows", "clusters"}) {
        const Fit fit = fitted(panel_with(seed, 0.6), "y ~ x | e1 ~ z1 + z2 + z3",
                               "pooled(iv = cue, weight = " + weight + ")", weights, "cluster(id)");
        const double J = *fit.first_stages->objective;
        EXPECT_NEAR(J, objective(fit, fit.coefficients, weight), 1e-9);
        EXPECT_EQ(fit.status, Status::converged);
        RandomStream random(seed, 1, 0);
        for (int draw = 0; draw < 200; ++draw) {
          Vector step(fit.k());
          for (Index j = 0; j < fit.k(); ++j) step(j) = random.normal();
          for (const double size : {1e-4, 1e-2, 1.0})
            EXPECT_GE(objective(fit, fit.coefficients + size * step, weight), J - 1e-10) << weight << size;
        }
      }
}

// Two-stage least squares and two-step GMM change when outcome and regressor change places; this does not.
TEST(ContinuouslyUpdated, DoesNotDependOnWhatIsCalledTheOutcome) {
  const Panel panel = panel_with(6, 0.6);
  for (const std::string weight : {"unadjusted", "rows", "clusters"}) {
    const std::string how = "pooled(iv = cue, weight = " + weight + ")";
    const Fit forward = fitted(panel, "y ~ x | e1 ~ z1 + z2 + z3", how, "", "cluster(id)"),
              back = fitted(panel, "e1 ~ x | y ~ z1 + z2 + z3", how, "", "cluster(id)");
    EXPECT_NEAR(of(forward, "e1"), 1 / of(back, "y"), 1e-7) << weight;
    EXPECT_NEAR(of(forward, "x"), -of(back, "x") / of(back, "y"), 1e-7) << weight;
    EXPECT_NEAR(*forward.first_stages->objective, *back.first_stages->objective, 1e-9);
  }
}

TEST(ContinuouslyUpdated, HasTheCovarianceOfEfficientGmm) {
  const Fit fit = fitted(panel_with(7, 0.6), "y ~ x | e1 ~ z1 + z2 + z3", "pooled(iv = cue)", "", "cluster(id)");
  const Matrix& Z = *fit.first_stages->fits.front().linear->regressors;
  const Matrix sums = [&] {
    Matrix all = Matrix::Zero(fit.design->unit.count, Z.cols());
    for (Index i = 0; i < fit.n(); ++i)
      all.row(fit.design->unit.code[static_cast<std::size_t>(i)]) += Z.row(i) * fit.linear->residuals(i);
    return all;
  }();
  const Matrix G = Z.transpose() * *fit.linear->regressors;
  const Matrix V = inverse_definite(G.transpose() * solve_definite(sums.transpose() * sums, G));
  EXPECT_LT((fit.bread - V).norm(), 1e-9 * V.norm());
}

std::string notes_of(const Fit& fit) {
  std::string all;
  for (const Note& note : fit.notes) all += note.code + ": " + note.message + "\n";
  return all;
}

TEST(ContinuouslyUpdated, TellsOfOtherMinima) {
  const Fit fit = fitted(panel_with(11, 0, 8), "y ~ x | e1 ~ z1 + z2 + z3", "pooled(iv = cue)");
  EXPECT_EQ(
      notes_of(fit),
      "iv.cue_minima: the objective of continuously updated GMM has 2 minima: the lowest, J = 2.866 at e1 = 2.781, is "
      "reported; the others are J = 2.877 at e1 = 1.221. Read the Anderson-Rubin test beside it\n");
  EXPECT_EQ(fit.status, Status::converged);
  EXPECT_NEAR(*fit.first_stages->objective, objective(fit, fit.coefficients, "rows"), 1e-9);
}

TEST(ContinuouslyUpdated, TellsOfAnObjectiveThatIsLowerFarAway) {
  const Fit fit = fitted(panel_with(355, 0.05, 8), "y ~ x | e1 ~ z1 + z2 + z3", "pooled(iv = cue)");
  EXPECT_EQ(
      notes_of(fit),
      "iv.cue_unbounded: the objective of continuously updated GMM is lower far away, J = 3.021 at e1 = 67.92, than at "
      "the minimum that is reported, J = 3.564 at e1 = 2.018: the instruments do not bound the coefficients, and "
      "errors and intervals are not to be relied on\n");
  EXPECT_EQ(fit.status, Status::not_converged);
}

std::string message_of(const Panel& panel, const std::string& estimator) {
  try {
    fitted(panel, "y ~ x | e1 ~ z1 + z2 + z3", estimator);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(ContinuouslyUpdated, RefusesWhatHasNoMinimum) {
  EXPECT_EQ(
      message_of(panel_with(47, 0), "pooled(iv = cue)"),
      "no minimum of the objective of continuously updated GMM is found from 7 starting values: the instruments of e1 "
      "= 1.898 (two-stage least squares) do not bound the coefficients; use iv = 2sls and read the Anderson-Rubin "
      "test");
  EXPECT_EQ(message_of(panel_with(1, 1), "pooled(iv = cue, weight = lags, lag = 1)"),
            "iv = cue weighs moments by unadjusted, rows or clusters, and weight is lags; use iv = gmm");
  EXPECT_EQ(message_of(panel_with(1, 1), "pooled(iv = gmm, weight = lags)"),
            "weight = lags and the option lag go together; write iv = gmm, weight = lags, lag = 4");
  EXPECT_EQ(message_of(panel_with(1, 1), "pooled(iv = gmm, weight = rows, lag = 2)"),
            "weight = lags and the option lag go together; write iv = gmm, weight = lags, lag = 4");
  EXPECT_EQ(message_of(panel_with(1, 1), "pooled(iv = gmm, weight = lags, lag = 4)"),
            "option 'lag' is 4 and the rows have 4 periods; the lag is 0 or more and below the number of periods");
}

}  // namespace
}  // namespace headwater
