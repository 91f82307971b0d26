// Question: how uncertain are the coefficients when errors within a cluster go together and clusters are few or
// unequal? Residuals of a cluster with leverage are too small, so Σ_g (X_g'W e_g)² is. The rules adjust e_g before it
// is squared:
//   CR2: A_g = [((I − H)(I − H)')_gg]^(−1/2), unbiased where errors are independent with one variance (Bell and
//     McCaffrey 2002; Pustejovsky and Tipton 2018, eq. 5); with equal weights (I − H_gg)^(−1/2);
//   CR3: A_g = (I − H_gg)⁻¹, Σ_g (β − β(−g))(β − β(−g))'; CV3 is (G − 1)/G of it, the jackknife (MacKinnon, Nielsen
//     and Webb 2023, eq. 10).
// H is that of the full model with its effects, which need not be nested in the clusters; pseudo-inverse powers where
// a cluster alone decides something (its own dummies). Equals clubSandwich 0.5.8 on explicit dummies to 1e-9; where
// effects are nested and weights equal also on demeaned data. A cluster's block is formed where it is small; of large
// ones only its products with vectors are needed (Lanczos), O(rows + columns²) each. t with Satterthwaite's degrees of
// freedom (satterthwaite.cpp), G − 1 for CV3 unless asked otherwise.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/covariances/satterthwaite.hpp"
#include "headwater/linalg/matrix_power.hpp"

