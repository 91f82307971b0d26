// A constant is taken as an effect of one level, so that regressors far from zero keep their digits.
#include "headwater/covariances/hat.hpp"

#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

struct Basis {
  Matrix X, bread;
  std::vector<Effect> effects;
};

Basis basis_of(const Fit& fit) {
  const Matrix& regressors = *fit.linear->regressors;
  const std::optional<Index> constant = constant_regressor(fit);
  if (!constant) return {regressors, fit.bread, fit.effects};
  Basis basis{{}, {}, fit.effects};
  std::vector<Index> slopes;
  for (Index j = 0; j < fit.k(); ++j)
    if (j != *constant) slopes.push_back(j);
  basis.X = about_means(regressors(Eigen::all, slopes), fit.weights);
  basis.bread = fit.bread(slopes, slopes);
  Effect level;
  level.levels.name = "(Intercept)";
  level.levels.count = 1;
  level.levels.code.assign(static_cast<std::size_t>(fit.n()), 0);
  basis.effects.push_back(std::move(level));
  return basis;
}

}  // namespace

Hat::Hat(const Fit& fit, const std::string& rule)
    : weights_(weights_or_ones(fit.weights, fit.n())), effects_({}, {}, 0) {
  if (!is_least_squares(fit))
    throw Error(ErrorKind::usage, "covariance.no_leverage",
                rule + " needs the leverage of a least-squares fit, which " + fit.estimator +
                    " has not; take robust or cluster");
  Basis basis = basis_of(fit);
  effects_ = EffectsHat(basis.effects, fit.weights, fit.n());
  X_ = std::move(basis.X);
  bread_ = std::move(basis.bread);
  responses_ = influence_of_errors(fit);
  rank_ = static_cast<double>(fit.df_model + fit.effects_rank.rank);
  equal_weights_ = (weights_.array() == weights_(0)).all();
}

Vector Hat::leverage() const {
  Vector h = effects_.diagonal();
  const Matrix XB = X_ * bread_;
  h += XB.cwiseProduct(X_).rowwise().sum();
  return h.cwiseProduct(weights_);
}

std::vector<Hat::Block> Hat::blocks(const Grouping& groups) const {
  std::vector<std::vector<Index>> rows = rows_by(groups);
  std::vector<Block> blocks(rows.size());
  parallel_for(rows.size(), [&](std::size_t g) { blocks[g] = block(std::move(rows[g])); });
  return blocks;
}

Hat::Image Hat::image(const Block& block, const Matrix& V) const {
  const EffectsHat::Image effects = effects_.image(block, V);
  Image image{effects.own, Matrix::Zero(basis(), V.cols())};
  for (std::size_t c = 0; c < block.column.size(); ++c)
    image.rest.row(block.column[c]) = effects.rest.row(static_cast<Index>(c));
  image.rest.bottomRows(X_.cols()) = X_(block.rows, Eigen::all).transpose() * V;
  return image;
}

Matrix Hat::solve(const Matrix& rest) const {
  const Index columns = effects_.columns();
  Matrix solved(rest.rows(), rest.cols());
  solved.topRows(columns) = effects_.inverse() * rest.topRows(columns);
  solved.bottomRows(X_.cols()) = bread_ * rest.bottomRows(X_.cols());
  return solved;
}

Matrix Hat::rows_of(const Block& block, const RowMatrix& a, const Matrix& phi) const {
  RowMatrix theta(static_cast<Index>(block.column.size()), phi.cols());
  for (std::size_t c = 0; c < block.column.size(); ++c) theta.row(static_cast<Index>(c)) = phi.row(block.column[c]);
  return effects_.rows_of(block, a, theta) + X_(block.rows, Eigen::all) * phi.bottomRows(X_.cols());
}

Matrix Hat::project(const Block& block, const Matrix& V) const {
  const Matrix X = X_(block.rows, Eigen::all);
  return effects_.project(block, V) + X * (bread_ * (X.transpose() * V));
}

void Hat::use_second_moments() {
  const Vector u = weights_.cwiseAbs2();
  EffectsHat::Moments moments = effects_.moments(u);
  std::vector<Index> all(static_cast<std::size_t>(n()));
  std::iota(all.begin(), all.end(), Index{0});
  const Image of_X = image(block(std::move(all)), u.asDiagonal() * X_);
  second_own_ = std::move(moments.own);
  second_cross_ = std::move(moments.cross);
  second_cross_X_ = of_X.own;
  second_rest_ = Matrix::Zero(basis(), basis());
  second_rest_.topLeftCorner(effects_.columns(), effects_.columns()) = moments.rest;
  second_rest_.rightCols(X_.cols()) = of_X.rest;
  second_rest_.bottomRows(X_.cols()) = of_X.rest.transpose();
}

Matrix Hat::cross(const Block& block, const RowMatrix& own) const {
  Matrix result = Matrix::Zero(basis(), own.cols());
  for (std::size_t l = 0; l < block.level.size(); ++l) {
    const auto g = static_cast<std::size_t>(block.level[l]);
    const auto a = own.row(static_cast<Index>(l));
    for (Index e = second_cross_.start[g]; e < second_cross_.start[g + 1]; ++e)
      result.row(second_cross_.column[static_cast<std::size_t>(e)]) +=
          second_cross_.value[static_cast<std::size_t>(e)] * a;
    result.bottomRows(X_.cols()) += second_cross_X_.row(block.level[l]).transpose() * a;
  }
  return result;
}

RowMatrix Hat::cross_back(const Block& block, const Matrix& rest) const {
  RowMatrix result = RowMatrix::Zero(static_cast<Index>(block.level.size()), rest.cols());
  for (std::size_t l = 0; l < block.level.size(); ++l) {
    const auto g = static_cast<std::size_t>(block.level[l]);
    auto to = result.row(static_cast<Index>(l));
    for (Index e = second_cross_.start[g]; e < second_cross_.start[g + 1]; ++e)
      to += second_cross_.value[static_cast<std::size_t>(e)] *
            rest.row(second_cross_.column[static_cast<std::size_t>(e)]);
    to += second_cross_X_.row(block.level[l]) * rest.bottomRows(X_.cols());
  }
  return result;
}

Matrix Hat::project_twice(const Block& block, const Matrix& V) const {
  const Image once = image(block, V);
  const RowMatrix a = over_norms(block, once.own);
  const Matrix phi = solve(once.rest);
  RowMatrix own = cross_back(block, phi);
  for (std::size_t l = 0; l < block.level.size(); ++l)
    own.row(static_cast<Index>(l)) += second_own_(block.level[l]) * a.row(static_cast<Index>(l));
  return rows_of(block, over_norms(block, own), solve(cross(block, a) + second_rest_ * phi));
}

}  // namespace headwater
