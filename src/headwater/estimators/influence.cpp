// ψ = (X̃'WX̃)⁻¹ w x̃ e, row by row. Beside a constant, slopes come from the columns about their means (Frisch and Waugh
// 1933) where these lie far from zero: x w e times the inverse would lose the digits that the distance takes.
#include <cmath>

#include "headwater/estimators/fit.hpp"

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

// The slopes' ψ, then the constant's: its own less the means times the slopes'.
Matrix centred_influence(const Fit& fit, Index constant) {
  const Index n = fit.n(), k = fit.k();
  const Matrix& regressors = *fit.linear->regressors;
  const Vector w = fit.weights.size() > 0 ? fit.weights : Vector::Ones(n);
  const Vector we = w.cwiseProduct(fit.linear->residuals);
  std::vector<Index> slopes;
  for (Index j = 0; j < k; ++j)
    if (j != constant) slopes.push_back(j);
  Matrix X = regressors(Eigen::all, slopes);
  Eigen::RowVectorXd means = Eigen::RowVectorXd::Zero(X.cols());
  for (int pass = 0; pass < 2; ++pass) {  // the second pass takes what the first mean was rounded by
    const Eigen::RowVectorXd middle = w.transpose() * X / w.sum();
    X.rowwise() -= middle;
    means += middle;
  }
  const Matrix own = (X.array().colwise() * we.array()).matrix() * fit.bread(slopes, slopes);
  Matrix psi(n, k);
  psi(Eigen::all, slopes) = own;
  psi.col(constant) = (we / w.sum() - own * means.transpose()) / regressors(0, constant);
  return psi;
}

}  // namespace

Matrix influence(const Fit& fit) {
  const std::optional<Index> constant = is_least_squares(fit) ? constant_among(*fit.linear->regressors) : std::nullopt;
  if (!constant || !far_from_zero(*fit.linear->regressors, *constant)) return fit.scores.rows() * fit.bread;
  return centred_influence(fit, *constant);
}

}  // namespace headwater