namespace headwater {
namespace {

constexpr Index kSmallCluster = 100;  // rows of a block that is formed
constexpr double kAlone = 1e-6;       // share of a cluster's part in a coefficient that only it can tell

const Grouping& one_way(const Fit& fit, const MethodCall& rule) {
  const std::vector<const Grouping*> ways = cluster_groupings(rule, fit.atoms);
  if (ways.size() > 1)
    throw Error(ErrorKind::usage, "covariance.one_way",
                rule.method + " takes one column of clusters, and " + rule.text + " names " +
                    std::to_string(ways.size()) + "; several ways are for cluster()");
  return *ways.front();
}

// I − W½ D(D'WD)⁻D' W½ of a cluster, times V.
Matrix without_hat(const Hat& hat, const Hat::Block& block, const Vector& roots, const Matrix& V) {
  return V - roots.asDiagonal() * hat.project(block, roots.asDiagonal() * V);
}

// (I − H)(I − H)' of a cluster, times V, H = D(D'WD)⁻D'W.
Matrix without_hat_twice(const Hat& hat, const Hat::Block& block, const Vector& weights, const Matrix& V) {
  return V - weights.asDiagonal() * hat.project(block, V) - hat.project(block, weights.asDiagonal() * V) +
         hat.project_twice(block, V);
}

// A^power times V, A given by its products.
PowerProduct powered(const std::function<Matrix(const Matrix&)>& A, double power, const Matrix& V) {
  const Index n = V.rows();
  if (n > kSmallCluster) return symmetric_power_product([&](const Vector& v) { return Vector(A(v)); }, power, V);
  const Matrix full = A(Matrix::Identity(n, n));
  return symmetric_power_product(Matrix(0.5 * (full + full.transpose())), power, V);
}

struct AdjustedClusters {
  std::shared_ptr<Hat> hat;
  std::vector<Hat::Block> blocks;
  Matrix responses;         // n × k: A_g' w x̃ B
  std::vector<bool> alone;  // k: a cluster alone decides it
};

void refuse_slopes(const Fit& fit, const MethodCall& rule) {
  for (const Effect& effect : fit.effects)
    if (effect.slopes.cols() > 0)
      throw Error(ErrorKind::usage, "covariance.weights_and_slopes",
                  rule.method + " does not take weights together with the varying slopes of '" + effect.levels.name +
                      "'; leave one of them out or use cluster");
}

enum class Adjustment { none, root, inverse };

AdjustedClusters adjust(const Fit& fit, const MethodCall& rule, Adjustment adjustment) {
  AdjustedClusters result{std::make_shared<Hat>(fit, rule.method), {}, {}, {}};
  Hat& hat = *result.hat;
  const Grouping& clusters = one_way(fit, rule);
  if (!hat.equal_weights()) {
    refuse_slopes(fit, rule);
    hat.use_second_moments();
  }
  result.blocks = hat.blocks(clusters);
  result.responses = hat.responses();
  result.alone.assign(static_cast<std::size_t>(fit.k()), false);
  if (adjustment == Adjustment::none) return result;
  const bool symmetric = adjustment == Adjustment::inverse || hat.equal_weights();
  Matrix lost(fit.k(), static_cast<Index>(result.blocks.size())), whole = lost;
  parallel_for(result.blocks.size(), [&](std::size_t g) {
    const Hat::Block& block = result.blocks[g];
    const Vector w = hat.weights()(block.rows), roots = w.cwiseSqrt();
    const Matrix X = hat.responses()(block.rows, Eigen::all);
    const Vector scale = symmetric ? roots : Vector(Vector::Ones(w.size()));
    const auto A = [&](const Matrix& V) {
      return symmetric ? without_hat(hat, block, roots, V) : without_hat_twice(hat, block, w, V);
    };
    const Matrix inner = scale.cwiseInverse().asDiagonal() * X;
    const PowerProduct adjusted = powered(A, adjustment == Adjustment::root ? -0.5 : -1, inner);
    result.responses(block.rows, Eigen::all) = scale.asDiagonal() * adjusted.value;
    lost.col(static_cast<Index>(g)) = adjusted.lost;
    whole.col(static_cast<Index>(g)) = inner.colwise().squaredNorm().transpose();
  });
  for (Index j = 0; j < fit.k(); ++j)
    result.alone[static_cast<std::size_t>(j)] = lost.row(j).maxCoeff() > kAlone * std::sqrt(whole.row(j).sum());
  return result;
}

Notes notes_of(const AdjustedClusters& clusters, const Fit& fit, const MethodCall& rule) {
  Names alone;
  for (std::size_t j = 0; j < clusters.alone.size(); ++j)
    if (clusters.alone[j]) alone.push_back(fit.names[j]);
  if (alone.empty()) return {};
  return {{"covariance.decided_alone",
           "one cluster alone decides " + joined(alone, ", ") +
               ": without it there is no estimate to compare with, so " + rule.text +
               " leaves out what that cluster adds to the variance, and the error is too small"}};
}

Adjusted finished(const Fit& fit, const MethodCall& rule, AdjustedClusters clusters, double scale,
                  const std::string& words, const char* degrees) {
  Adjusted result;
  result.notes = notes_of(clusters, fit, rule);
  result.psi = clusters.responses;
  result.psi.array().colwise() *= scale * fit.linear->residuals.array();
  result.arithmetic = words;
  if (rule.get("df", degrees) == "satterthwaite") {
    result.degrees = satterthwaite(clusters.hat, std::move(clusters.responses), std::move(clusters.blocks));
    result.arithmetic += "; Satterthwaite degrees of freedom by coefficient";
  }
  return result;
}

}  // namespace

Adjusted cr1_adjusted(const Fit& fit, const MethodCall& rule) {
  if (rule.get("df", "profile") != "satterthwaite") return {influence(fit), nullptr, "", {}};
  Adjusted result = finished(fit, rule, adjust(fit, rule, Adjustment::none), 1, "", "profile");
  result.psi = influence(fit);
  result.arithmetic.clear();
  return result;
}

Adjusted cr2_adjusted(const Fit& fit, const MethodCall& rule) {
  return finished(fit, rule, adjust(fit, rule, Adjustment::root), 1,
                  "scores times (I - H)^(-1/2) by cluster, no factor", "satterthwaite");
}

Adjusted cr3_adjusted(const Fit& fit, const MethodCall& rule) {
  return finished(fit, rule, adjust(fit, rule, Adjustment::inverse), 1,
                  "scores times (I - H)^(-1) by cluster, no factor", "satterthwaite");
}

Adjusted cv3_adjusted(const Fit& fit, const MethodCall& rule) {
  const double G = one_way(fit, rule).count;
  return finished(fit, rule, adjust(fit, rule, Adjustment::inverse), std::sqrt((G - 1) / G),
                  "scores times (I - H)^(-1) by cluster, times (G-1)/G = " + shortest(G - 1) + "/" + shortest(G),
                  "profile");
}

}  // namespace headwater
