// Question: what would the means and regressions of two groups be if each cluster counted another number of times?
// Sums by cluster and group of w, w·z and w·z z' over z = (1, regressors, outcome), made in one pass; under counts n
// the normal equations are Σ_g n_g A_g. With β = A⁻¹b, one more copy of cluster g moves β by A⁻¹(b_g − A_g β), and a
// mean Σ n_g m_g / Σ n_g w_g by (m_g − mean·w_g)/Σ n w: the derivatives that linearised errors are made of, exactly.
// Columns are centred and scaled over all rows first, so that sums lose no digits to their means.
// Equals the regressions of group_fits.hpp under the same weights to 1e-9 of their size.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "headwater/decompositions/all_levels.hpp"
#include "headwater/decompositions/group_numbers.hpp"
#include "headwater/decompositions/groups.hpp"

namespace headwater {

class GroupMoments {
 public:
  // `regressed` are the regressors that the groups' regressions identify; `cluster` is each row's, below `clusters`.
  GroupMoments(const Design& rows, const AllLevels& regressors, std::vector<Index> regressed, const TwoGroups& groups,
               const std::vector<std::int32_t>& cluster, Index clusters, bool means_drawn);

  // Both groups where cluster g counts so many times. Atoms are clusters.
  struct Drawn {
    std::array<double, 2> mass{}, mean_outcome{};  // Σ w, and of the outcome less its centre
    std::array<std::shared_ptr<const GroupMeans>, 2> means;
    std::array<Matrix, 2> gram;  // of 1, regressed and outcome, scaled
    std::array<std::shared_ptr<const GroupCoefficients>, 2> own;

    double gap(const GroupMoments& moments) const {
      return moments.outcome_scale_ * (mean_outcome[0] - mean_outcome[1]);
    }
  };
  // None where a group is gone, a regressor is close to others, or a value occurs in one group alone.
  std::optional<Drawn> under(const Vector& counts) const;
  // With a reference, named as in GroupFits::numbers; none where its regression has a regressor close to others.
  std::optional<GroupNumbers> numbers(const Drawn& drawn, const std::string& reference) const;

 private:
  struct Sums {
    Matrix products;   // clusters × pairs of (1, regressed, outcome): Σ w z z'
    Matrix levels;     // clusters × K: Σ w z of all regressors, of the constant Σ w
    Matrix low, high;  // clusters × K: of the rows
    Matrix occurs;     // clusters × K: 1 where a row is not zero
  };
  // Slopes of the scaled columns, the constant first and a dummy for a last, and their influence, clusters × columns.
  struct Slopes {
    Vector beta;
    Matrix psi;
  };
  Sums sums_of(const Design& rows, const Matrix& scaled, const Matrix& raw, const std::vector<std::int32_t>& cluster,
               const std::vector<Index>& positions, Index clusters) const;
  bool supported(const Vector& counts) const;
  GroupMeans means_of(int group, const Vector& counts) const;
  std::optional<Slopes> slopes(const std::vector<int>& groups, const Matrix& gram, const Vector& dummy) const;
  GroupCoefficients in_levels(const Slopes& slopes, const std::vector<int>& groups, const Drawn& drawn) const;

  std::vector<bool> level_, main_;  // K: as AllLevels has them
  Matrix normalise_;                // K × K
  std::vector<Index> regressed_;
  bool means_drawn_;
  Vector centre_, scale_;  // K: 0 and 1 of the constant
  double outcome_centre_ = 0, outcome_scale_ = 1;
  std::array<Sums, 2> sums_;  // of a, of b
};

}  // namespace headwater
