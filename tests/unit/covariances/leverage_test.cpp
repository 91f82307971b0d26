// Rules that look at leverage against explicit dummies: the whole hat matrix, powers of its blocks, and the products of
// all clusters written out, in panels whose effects are not nested in the clusters.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "fitted.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/covariances/hat.hpp"
#include "headwater/linalg/matrix_power.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

using test::note;

struct Shape {
  int units, years, clusters;
  double keep;
};

// Rows of units and years, clusters that cut across both, weights; about 1 − keep of the rows are missing.
Panel crossed_panel(const Shape& shape, std::uint64_t seed) {
  RandomStream random(seed, 0, 0);
  std::string csv = "id,year,g,y,x,z,w\n";
  for (int i = 0; i < shape.units; ++i)
    for (int t = 0; t < shape.years; ++t) {
      const double x = random.normal() + 0.1 * i, z = random.normal() - 0.2 * t, e = random.normal(),
                   w = random.uniform();
      const auto g = random.below(static_cast<std::uint32_t>(shape.clusters));
      if (random.uniform() > shape.keep) continue;
      csv += "u" + std::to_string(i) + "," + std::to_string(2000 + t) + ",c" + std::to_string(g) + "," +
             std::to_string(x - 0.5 * z + 0.3 * i + (1 + 0.5 * x) * e) + "," + std::to_string(x) + "," +
             std::to_string(z) + "," + std::to_string(0.2 + w) + "\n";
    }
  return test::panel_from(csv);
}

void add_dummies(Matrix& D, const Grouping& groups) {
  const Index from = D.cols();
  D.conservativeResize(Eigen::NoChange, from + groups.count);
  D.rightCols(groups.count).setZero();
  for (Index i = 0; i < D.rows(); ++i) D(i, from + groups.code[static_cast<std::size_t>(i)]) = 1;
}

// The model with every dummy as a column.
struct Explicit {
  Matrix T;  // D(D'WD)⁻D'
  Matrix I_H;
  Vector w;
  Matrix responses;  // W X̃ B
  std::vector<std::vector<Index>> rows;

  Explicit(const Fit& fit, const Grouping& clusters) {
    Matrix D = *fit.linear->regressors;
    for (const Effect& effect : fit.effects) add_dummies(D, effect.levels);
    w = fit.weights.size() > 0 ? fit.weights : Vector(Vector::Ones(fit.n()));
    T = D * symmetric_power(D.transpose() * w.asDiagonal() * D, -1, 1e-9) * D.transpose();
    I_H = Matrix::Identity(fit.n(), fit.n()) - T * w.asDiagonal();
    responses = w.asDiagonal() * *fit.linear->regressors * fit.bread;
    rows.resize(static_cast<std::size_t>(clusters.count));
    for (Index i = 0; i < fit.n(); ++i)
      rows[static_cast<std::size_t>(clusters.code[static_cast<std::size_t>(i)])].push_back(i);
  }

  // A_g' W X̃ B, rows as in the fit.
  Matrix adjusted(const std::string& rule) const {
    Matrix result = responses;
    const Matrix both = I_H * I_H.transpose();
    for (const std::vector<Index>& own : rows) {
      const Matrix part = responses(own, Eigen::all);
      if (rule == "CR2") {
        result(own, Eigen::all) = symmetric_power(both(own, own), -0.5) * part;
      } else {
        const Vector root = w(own).cwiseSqrt();
        const Matrix block =
            Matrix::Identity(root.size(), root.size()) - Matrix(root.asDiagonal() * T(own, own) * root.asDiagonal());
        result(own, Eigen::all) =
            root.asDiagonal() * symmetric_power(block, -1) * root.cwiseInverse().asDiagonal() * part;
      }
    }
    return result;
  }

  Matrix covariance(const Matrix& adjusted, const Vector& residuals) const {
    Matrix V = Matrix::Zero(adjusted.cols(), adjusted.cols());
    for (const std::vector<Index>& own : rows) {
      const Vector sum = adjusted(own, Eigen::all).transpose() * residuals(own);
      V += sum * sum.transpose();
    }
    return V;
  }

  // P^st_gh of contrasts, as one matrix for each pair.
  Matrix products(const Vector& u, const Vector& v) const {
    const auto G = static_cast<Index>(rows.size());
    Matrix left(I_H.cols(), G), right(I_H.cols(), G);
    for (Index g = 0; g < G; ++g) {
      const std::vector<Index>& own = rows[static_cast<std::size_t>(g)];
      left.col(g) = I_H(own, Eigen::all).transpose() * u(own);
      right.col(g) = I_H(own, Eigen::all).transpose() * v(own);
    }
    return left.transpose() * right;
  }

  double satterthwaite(const Vector& u) const {
    const Matrix P = products(u, u);
    return P.trace() * P.trace() / P.squaredNorm();
  }

