// A dummy of one row beside its unit's effect, or dummies of the clusters themselves, have scores that sum to zero in
// every cluster: their variance is zero by construction, in floating point 1e-33, and p nothing. It is recognised by
// its size: below the rounding of the scores, which is bounded by tolerance · Σ_m |B_jm| ‖x̃_m‖ σ (B the bread).
// Inclusion and exclusion over several ways of clustering can leave negative eigenvalues: fixest 0.14 and reghdfe set
// them to zero in V (Cameron, Gelbach and Miller 2011, p. 241), other programs leave V as it is.
#include "headwater/covariances/soundness.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kScoreRounding = 1e-11;  // of a sum of scores, relative to their size
constexpr double kCancelled = 1e-13;      // of a variance that is a difference of sums
constexpr double kNegative = -1e-12;      // eigenvalue, relative to the largest, that counts as negative

std::string in_every(const Covariance& covariance) {
  if (covariance.gathers == Gathers::rows || covariance.gathers == Gathers::series)
    return "its scores are zero in every row";
  if (covariance.gathers == Gathers::places) return "its scores, added up within the cutoff, are zero";
  if (covariance.gathers == Gathers::periods) return "its scores sum to zero in every period";
  if (covariance.gathers == Gathers::series_and_periods) return "its scores sum to zero in every unit and period";
  if (covariance.clusters.size() == 1)
    return "its scores sum to zero in every cluster of " + covariance.clusters.front().name;
  return "its scores sum to zero in the clusters, or their sums cancel between the ways of clustering";
}

void mark(Covariance& covariance, Index j, const std::string& reason) {
  covariance.not_estimable[static_cast<std::size_t>(j)] = reason;
  covariance.matrix.row(j).setConstant(std::nan(""));
  covariance.matrix.col(j).setConstant(std::nan(""));
}

Names marked(const Covariance& covariance, const std::string& reason) {
  Names names;
  for (std::size_t j = 0; j < covariance.names.size(); ++j)
    if (covariance.not_estimable[j] == reason) names.push_back(covariance.names[j]);
  return names;
}

void mark_zero_variances(Covariance& covariance, const Fit& fit, const Vector& size, const Vector& scores) {
  const Vector rounding = covariance.factor * scores;
  const std::string reason = in_every(covariance);
  for (Index j = 0; j < fit.k(); ++j)
    if (std::abs(covariance.matrix(j, j)) <= std::max(rounding(j), kCancelled * size(j))) mark(covariance, j, reason);
  const Names names = marked(covariance, reason);
  if (!names.empty())
    covariance.notes.push_back({"covariance.not_estimable",
                                covariance.text + " cannot tell how uncertain " + joined(names, ", ") +
                                    (names.size() == 1 ? " is: " : " are, each for itself: ") + reason +
                                    "; its variance is zero by construction, whatever the errors are, so it has no "
                                    "standard error"});
}

std::vector<Index> with_error(const Covariance& covariance) {
  std::vector<Index> kept;
  for (Index j = 0; j < covariance.matrix.rows(); ++j)
    if (covariance.estimable(j)) kept.push_back(j);
  return kept;
}

double smallest_eigenvalue(const Matrix& V) {
  const Vector scale = V.diagonal().cwiseAbs().cwiseSqrt().unaryExpr([](double s) { return s > 0 ? 1 / s : 1.0; });
  const Vector values = symmetric_eigen(scale.asDiagonal() * V * scale.asDiagonal()).values;
  const double largest = values.cwiseAbs().maxCoeff();
  return largest > 0 ? values.minCoeff() / (values.maxCoeff() > 0 ? values.maxCoeff() : largest) : 0;
}

std::string not_positive(const Covariance& covariance) {
  return covariance.text + " is not positive semi-definite (smallest eigenvalue " +
         significant(covariance.smallest_eigenvalue, 2) + " of the largest)";
}

Names negative_variances(const Covariance& covariance, const std::vector<Index>& kept) {
  Names names;
  for (const Index j : kept)
    if (covariance.matrix(j, j) < 0) names.push_back(covariance.names[static_cast<std::size_t>(j)]);
  return names;
}

void set_negative_to_zero(Covariance& covariance, const std::vector<Index>& kept, const Vector& size) {
  const Names negative = negative_variances(covariance, kept);
  const SymmetricEigen eigen = symmetric_eigen(covariance.matrix(kept, kept));
  covariance.matrix(kept, kept) = eigen.vectors * eigen.values.cwiseMax(0).asDiagonal() * eigen.vectors.transpose();
  const std::string reason = "the repair of a negative variance leaves nothing of it";
  for (const Index j : kept)
    if (!(covariance.matrix(j, j) > kCancelled * size(j))) mark(covariance, j, reason);
  covariance.arithmetic += "; negative eigenvalues set to zero";
  covariance.notes.push_back(
      {"covariance.repaired",
       not_positive(covariance) + ": its negative eigenvalues were set to zero, as " + covariance.profile + " does" +
           (negative.empty() ? std::string()
                             : "; " + joined(negative, ", ") + " had a negative variance, so " +
                                   (negative.size() == 1 ? "its" : "their") + " error comes from the repair alone") +
           "; the clusters may be too few"});
}

void leave_as_it_is(Covariance& covariance, const std::vector<Index>& kept) {
  const Names negative = negative_variances(covariance, kept);
  const std::string reason = covariance.text + " gives it a negative variance";
  for (const Index j : kept)
    if (covariance.matrix(j, j) < 0) mark(covariance, j, reason);
  covariance.notes.push_back(
      {"covariance.indefinite",
       not_positive(covariance) + " and the profile " + covariance.profile + " leaves it so: " +
           (negative.empty() ? "errors of single coefficients stand, but a combination of them may have none"
                             : joined(negative, ", ") + (negative.size() == 1 ? " has" : " have") +
                                   " a negative variance and so no standard error") +
           "; the clusters may be too few"});
}

}  // namespace

Vector rounding_of_scores(const Fit& fit) {
  Vector size(fit.k());
  const Matrix* columns = moving_columns(fit);
  const double sigma = fit.goodness.rss > 0 ? std::sqrt(fit.goodness.rss / static_cast<double>(fit.n())) : 0;
  for (Index j = 0; j < fit.k(); ++j) {
    const auto score = fit.scores.columns->col(j);
    size(j) = fit.scores.errors ? score.cwiseProduct(*fit.scores.errors).norm() : score.norm();
    if (!columns || sigma == 0) continue;
    const auto x = columns->col(j);
    const double norm = fit.weights.size() > 0 ? std::sqrt(x.cwiseAbs2().dot(fit.weights)) : x.norm();
    size(j) = std::max(size(j), sigma * norm);
  }
  const double tolerance = std::max(kScoreRounding, 100 * fit.certificate);
  return (tolerance * (fit.bread.cwiseAbs() * size)).cwiseAbs2();
}

void make_sound(Covariance& covariance, const Fit& fit, const Vector& size, const Vector& rounding) {
  covariance.matrix = 0.5 * (covariance.matrix + covariance.matrix.transpose()).eval();
  if (covariance.gathers != Gathers::nothing) mark_zero_variances(covariance, fit, size, rounding);
  const std::vector<Index> kept = with_error(covariance);
  if (kept.empty()) return;
  covariance.smallest_eigenvalue = smallest_eigenvalue(covariance.matrix(kept, kept));
  if (covariance.smallest_eigenvalue >= kNegative) return;
  if (profile_row(covariance.profile).repair == Repair::zero)
    set_negative_to_zero(covariance, kept, size);
  else
    leave_as_it_is(covariance, kept);
}

}  // namespace headwater
