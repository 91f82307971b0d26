// Rows with one or two error components made rows of equal variance, without an n × n matrix.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// W with W V W' = I for V = I + Σ_q r_q D_q D_q', D_q the dummies of grouping q and r_q its variance as a multiple of
// the rows' own.
class RandomWhitening {
 public:
  // One or two groupings over the rows, ratios not negative.
  RandomWhitening(std::vector<Grouping> groups, Vector ratios);

  Matrix apply(const Matrix& rows) const;       // W z
  Matrix transposed(const Matrix& rows) const;  // W'z
  Vector theta(std::size_t group) const;        // 1 − 1/√(1 + r_q n) of each level with n rows
  const Vector& ratios() const { return ratios_; }

 private:
  Matrix first(const Matrix& rows) const;  // R z: the root for the first component alone, symmetric

  std::vector<Grouping> groups_;
  Vector ratios_;
  Vector share_;    // of each level of the first group: what is taken of the sum of its rows
  Matrix between_;  // C of W = (I − R D₂ C D₂'R) R; empty with one component
};

// Rows of each level.
Vector level_sizes(const Grouping& groups);
// A value of each level on its rows.
Matrix on_rows(const Matrix& levels, const Grouping& groups);

}  // namespace headwater
