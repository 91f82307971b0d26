// ψ = (X̃'WX̃)⁻¹ w x̃ e, row by row. Beside a constant, slopes come from the columns about their means (Frisch and Waugh
// 1933) where these lie far from zero: x w e times the inverse would lose the digits that the distance takes.
#include "headwater/estimators/influence.hpp"

#include <cmath>

#include "headwater/core/weights.hpp"

namespace headwater {
namespace {

constexpr double kFarAway = 1e3;  // times the spread

std::optional<Index> constant_among(const Matrix& X) {
  for (Index j = 0; j < X.cols(); ++j)
    if (X.rows() > 0 && X(0, j) != 0 && (X.col(j).array() == X(0, j)).all()) return j;
  return std::nullopt;
}

bool far_from_zero(const Matrix& X, Index constant) {
  for (Index j = 0; j < X.cols(); ++j) {
    const double middle = X.col(j).mean();
    if (j != constant && std::abs(middle) > kFarAway * (X.col(j).array() - middle).abs().maxCoeff()) return true;
  }
  return false;
}

// The means that are taken out; the second pass takes what the first mean was rounded by.
Eigen::RowVectorXd take_means_out(Matrix& X, const Vector& weights) {
  const Vector w = weights_or_ones(weights, X.rows());
  Eigen::RowVectorXd means = Eigen::RowVectorXd::Zero(X.cols());
  for (int pass = 0; pass < 2; ++pass) {
    const Eigen::RowVectorXd middle = w.transpose() * X / w.sum();
    X.rowwise() -= middle;
    means += middle;
  }
  return means;
}

// The slopes' ψ, then the constant's: its own less the means times the slopes'. `we` are weights times errors.
Matrix centred_influence(const Fit& fit, Index constant, const Vector& we) {
  const Index n = fit.n(), k = fit.k();
  std::vector<Index> slopes;
  for (Index j = 0; j < k; ++j)
    if (j != constant) slopes.push_back(j);
  const double mass = fit.weights.size() > 0 ? fit.weights.sum() : static_cast<double>(n);
  Matrix X = (*fit.linear->regressors)(Eigen::all, slopes);
  const Eigen::RowVectorXd means = take_means_out(X, fit.weights);
  const Matrix own = (X.array().colwise() * we.array()).matrix() * fit.bread(slopes, slopes);
  Matrix psi(n, k);
  psi(Eigen::all, slopes) = own;
  psi.col(constant) = (we / mass - own * means.transpose()) / (*fit.linear->regressors)(0, constant);
  return psi;
}

}  // namespace

bool is_scores_times_bread(const Fit& fit) {
  const std::optional<Index> constant = constant_regressor(fit);
  return !constant || !far_from_zero(*fit.linear->regressors, *constant);
}

Matrix influence(const Fit& fit) {
  if (is_scores_times_bread(fit)) return fit.scores.rows() * fit.bread;
  return centred_influence(fit, *constant_regressor(fit), weighted(fit.linear->residuals, fit.weights));
}

Matrix influence_of_errors(const Fit& fit) {
  const Vector w = weights_or_ones(fit.weights, fit.n());
  if (const std::optional<Index> constant = constant_regressor(fit)) return centred_influence(fit, *constant, w);
  return (fit.linear->regressors->array().colwise() * w.array()).matrix() * fit.bread;
}

std::optional<Index> constant_regressor(const Fit& fit) {
  return is_least_squares(fit) ? constant_among(*fit.linear->regressors) : std::nullopt;
}

Matrix about_means(Matrix X, const Vector& weights) {
  take_means_out(X, weights);
  return X;
}

}  // namespace headwater
