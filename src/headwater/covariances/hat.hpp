// The hat matrix of a least-squares fit with absorbed effects, H = W½ (X̃BX̃' + T) W½, T the projection onto the effects
// (effects_hat.hpp), by rows, by blocks of rows and by sums over blocks. The full model's leverage, so effects need not
// be nested in anything.
#pragma once

#include <vector>

#include "headwater/absorption/effects_hat.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

class Hat {
 public:
  // Throws Error{usage, "covariance.no_leverage"} for fits that are no least squares; `rule` is named there.
  Hat(const Fit& fit, const std::string& rule);

  Index n() const { return X_.rows(); }
  Index basis() const { return effects_.columns() + X_.cols(); }
  const Vector& weights() const { return weights_; }  // n, ones where there are none
  bool equal_weights() const { return equal_weights_; }
  // n × k: w x̃ B, whose product with the errors is what they do to the coefficients.
  const Matrix& responses() const { return responses_; }
  Vector leverage() const;  // diagonal of H
  double rank() const { return rank_; }

  using Block = EffectsHat::Block;
  Block block(std::vector<Index> rows) const { return effects_.block(std::move(rows)); }
  std::vector<Block> blocks(const Grouping& groups) const;  // the rows of each group

  // What vectors on the block's rows have to do with D(D'WD)⁻D', D = [E, X̃]: E₁'V by the block's levels, [F, X̃]'V.
  struct Image {
    RowMatrix own;
    Matrix rest;  // basis × p
  };
  Image image(const Block& block, const Matrix& V) const;
  // D(D'WD)⁻D' V on the block's rows, for V on them.
  Matrix project(const Block& block, const Matrix& V) const;
  // D(D'WD)⁻D' W² D(D'WD)⁻D' V on them; after use_second_moments().
  Matrix project_twice(const Block& block, const Matrix& V) const;

  // M = diag(S⁻, B) times basis × p.
  Matrix solve(const Matrix& rest) const;
  const Vector& inverse_norms() const { return effects_.inverse_norms(); }
  RowMatrix over_norms(const Block& block, const RowMatrix& own) const { return effects_.over_norms(block, own); }
  Index width() const { return effects_.width(); }

  // Squared weights, which the working model of one variance needs where weights differ: makes ready E₁'W²E₁,
  // [F, X̃]'W²[F, X̃] and K = E₁'W²[F, X̃] for project_twice() and what follows. Effects without slopes only.
  void use_second_moments();
  const Vector& second_own() const { return second_own_; }
  const Matrix& second_rest() const { return second_rest_; }
  Matrix cross(const Block& block, const RowMatrix& own) const;        // K' own, basis × p
  RowMatrix cross_back(const Block& block, const Matrix& rest) const;  // K rest

 private:
  Matrix rows_of(const Block& block, const RowMatrix& a, const Matrix& phi) const;

  Matrix X_, bread_;
  Vector weights_;
  bool equal_weights_ = true;
  EffectsHat effects_;
  Matrix responses_;
  double rank_ = 0;
  Vector second_own_;
  Cells second_cross_;
  RowMatrix second_cross_X_;
  Matrix second_rest_;
};

}  // namespace headwater
