// Question: what would a least-squares fit with effects be if each cluster counted another number of times?
// One effect whose levels lie within clusters (the units) is taken out once: its means do not depend on how often a
// cluster counts. Other effects are columns of ones and zeros, less those that others determine. Sums by cluster of
// products of what is left, A_g and b_g, give (Σ n_g A_g) θ = Σ n_g b_g, and one more copy of cluster g moves θ by
// A⁻¹(b_g − A_g θ). Equals the absorbed fit under the same weights to 1e-9 of its size.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "headwater/estimators/fit.hpp"

namespace headwater {

class LinearMoments {
 public:
  // Null where the fit is not least squares on the design's rows, an effect has slopes, two effects lie within clusters
  // and outside one another, or the columns are too many for sums by cluster to be cheap.
  static std::unique_ptr<const LinearMoments> of(const Fit& fit, const std::vector<std::int32_t>& cluster,
                                                 Index clusters);

  // θ: coefficients of the fit without its constant, then of the columns of ones and zeros.
  struct Drawn {
    Vector theta;
    Matrix psi;   // clusters × θ
    Matrix gram;  // of the columns solved for and the outcome, scaled
  };
  // None where a column is close to others among the clusters that count.
  std::optional<Drawn> under(const Vector& counts) const;

  // The short regression of the outcome on some of θ's columns, always with those of the effects, and of the parts that
  // groups of the others have in the fit: b of `kept` by itself, and (X₁'X₁)⁻¹X₁'X_g θ_g for each group g.
  struct Short {
    Vector coefficients;           // of `kept`
    Matrix coefficients_psi;       // clusters × kept
    Matrix parts;                  // kept × groups
    std::vector<Matrix> part_psi;  // of each group, clusters × kept
  };
  std::optional<Short> short_regression(const Drawn& drawn, const std::vector<Index>& kept,
                                        const std::vector<std::vector<Index>>& groups) const;
  Index regressors() const;  // coefficients of the fit without its constant: the first of θ

  // n × (outcome, columns of θ), and, where an effect is taken out, their means over its levels, a row each.
  const Matrix& rows() const { return rows_; }
  // A term of a part of the fit: sign · column of rows() · θ, or · 1 where there is no θ.
  struct Term {
    Index column;
    std::optional<Index> theta;
    double sign;
  };
  // Positions among θ; the constant has none.
  std::vector<Index> thetas_of(const std::vector<Index>& coefficients) const;
  std::vector<Term> of_coefficients(const std::vector<Index>& coefficients) const;
  std::vector<Term> of_effects(const std::vector<std::size_t>& effects) const;
  std::vector<Term> of_outcome() const { return {{0, std::nullopt, 1}}; }

 private:
  // Columns that may be solved for, and of which effect each is beyond the regressors.
  struct Candidates {
    std::vector<Vector> columns;
    std::vector<std::size_t> effect;
    std::size_t regressors;
  };
  LinearMoments() = default;
  std::optional<Candidates> candidates(const Fit& fit);
  bool take(const Design& design, const Candidates& all, const std::vector<std::int32_t>& cluster, Index clusters);

  std::vector<std::optional<Index>> theta_of_;        // of each coefficient of the fit; none of the constant
  std::optional<std::size_t> taken_out_;              // the effect within clusters
  std::vector<std::vector<Index>> thetas_of_effect_;  // of its levels' columns
  Matrix rows_;
  bool constant_ = false;  // a column of ones is among those solved for, the first
  Vector scale_;           // of the columns solved for, outcome last
  Matrix products_;        // clusters × pairs of these
};

}  // namespace headwater