  double joint(const Matrix& u) const {
    const Index q = u.cols();
    Matrix mean(q, q);
    for (Index s = 0; s < q; ++s)
      for (Index t = 0; t < q; ++t) mean(s, t) = products(u.col(s), u.col(t)).trace();
    const Matrix scaled = u * symmetric_power(0.5 * (mean + mean.transpose()), -0.5);
    double total = 0;
    Matrix traces = Matrix::Zero(static_cast<Index>(rows.size()), static_cast<Index>(rows.size()));
    for (Index s = 0; s < q; ++s) {
      traces += products(scaled.col(s), scaled.col(s));
      for (Index t = 0; t < q; ++t) {
        const Matrix P = products(scaled.col(s), scaled.col(t));
        total += P.cwiseProduct(P.transpose()).sum();
      }
    }
    return static_cast<double>(q * (q + 1)) / (total + traces.squaredNorm());
  }
};

// The last shape has clusters of more rows than are formed as a block.
const std::vector<Shape> kShapes = {{12, 6, 7, 1}, {15, 5, 9, 0.7}, {30, 9, 2, 0.9}};

TEST(Leverage, OfClustersEqualsExplicitDummies) {
  for (const Shape& shape : kShapes)
    for (const char* weights : {"", "w"})
      for (const char* formula : {"y ~ x + z | id + year", "y ~ x + z | year", "y ~ x + z"})
        for (const char* rule : {"CR2", "CR3"}) {
          const Fit fit =
              test::fitted(crossed_panel(shape, 5), formula, std::string(rule) + "(g)", Singletons::keep, weights);
          const Covariance V = covariance(fit, parse_method_call(std::string(rule) + "(g)"), "none");
          const Explicit dummies(fit, fit.atoms.clusters.front());
          const Matrix u = dummies.adjusted(rule), wanted = dummies.covariance(u, fit.linear->residuals);
          const std::string where = std::string(rule) + " " + formula + " " + weights;
          EXPECT_LE((V.matrix - wanted).cwiseAbs().maxCoeff(), 1e-10 * wanted.cwiseAbs().maxCoeff()) << where;
          for (Index j = 0; j < fit.k(); ++j)
            EXPECT_NEAR(V.degrees_of_freedom(j) / dummies.satterthwaite(u.col(j)), 1, 1e-9) << where;
          const Index slopes = fit.k() - 2;  // after the constant, where there is one
          const Matrix contrasts = Matrix::Identity(fit.k(), fit.k()).rightCols(2);
          const double eta = dummies.joint(u.rightCols(2));
          EXPECT_GE(slopes, 0);
          const Covariance::Joint joint = V.joint(contrasts);
          if (eta > 1)
            EXPECT_NEAR(joint.df / (eta - 1), 1, 1e-8) << where;
          else
            EXPECT_TRUE(std::isnan(joint.df)) << where;
        }
}

TEST(Leverage, OfRowsEqualsExplicitDummies) {
  for (const Shape& shape : kShapes)
    for (const char* weights : {"", "w"})
      for (const char* formula : {"y ~ x + z | id + year", "y ~ x + z | id[x] + year", "y ~ x + z"}) {
        if (shape.years < 6 && std::string(formula).find('[') != std::string::npos) continue;  // flat slopes
        const std::string own = std::string(formula).find('[') == std::string::npos ? formula : "y ~ z | id[x] + year";
        const Fit fit = test::fitted(crossed_panel(shape, 8), own, "HC2", Singletons::keep, weights);
        const Vector h = Hat(fit, "HC2").leverage();
        EXPECT_NEAR(h.sum(), static_cast<double>(fit.df_model + fit.effects_rank.rank), 1e-9) << own;
        if (own.find('[') == std::string::npos) {
          const Explicit dummies(fit, fit.atoms.time);
          for (Index i = 0; i < fit.n(); ++i) EXPECT_NEAR(h(i), dummies.T(i, i) * dummies.w(i), 1e-10) << own;
        }
        const Matrix psi = influence(fit);
        Matrix wanted = Matrix::Zero(fit.k(), fit.k());
        for (Index i = 0; i < fit.n(); ++i) wanted += psi.row(i).transpose() * psi.row(i) / (1 - h(i)) / (1 - h(i));
        const Matrix got = covariance(fit, parse_method_call("HC3"), "fixest").matrix;
        EXPECT_LE((got - wanted).cwiseAbs().maxCoeff(), 1e-11 * wanted.cwiseAbs().maxCoeff()) << own;
      }
}

