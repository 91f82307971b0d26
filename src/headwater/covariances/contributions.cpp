#include "headwater/covariances/contributions.hpp"

#include "headwater/estimators/influence.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {

Contributions::Contributions(const Fit& fit) {
  if (is_scores_times_bread(fit)) {
    fit_ = &fit;
  } else {
    own_ = influence(fit);
  }
}

Index Contributions::atoms() const { return fit_ ? fit_->n() : own_ ? own_->rows() : rows_->rows(); }
Index Contributions::estimates() const { return fit_ ? fit_->k() : own_ ? own_->cols() : rows_->cols(); }

Matrix Contributions::rows() const { return fit_ ? influence(*fit_) : own_ ? *own_ : *rows_; }

Matrix Contributions::rows(const std::vector<Index>& atoms) const {
  if (!fit_) return (own_ ? *own_ : *rows_)(atoms, Eigen::all);
  Matrix scores = (*fit_->scores.columns)(atoms, Eigen::all);
  if (fit_->scores.errors) scores.array().colwise() *= (*fit_->scores.errors)(atoms).array();
  return scores * fit_->bread;
}

Matrix Contributions::sums(const Grouping& groups) const {
  if (fit_) return fit_->scores.sums(groups) * fit_->bread;
  return sums_by(own_ ? *own_ : *rows_, groups);
}

Matrix Contributions::squares() const {
  if (!fit_) return cross_product(own_ ? *own_ : *rows_, Vector());
  const ScoreSource& scores = fit_->scores;
  const Matrix meat = cross_product(*scores.columns, scores.errors ? Vector(scores.errors->cwiseAbs2()) : Vector());
  return fit_->bread * meat * fit_->bread;
}

Matrix Contributions::squares(const Grouping& groups) const {
  if (groups.count == atoms()) return squares();  // each atom is a group of its own
  return cross_product(sums(groups), Vector());
}

}  // namespace headwater
