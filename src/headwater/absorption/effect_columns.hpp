// One effect as columns of a design: for every level its intercept, its slopes, or both, applied without being formed.
// Within a level the columns are orthogonal under the weights, so the Gram matrix of one effect is diagonal whatever
// its slopes. With S the slopes of a level, m their weighted means (zero without an intercept) and U unit upper
// triangular,
//     S = 1 m' + T U,     T'W T diagonal,     1'W T = 0 beside an intercept.
// T spans what S spans, without the cancellation that a variable far from zero (a year) brings; a column of T that is
// flat, or that those before it give, is zero and its squared norm is zero.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

// One row a column of the effects, one column a right-hand side: those of one effect column lie side by side.
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// 1/‖d‖² of every column; zero where one is redundant.
inline Vector inverse_or_zero(const Vector& squared_norms) {
  return (squared_norms.array() > 0).select(squared_norms.cwiseInverse(), 0.0);
}

class EffectColumns {
 public:
  EffectColumns(const Effect& effect, const Vector& weights);

  const std::string& name() const { return name_; }
  Index levels() const { return levels_; }
  Index width() const { return width_; }
  Index size() const { return levels_ * width_; }
  bool intercept() const { return intercept_; }
  bool simple() const { return intercept_ && width_ == 1; }
  std::int32_t level(Index row) const { return code_[static_cast<std::size_t>(row)]; }
  const std::vector<std::int32_t>& code() const { return code_; }
  double value(Index row, Index c) const { return intercept_ && c == 0 ? 1.0 : slopes_(row, intercept_ ? c - 1 : c); }
  // levels·width: ‖d‖² under the weights; zero for a redundant slope.
  const Vector& squared_norms() const { return squared_norms_; }
  Index rank() const { return rank_; }

  // Coefficients on 1 and T to those on 1 and S, levels × width; and the adjoint, which takes a functional of the
  // latter to one of the former.
  Matrix of_slopes(const Matrix& own) const;
  Matrix of_slopes_adjoint(const Matrix& functional) const;

 private:
  void centre(const Vector& weights);
  void orthogonalise(const Vector& weights);
  void drop_flat();

  std::string name_;
  std::vector<std::int32_t> code_;
  bool intercept_ = true;
  Index levels_ = 0, width_ = 0, rank_ = 0;
  Matrix slopes_;              // T, n × s
  Matrix means_, size_;        // m and the largest |S|, levels × s
  std::vector<Matrix> mixes_;  // U of each level; empty with fewer than two slopes
  Vector squared_norms_;
};

}  // namespace headwater
