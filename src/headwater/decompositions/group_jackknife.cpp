// Question: how uncertain are regressions of groups with few clusters?
// Leaving cluster g out moves the coefficients by β − β(−g) = B X_g'W_g (I − H_g)⁻¹ e_g, H_g = X_g B X_g'W_g, B =
// (X'WX)⁻¹. CR3 is (G − 1)/G Σ (β − β(−g))(β − β(−g))' (Bell and McCaffrey 2002; MacKinnon, Nielsen and Webb 2023): it
// undoes the shrinkage of residuals of clusters with leverage, which makes CR1 too small. By group each regression has
// its own G. (I − H_g)⁻¹ e = e + X_g (B⁻¹ − X_g'W_g X_g)⁺ X_g'W_g e, k × k for clusters of any size; the pseudo-inverse
// stands where a coefficient is identified by one cluster alone. Equals refitting without each cluster to 1e-12.
#include "headwater/decompositions/group_jackknife.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

Index clusters_of(const Design& rows, const TwoGroups& groups, bool of_a) {
  std::set<std::int32_t> own;
  for (const Index i : groups.positions(of_a)) own.insert(rows.clusters.front().code[static_cast<std::size_t>(i)]);
  return static_cast<Index>(own.size());
}

double small_sample(Index clusters) {
  return clusters > 1 ? static_cast<double>(clusters) / static_cast<double>(clusters - 1) : 1;
}

std::vector<std::vector<Index>> members_of(const Grouping& clusters) {
  std::vector<std::vector<Index>> members(static_cast<std::size_t>(clusters.count));
  for (std::size_t i = 0; i < clusters.code.size(); ++i)
    members[static_cast<std::size_t>(clusters.code[i])].push_back(static_cast<Index>(i));
  return members;
}

}  // namespace

Matrix jackknife_influence(const Fit& fit, const Grouping& clusters) {
  const Matrix& regressors = *fit.linear->regressors;
  const Matrix weighted = fit.weights.size() > 0 ? Matrix(fit.weights.asDiagonal() * regressors) : regressors;
  const Matrix all = weighted.transpose() * regressors;
  const double share = (clusters.count - 1.0) / clusters.count;
  Matrix psi(regressors.rows(), fit.k());
  for (const std::vector<Index>& rows : members_of(clusters)) {
    const Matrix X = regressors(rows, Eigen::all), WX = weighted(rows, Eigen::all);
    const Vector e = fit.linear->residuals(rows);
    const Vector errors = e + X * quadratic_pseudo_inverse(all - WX.transpose() * X, WX.transpose() * e).solution;
    psi(rows, Eigen::all) = share * ((WX.array().colwise() * errors.array()).matrix() * fit.bread);
  }
  return psi;
}

Vector group_factor_roots(const Design& rows, const TwoGroups& groups) {
  const double all = small_sample(rows.clusters.front().count);
  const double root_a = std::sqrt(small_sample(clusters_of(rows, groups, true)) / all),
               root_b = std::sqrt(small_sample(clusters_of(rows, groups, false)) / all);
  Vector roots(rows.n());
  for (Index i = 0; i < rows.n(); ++i) roots(i) = groups.in_a[static_cast<std::size_t>(i)] ? root_a : root_b;
  return roots;
}

Index fewest_clusters(const Design& rows, const TwoGroups& groups) {
  return std::min(clusters_of(rows, groups, true), clusters_of(rows, groups, false));
}

}  // namespace headwater