TEST(Leverage, CR3IsTheSumOverRefitsWithoutEachCluster) {
  const Panel panel = crossed_panel({10, 6, 5, 0.9}, 3);
  const Fit fit = test::fitted(panel, "y ~ x + z | id + year", "CR3(g)", Singletons::keep, "w");
  Matrix sum = Matrix::Zero(2, 2);
  for (std::int32_t g = 0; g < fit.atoms.clusters.front().count; ++g) {
    std::vector<Index> rows;
    for (Index i = 0; i < fit.n(); ++i)
      if (fit.atoms.clusters.front().code[static_cast<std::size_t>(i)] != g) rows.push_back(i);
    Matrix D = fit.design->X(rows, Eigen::all);
    for (const Effect& effect : fit.effects) {
      Grouping kept = effect.levels;
      kept.code.clear();
      for (const Index i : rows) kept.code.push_back(effect.levels.code[static_cast<std::size_t>(i)]);
      add_dummies(D, kept);
    }
    const Vector w = fit.weights(rows), y = fit.design->y(rows);
    const Vector beta =
        symmetric_power(D.transpose() * w.asDiagonal() * D, -1, 1e-9) * (D.transpose() * w.cwiseProduct(y));
    const Vector moved = beta.head(2) - fit.coefficients;
    sum += moved * moved.transpose();
  }
  const Matrix all = covariance(fit, parse_method_call("CR3(g)"), "none").matrix;
  EXPECT_LE((all - sum).cwiseAbs().maxCoeff(), 1e-10 * sum.cwiseAbs().maxCoeff());
  const Covariance jackknife = covariance(fit, parse_method_call("CV3(g)"), "none");
  EXPECT_LE((jackknife.matrix - 0.8 * sum).cwiseAbs().maxCoeff(), 1e-10 * sum.cwiseAbs().maxCoeff());
  EXPECT_EQ(jackknife.df, 4);
  EXPECT_EQ(jackknife.degrees_of_freedom(0), 4);
  EXPECT_EQ(jackknife.arithmetic, "scores times (I - H)^(-1) by cluster, times (G-1)/G = 4/5");
}

// Sums of many clusters' products come from their parts; of few they are written out.
TEST(Leverage, ManyClustersHaveTheDegreesOfFreedomOfFew) {
  const Fit fit =
      test::fitted(crossed_panel({20, 18, 300, 1}, 11), "y ~ x + z | id + year", "CR2(g)", Singletons::keep, "w");
  ASSERT_GT(fit.atoms.clusters.front().count, 180);
  const Covariance V = covariance(fit, parse_method_call("cluster(g, df = satterthwaite)"), "none");
  const Explicit dummies(fit, fit.atoms.clusters.front());
  EXPECT_NEAR(V.degrees_of_freedom(0) / dummies.satterthwaite(dummies.responses.col(0)), 1, 1e-9);
}

std::string message_of(const Fit& fit, const std::string& rule) {
  try {
    covariance(fit, parse_method_call(rule), "none");
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Leverage, RefusesWhatItCannotTell) {
  const Panel panel = crossed_panel({12, 6, 7, 1}, 5);
  const Fit fit = test::fitted(panel, "y ~ x + z + I((id == 'u3') * (year == 2002)) | year", "cluster(g, id)");
  EXPECT_EQ(
      message_of(fit, "HC3"),
      "row 21 of those used (id u3, year 2002) alone decides 'I((id == \"u3\") * (year == 2002))': its leverage is "
      "1 and its residual 0, so HC3 cannot tell its variance; take robust, or leave the term or the row out");
  EXPECT_EQ(message_of(fit, "CR2(g, id)"),
            "CR2 takes one column of clusters, and CR2(g, id) names 2; several ways are for cluster()");
  const Fit slopes = test::fitted(panel, "y ~ z | id[x]", "CR2(g)", Singletons::keep, "w");
  EXPECT_EQ(
      message_of(slopes, "CR2(g)"),
      "CR2 does not take weights together with the varying slopes of 'id[x]'; leave one of them out or use cluster");
}

TEST(Leverage, SaysWhatOneClusterAloneDecides) {
  const Panel panel = crossed_panel({12, 6, 7, 1}, 5);
  const Fit fit = test::fitted(panel, "y ~ x + I((id == 'u3') * (year > 2002)) | id + year", "CR3(id)");
  const Covariance V = covariance(fit, parse_method_call("CR3(id)"), "none");
  EXPECT_EQ(note(V, "covariance.decided_alone"),
            "one cluster alone decides I((id == \"u3\") * (year > 2002)): without it there is no estimate to compare "
            "with, so CR3(id) leaves out what that cluster adds to the variance, and the error is too small");
}

TEST(MatrixPower, OfABlockIsWhatItsProductsGive) {
  RandomStream random(3, 0, 0);
  Matrix F(60, 7);
  for (double& x : F.reshaped()) x = random.normal();
  const Matrix A = Matrix::Identity(60, 60) - F * symmetric_power(F.transpose() * F, -1) * F.transpose();
  Matrix B(60, 2);
  for (double& x : B.reshaped()) x = random.normal();
  const std::function<Vector(const Vector&)> times = [&](const Vector& v) { return Vector(A * v); };
  for (const double power : {-0.5, -1.0}) {
    const PowerProduct formed = symmetric_power_product(A, power, B), asked = symmetric_power_product(times, power, B);
    EXPECT_LE((formed.value - symmetric_power(A, power) * B).norm(), 1e-12);
    EXPECT_LE((formed.value - asked.value).norm(), 1e-12);
    EXPECT_LE((formed.lost - asked.lost).norm(), 1e-10);
    EXPECT_GT(formed.lost(0), 0.1) << "F's span is lost";
  }
}

}  // namespace
}  // namespace headwater
