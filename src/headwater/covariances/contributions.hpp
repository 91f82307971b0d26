// What atoms add to estimates, ψ: held as rows, or sums of a fit's scores times its bread, made when they are asked
// for.
#pragma once

#include <optional>

#include "headwater/estimators/fit.hpp"

namespace headwater {

class Contributions {
 public:
  // The rows, atoms × p, and the fit are looked at, not copied: they must stay as long as this does.
  explicit Contributions(const Matrix& rows) : rows_(&rows) {}
  // The influence on a fit's coefficients. Sums of it take no matrix of atoms × k.
  explicit Contributions(const Fit& fit);

  Index atoms() const;
  Index estimates() const;
  Matrix rows() const;
  Matrix rows(const std::vector<Index>& atoms) const;
  Matrix sums(const Grouping& groups) const;     // count × p
  Matrix squares() const;                        // Σ ψψ' over the atoms
  Matrix squares(const Grouping& groups) const;  // the same over the sums of the groups

 private:
  const Matrix* rows_ = nullptr;
  const Fit* fit_ = nullptr;
  std::optional<Matrix> own_;  // influence of a fit that is not scores times bread to the last digit
};

}  // namespace headwater
